//! Comments that suppress findings.
//!
//! In: the comments that speak to this tool, and the findings. Out: which findings they suppress,
//! and what is wrong with them. A comment concerns a finding when it names the rule and when the
//! finding's *primary* place (the store, or for rules about a call the call) is on the comment's
//! line or in its item, or when what the finding is about is declared there. The other places of a
//! finding, where the value comes from and where it is read, do not count: one comment in a wrapper
//! or in a busy callback would silence what other people will write around it.

mod comment;
mod declared;
mod reach;
mod unused;

use std::collections::BTreeSet;

use self::comment::{FORM, Scope, parse};
pub use self::declared::Declarations;
use self::reach::Reach;
use crate::finding::{Finding, Problem, Suppressed, Suppressor};
use crate::rust::{CommentStyle, ToolComment};
use crate::similar;
use crate::source::{FileId, SourceMap, Span};

/// The rule about suppressions that match nothing.
pub(crate) const UNUSED: &str = "unused-suppression";

/// What decides about suppressions.
pub struct Rules<'a> {
    /// Names of all rules, sorted.
    pub known: &'a [&'static str],
    /// Whether a suppression in a file needs a reason.
    pub require_reason: &'a dyn Fn(FileId) -> bool,
    /// Whether all that can be found in a file was looked for: only there it can be said that a
    /// suppression matches nothing.
    pub is_judged: &'a dyn Fn(FileId) -> bool,
}

/// A suppression in force.
#[derive(Debug)]
struct Suppression<'a> {
    comment: &'a ToolComment,
    scope: Scope,
    /// The known rules that it names, each with its place.
    rules: Vec<(&'static str, Span)>,
    /// It names others too, which were told already.
    names_unknown: bool,
    /// The place of the list between the parentheses.
    list: Span,
    reason: Option<String>,
    /// Those that suppressed something.
    used: BTreeSet<&'static str>,
}

/// Marks the findings that comments suppress, adds one for each comment that suppresses none, and
/// problems for comments that can't be understood.
pub fn apply(
    comments: &[ToolComment],
    rules: &Rules<'_>,
    declared: &Declarations,
    sources: &SourceMap,
    findings: &mut Vec<Finding>,
    problems: &mut Vec<Problem>,
) {
    let mut suppressions: Vec<Suppression<'_>> = comments
        .iter()
        .filter(|comment| comment.active)
        .filter_map(|comment| read(comment, rules, sources, problems))
        .collect();
    let reach = Reach::of(&suppressions, sources);
    for finding in findings.iter_mut() {
        let declared = declared.places(finding);
        for index in reach.concerned(finding.primary.span, &declared, sources) {
            suppressions[index].try_on(finding);
        }
    }
    for (index, mut finding) in unused::findings(&suppressions, rules, sources) {
        // A comment that names the rule about comments speaks of itself first of all.
        suppressions[index].try_on(&mut finding);
        if finding.suppressed.is_none() {
            for index in reach.concerned(finding.primary.span, &[], sources) {
                suppressions[index].try_on(&mut finding);
            }
        }
        findings.push(finding);
    }
}

fn read<'a>(
    comment: &'a ToolComment,
    rules: &Rules<'_>,
    sources: &SourceMap,
    problems: &mut Vec<Problem>,
) -> Option<Suppression<'a>> {
    let text = sources.snippet(comment.text);
    let place = |range: &std::ops::Range<usize>| {
        let lo = comment.text.lo as usize;
        Span::new(comment.text.file, lo + range.start, lo + range.end)
    };
    let mut complain = |span, message: String, help: String| {
        problems.push(Problem::at(message, span).warning().with_help(help));
    };
    if comment.style != CommentStyle::Line {
        let kind = match comment.style {
            CommentStyle::Doc => "documentation",
            CommentStyle::Block | CommentStyle::Line => "block",
        };
        let message = format!("a suppression in a {kind} comment has no effect");
        complain(comment.span, message, FORM.to_owned());
        return None;
    }
    let directive = match parse(text) {
        Ok(directive) => directive,
        Err(mistake) => {
            let message = format!("this suppression has no effect: {}", mistake.message);
            complain(place(&mistake.range), message, mistake.help);
            return None;
        }
    };
    let mut named = Vec::new();
    for (name, range) in &directive.rules {
        match rules.known.iter().find(|known| *known == name) {
            Some(known) => named.push((*known, place(range))),
            None => complain(
                place(range),
                format!("unknown rule `{name}` in a suppression"),
                similar::help(name, "rules", rules.known),
            ),
        }
    }
    if directive.reason.is_none() && (rules.require_reason)(comment.span.file) {
        complain(
            comment.span,
            "this suppression has no effect: it gives no reason, and the configuration requires one"
                .to_owned(),
            "say behind the list of rules why the finding is fine here".to_owned(),
        );
        return None;
    }
    Some(Suppression {
        comment,
        scope: directive.scope,
        names_unknown: named.len() < directive.rules.len(),
        rules: named,
        list: place(&directive.list),
        reason: directive.reason.map(str::to_owned),
        used: BTreeSet::new(),
    })
}

impl Suppression<'_> {
    /// Suppresses a finding that it speaks of, if it names the rule. More than one suppression can
    /// do so; all of them are in use then, and the first gives the reason.
    fn try_on(&mut self, finding: &mut Finding) {
        let rule = self.rules.iter().find(|(rule, _)| *rule == finding.rule);
        let Some(&(rule, _)) = rule else {
            return;
        };
        self.used.insert(rule);
        finding.suppressed.get_or_insert_with(|| Suppressed {
            by: Suppressor::Comment(self.comment.span),
            reason: self.reason.clone(),
        });
    }
}
