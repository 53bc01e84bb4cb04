//! Workflow commands of GitHub Actions: a line on standard output that starts with `::` becomes an
//! annotation of the file in the change under review.

use std::fmt::Write as _;
use std::path::Path;

use super::text::substitute;
use super::uri::plain_path;
use super::{Class, Report, message};
use crate::source::Span;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for problem in report.problems {
        let mut properties = Vec::new();
        match (problem.span, &problem.path) {
            (Some(span), _) => place(report, span, &mut properties),
            (None, Some(path)) => file(report, path, &mut properties),
            (None, None) => {}
        }
        properties.push(("title", env!("CARGO_PKG_NAME").to_owned()));
        let class = Class::of_problem(problem);
        command(&mut out, class, &properties, &message::of_problem(problem));
    }
    for finding in report.shown() {
        let mut properties = Vec::new();
        place(report, finding.primary.span, &mut properties);
        properties.push(("title", finding.rule.to_owned()));
        let text = message::paragraphs(finding).join("\n\n");
        command(&mut out, Class::of(finding), &properties, &text);
    }
    out
}

type Properties = Vec<(&'static str, String)>;

/// Files are known by their names in the repository.
fn file(report: &Report<'_>, path: &Path, properties: &mut Properties) {
    properties.push(("file", plain_path(path, report.cwd, report.root)));
}

fn place(report: &Report<'_>, span: Span, properties: &mut Properties) {
    let source = report.sources.file(span.file);
    file(report, &source.path, properties);
    let (line, column) = source.line_column(span.lo as usize);
    let (mut end_line, end_column) = source.line_column(span.hi.max(span.lo) as usize);
    let whole_lines = end_line > line && end_column == 1;
    end_line -= usize::from(whole_lines);
    properties.push(("line", line.to_string()));
    properties.push(("endLine", end_line.to_string()));
    // Columns are understood within one line only.
    if line == end_line && !whole_lines {
        properties.push(("col", column.to_string()));
        properties.push(("endColumn", end_column.to_string()));
    }
}

fn command(out: &mut String, class: Class, properties: &[(&str, String)], text: &str) {
    let name = match class {
        Class::Error => "error",
        Class::Warning => "warning",
        Class::Note => "notice",
    };
    let properties: Vec<String> = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", escape(value, &['%', '\r', '\n', ':', ','])))
        .collect();
    let text = escape(text, &['%', '\r', '\n']);
    // Writing to a string does not fail.
    let _ = writeln!(out, "::{name} {}::{text}", properties.join(","));
}

/// The characters that end a command or one of its properties are written as their codes. Others
/// that would act on a terminal are made visible: the log is read on one, too.
fn escape(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if special.contains(&c) {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else if c == '\t' {
            out.push(c);
        } else {
            out.push(substitute(c).unwrap_or(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Class, command};

    #[test]
    fn nothing_ends_a_command_early() {
        let mut out = String::new();
        let properties = [("file", "a,b:c%.rs".to_owned())];
        let text = "100%: a, b\r\n::error::\x1b[0m";
        command(&mut out, Class::Note, &properties, text);
        assert_eq!(
            out,
            "::notice file=a%2Cb%3Ac%25.rs::100%25: a, b%0D%0A::error::\u{241b}[0m\n"
        );
    }
}
