//! One line for each problem and finding, in the form that editors and `grep` know.

use std::fmt::Write as _;

use super::text::printable;
use super::{Class, Report};
use crate::source::SourceMap;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for problem in report.problems {
        let place = match (problem.span, &problem.path) {
            (Some(span), _) => report.sources.place(span) + ": ",
            (None, Some(path)) => SourceMap::display_name(path, report.cwd) + ": ",
            (None, None) => String::new(),
        };
        let class = Class::of_problem(problem).as_str();
        line(&mut out, &format!("{place}{class}: {}", problem.message));
    }
    for finding in report.shown() {
        let place = report.sources.place(finding.primary.span);
        let class = Class::of(finding).as_str();
        let (rule, message) = (finding.rule, &finding.message);
        line(&mut out, &format!("{place}: {class}[{rule}]: {message}"));
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{}", printable(text));
}
