//! The messages of cargo's `--message-format=json`: each finding in the envelope of a compiler's
//! diagnostic, with its fixes as suggestions, for editors and for `rustfix`.

mod package;

use serde_json::{Value, json};

use super::uri::plain_path;
use super::{Class, Report, human, message};
use crate::finding::{Finding, Fix, Label, Problem, Safety};
use crate::source::{SourceFile, Span};

/// A byte order mark at the start of a file is no column.
const MARK: char = '\u{feff}';

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let mut line = |value: &Value| {
        out.push_str(&value.to_string());
        out.push('\n');
    };
    for problem in report.problems {
        let package = match (problem.span, &problem.path) {
            (Some(span), _) => package::of_file(report, span.file),
            (None, Some(path)) => package::of_path(report, path),
            (None, None) => package::of_path(report, report.cwd),
        };
        line(&package.envelope(&of_problem(report, problem)));
    }
    for finding in report.shown() {
        let package = package::of_file(report, finding.primary.span.file);
        line(&package.envelope(&of_finding(report, finding)));
    }
    line(&json!({ "reason": "build-finished", "success": report.exit_code == 0 }));
    out
}

fn of_problem(report: &Report<'_>, problem: &Problem) -> Value {
    let class = Class::of_problem(problem);
    let spans = problem.span.map(|at| span(report, at, None, true));
    let spans = spans.into_iter().collect();
    let help = problem.help.iter().map(|help| child("help", help, vec![]));
    let rendered = human::of_problem(report, problem);
    diagnostic(
        class,
        None,
        &problem.message,
        spans,
        help.collect(),
        rendered,
    )
}

fn of_finding(report: &Report<'_>, finding: &Finding) -> Value {
    let label = |label: &Label, primary| span(report, label.span, Some(&label.text), primary);
    let mut spans = vec![label(&finding.primary, true)];
    spans.extend(finding.secondary.iter().map(|l| label(l, false)));
    let mut children: Vec<Value> = message::facts(finding)
        .map(|fact| child("note", &fact, vec![]))
        .collect();
    if let Some(help) = &finding.help {
        let text = help.text.clone() + &message::help_code(help);
        children.push(child("help", &text, vec![]));
    }
    children.extend(suggestions(report, finding));
    let rendered = human::of_finding(report, finding);
    diagnostic(
        Class::of(finding),
        Some(finding.rule),
        &finding.message,
        spans,
        children,
        rendered,
    )
}

fn diagnostic(
    class: Class,
    code: Option<&str>,
    message: &str,
    spans: Vec<Value>,
    children: Vec<Value>,
    rendered: String,
) -> Value {
    json!({
        "$message_type": "diagnostic",
        "level": class.as_str(),
        "code": code.map(|code| json!({ "code": code, "explanation": null })),
        "message": message,
        "spans": spans,
        "children": children,
        "rendered": rendered,
    })
}

fn child(level: &str, message: &str, spans: Vec<Value>) -> Value {
    json!({
        "level": level,
        "code": null,
        "message": message,
        "spans": spans,
        "children": [],
        "rendered": null,
    })
}

/// The fixes. A reader applies everything that is machine applicable, so of fixes that exclude
/// each other only the best one may be.
fn suggestions(report: &Report<'_>, finding: &Finding) -> Vec<Value> {
    let mut applicable = "MachineApplicable";
    let suggestion = |fix: &Fix| {
        let applicability = match fix.safety {
            Safety::Safe => std::mem::replace(&mut applicable, "MaybeIncorrect"),
            Safety::Unsafe => "MaybeIncorrect",
        };
        let edits = fix.edits.iter().map(|edit| {
            let mut span = span(report, edit.span, None, true);
            span["suggested_replacement"] = edit.text.as_str().into();
            span["suggestion_applicability"] = applicability.into();
            span
        });
        let mut title = fix.title.clone();
        if let Some(reason) = &fix.reason {
            title = format!("{title} (unsafe: {reason})");
        }
        child("help", &title, edits.collect())
    };
    let fixes = finding.fixes.iter().filter(|fix| !fix.edits.is_empty());
    fixes.map(suggestion).collect()
}

fn span(report: &Report<'_>, span: Span, label: Option<&str>, primary: bool) -> Value {
    let file = report.sources.file(span.file);
    let (lo, hi) = (span.lo as usize, span.hi.max(span.lo) as usize);
    let (line_start, column_start) = position(file, lo);
    let (line_end, column_end) = position(file, hi);
    let text: Vec<Value> = (line_start..=line_end)
        .filter_map(|line| {
            let text = file.text.get(file.line_range(line - 1)?)?;
            let text = text.trim_start_matches(MARK).trim_end_matches(['\n', '\r']);
            let end = text.chars().count() + 1;
            Some(json!({
                "text": text,
                "highlight_start": if line == line_start { column_start } else { 1 },
                "highlight_end": if line == line_end { column_end } else { end },
            }))
        })
        .collect();
    json!({
        "file_name": plain_path(&file.path, report.cwd, report.cwd),
        "byte_start": lo,
        "byte_end": hi,
        "line_start": line_start,
        "line_end": line_end,
        "column_start": column_start,
        "column_end": column_end,
        "is_primary": primary,
        "text": text,
        "label": label.filter(|label| !label.is_empty()),
        "suggested_replacement": null,
        "suggestion_applicability": null,
        "expansion": null,
    })
}

/// 1-based line and 1-based column, counted in characters.
fn position(file: &SourceFile, offset: usize) -> (usize, usize) {
    let (line, column) = file.line_column(offset);
    let marked = line == 1 && column > 1 && file.text.starts_with(MARK);
    (line, column - usize::from(marked))
}
