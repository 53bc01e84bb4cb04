//! Suppressions that match nothing, as findings of a rule of their own.

use super::comment::Scope;
use super::{Rules, Suppression, UNUSED};
use crate::finding::{Confidence, Edit, Finding, Fix, Help, Label, Level, Safety};
use crate::source::{SourceMap, Span};

/// One finding for each suppression of which some part matched nothing, with the index of that one.
pub(super) fn findings(
    suppressions: &[Suppression<'_>],
    rules: &Rules<'_>,
    sources: &SourceMap,
) -> Vec<(usize, Finding)> {
    suppressions
        .iter()
        .enumerate()
        .filter(|(_, suppression)| (rules.is_judged)(suppression.comment.span.file))
        .filter_map(|(n, suppression)| Some((n, finding(suppression, sources)?)))
        .collect()
}

fn finding(suppression: &Suppression<'_>, sources: &SourceMap) -> Option<Finding> {
    // Whether this rule itself has something to report is what is being found out.
    let is_idle = |rule: &str| !suppression.used.contains(rule) && rule != UNUSED;
    let idle: Vec<(&str, Span)> = suppression
        .rules
        .iter()
        .copied()
        .filter(|(rule, _)| is_idle(rule))
        .collect();
    let &(_, first) = idle.first()?;
    let whole = idle.len() == suppression.rules.len() && !suppression.names_unknown;
    let ticked: Vec<String> = idle.iter().map(|(rule, _)| format!("`{rule}`")).collect();
    let names = ticked.join(", ");
    let primary = if whole {
        suppression.comment.span
    } else {
        first
    };
    let reach = match (suppression.scope, suppression.comment.item) {
        (Scope::File, _) => "in this file",
        (Scope::Here, Some(_)) => "in this item",
        (Scope::Here, None) => "on its line",
    };
    let fix = match (whole, suppression.names_unknown) {
        (true, _) => Some(remove(suppression, sources)),
        (false, false) => Some(shorten(suppression, &idle)),
        // What the unknown name was meant to be is for its author to say.
        (false, true) => None,
    };
    Some(Finding {
        rule: UNUSED,
        level: Level::Warn,
        confidence: Confidence::High,
        message: format!("the suppression of {names} matches no finding {reach}"),
        primary: Label {
            span: primary,
            text: "nothing is suppressed by this".to_owned(),
        },
        secondary: Vec::new(),
        trace: Vec::new(),
        notes: vec![
            "a suppression that outlives its finding hides the next one that comes to its place"
                .to_owned(),
        ],
        help: Some(Help {
            text: if whole {
                "remove the comment".to_owned()
            } else {
                format!("remove {names} from the list")
            },
            replacement: None,
        }),
        fixes: fix.into_iter().collect(),
        group: None,
        item: String::new(),
        subject: idle
            .iter()
            .map(|(rule, _)| *rule)
            .collect::<Vec<_>>()
            .join(", "),
        properties: Vec::new(),
        suppressed: None,
    })
}

/// Takes the comment away: with its line when it has one to itself, else with the blanks before it.
fn remove(suppression: &Suppression<'_>, sources: &SourceMap) -> Fix {
    let comment = suppression.comment;
    let file = sources.file(comment.span.file);
    let line = file.line_range(file.line_index(comment.span.lo as usize));
    let line = line.unwrap_or_else(|| comment.span.range());
    let span = if comment.trailing {
        let before = file.text.get(line.start..comment.span.lo as usize);
        let code = before.map_or(0, |before| before.trim_end().len());
        Span::new(
            comment.span.file,
            line.start + code,
            comment.span.hi as usize,
        )
    } else {
        Span::new(comment.span.file, line.start, line.end)
    };
    edit("remove the suppression", span, String::new())
}

/// Leaves the names that are in use.
fn shorten(suppression: &Suppression<'_>, idle: &[(&str, Span)]) -> Fix {
    let left: Vec<&str> = suppression
        .rules
        .iter()
        .filter(|rule| !idle.contains(rule))
        .map(|(rule, _)| *rule)
        .collect();
    edit(
        "name only the rules that are suppressed",
        suppression.list,
        left.join(", "),
    )
}

fn edit(title: &str, span: Span, text: String) -> Fix {
    Fix {
        title: title.to_owned(),
        safety: Safety::Safe,
        reason: None,
        edits: vec![Edit { span, text }],
    }
}
