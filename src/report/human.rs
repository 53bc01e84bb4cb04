//! For people: snippets, the path of the value, the way out, a summary.

mod cure;
mod style;

use std::io::Write as _;

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::term::{self, Chars, Config};

use self::style::Painter;
use super::text::printable;
use super::view::View;
use super::{Class, Report, summary};
use crate::finding::{Finding, Help, Problem, Step};
use crate::source::{FileId, SourceMap, Span};

pub(super) fn render(report: &Report<'_>, styled: bool, with_summary: bool) -> String {
    let mut painter = Painter::new(styled);
    for problem in report.problems {
        draw_problem(report, problem, &mut painter);
    }
    for finding in report.shown() {
        draw_finding(report.sources, finding, &mut painter);
    }
    if with_summary {
        painter.bold(&summary::line(report));
    }
    painter.finish()
}

/// Only the problems, without colours.
pub(super) fn problems(report: &Report<'_>) -> String {
    let mut painter = Painter::new(false);
    for problem in report.problems {
        draw_problem(report, problem, &mut painter);
    }
    painter.finish()
}

/// One finding, without colours.
pub(super) fn of_finding(report: &Report<'_>, finding: &Finding) -> String {
    let mut painter = Painter::new(false);
    draw_finding(report.sources, finding, &mut painter);
    painter.finish()
}

/// One problem, without colours.
pub(super) fn of_problem(report: &Report<'_>, problem: &Problem) -> String {
    let mut painter = Painter::new(false);
    draw_problem(report, problem, &mut painter);
    painter.finish()
}

fn draw_finding(sources: &SourceMap, finding: &Finding, painter: &mut Painter) {
    let spans: Vec<Span> = std::iter::once(&finding.primary)
        .chain(&finding.secondary)
        .map(|label| label.span)
        .collect();
    let view = View::new(sources, &spans);
    let primary = &finding.primary;
    let labels = std::iter::once(
        Label::primary(primary.span.file, view.range(primary.span))
            .with_message(printable(&primary.text)),
    )
    .chain(finding.secondary.iter().map(|label| {
        Label::secondary(label.span.file, view.range(label.span))
            .with_message(printable(&label.text))
    }));
    let mut notes = Vec::new();
    if !finding.trace.is_empty() {
        notes.push(trace(sources, &finding.trace));
    }
    notes.extend(finding.notes.iter().map(|note| lines(note)));
    let cure = cure::cure(sources, finding);
    let help = finding.help.iter();
    notes.extend(help.map(|help| way_out(help, cure.is_none(), painter)));
    notes.extend(cure.map(|text| painter.fix(&text)));
    let diagnostic = Diagnostic::new(severity(Class::of(finding)))
        .with_code(finding.rule)
        .with_message(printable(&finding.message))
        .with_labels(labels.collect())
        .with_notes(notes);
    draw(&view, &diagnostic, painter);
}

fn draw_problem(report: &Report<'_>, problem: &Problem, painter: &mut Painter) {
    let spans: Vec<Span> = problem.span.into_iter().collect();
    let view = View::new(report.sources, &spans);
    let labels = spans
        .iter()
        .map(|&span| Label::primary(span.file, view.range(span)));
    let header = Diagnostic::new(severity(Class::of_problem(problem)))
        .with_message(printable(&problem.message))
        .with_labels(labels.collect());
    let help = problem.help.iter();
    let help: Vec<String> = help.map(|help| painter.help(&lines(help))).collect();
    let Some(path) = problem.path.as_ref().filter(|_| spans.is_empty()) else {
        draw(&view, &header.with_notes(help), painter);
        return;
    };
    // Without a text to show the path stands where the place in it would. The renderer knows no
    // such line, and ends with an empty one that has to come later.
    draw(&view, &header, painter);
    painter.unwrite_empty_line();
    let name = SourceMap::display_name(path, report.cwd);
    painter.file(&printable(&name));
    for help in help {
        painter.note(&help);
    }
    painter.push("\n");
}

fn draw(view: &View<'_>, diagnostic: &Diagnostic<FileId>, painter: &mut Painter) {
    let config = Config {
        chars: Chars::ascii(),
        ..Config::default()
    };
    if term::emit_to_write_style(painter, &config, view, diagnostic).is_err() {
        // Only a label that is not in the view ends here; what was found must not be lost with it.
        let _ = writeln!(painter, "{}", diagnostic.message);
    }
}

fn severity(class: Class) -> Severity {
    match class {
        Class::Error => Severity::Error,
        Class::Warning => Severity::Warning,
        Class::Note => Severity::Note,
    }
}

/// The path of the value as a numbered table.
fn trace(sources: &SourceMap, steps: &[Step]) -> String {
    let places: Vec<String> = steps
        .iter()
        .map(|step| {
            step.span
                .map_or_else(String::new, |span| sources.place(span))
        })
        .map(|place| printable(&place).into_owned())
        .collect();
    let width = |texts: &mut dyn Iterator<Item = &str>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let place_width = width(&mut places.iter().map(String::as_str));
    let kind_width = width(&mut steps.iter().map(|step| step.kind.as_str()));
    let number_width = steps.len().to_string().len();
    let mut text = "path of the value:".to_owned();
    for (index, (step, place)) in steps.iter().zip(&places).enumerate() {
        let row = format!(
            "{:number_width$}. {:kind_width$}  {place:place_width$}  {}",
            index + 1,
            step.kind.as_str(),
            printable(&step.text),
        );
        text.push_str("\n  ");
        text.push_str(row.trim_end());
    }
    text
}

/// The help; its code only where no fix shows it better.
fn way_out(help: &Help, with_code: bool, painter: &Painter) -> String {
    let mut text = painter.help(&lines(&help.text));
    if let Some(code) = help.replacement.as_ref().filter(|_| with_code) {
        for line in code.lines() {
            text.push_str("\n    ");
            text.push_str(&printable(&line.replace('\t', "    ")));
        }
    }
    text
}

/// Text of several lines that can be printed.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(printable).collect();
    lines.join("\n")
}
