//! JSON Lines for programs: an object for each problem and each finding, then one for the run.
//!
//! The form is promised in `docs/formats.md` and `docs/report.schema.json`. Fields may be added;
//! a field that goes or changes its meaning needs a new [`FORMAT_VERSION`].

use serde::Serialize;

use super::fingerprint::named;
use super::{Class, Report, summary};
use crate::finding::{
    Confidence, Edit, Finding, Fix, Help, Label, Problem, Safety, Severity, Step, StepKind,
    Suppressed, Suppressor,
};
use crate::source::{SourceMap, Span};

const FORMAT_VERSION: u32 = 1;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for problem in report.problems {
        line(&mut out, "problem", &ProblemObject::of(problem, report));
    }
    for (finding, print) in &named(report) {
        let object = FindingObject::of(finding, print, report.sources);
        line(&mut out, "finding", &object);
    }
    line(&mut out, "summary", &SummaryObject::of(report));
    out
}

/// What stands in each line before the rest.
#[derive(Serialize)]
struct Tagged<'a, T> {
    r#type: &'static str,
    format_version: u32,
    #[serde(flatten)]
    object: &'a T,
}

fn line<T: Serialize>(out: &mut String, r#type: &'static str, object: &T) {
    let tagged = Tagged {
        r#type,
        format_version: FORMAT_VERSION,
        object,
    };
    // Strings and numbers under fixed keys: none of the cases in which this fails.
    out.push_str(&serde_json::to_string(&tagged).unwrap_or_default());
    out.push('\n');
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    byte_start: u32,
    byte_end: u32,
}

impl<'a> Place<'a> {
    fn of(span: Span, sources: &'a SourceMap) -> Self {
        let file = sources.file(span.file);
        let hi = span.hi.max(span.lo);
        let (line, column) = file.line_column(span.lo as usize);
        let (end_line, end_column) = file.line_column(hi as usize);
        Self {
            path: &file.name,
            line,
            column,
            end_line,
            end_column,
            byte_start: span.lo,
            byte_end: hi,
        }
    }
}

#[derive(Serialize)]
struct LabelObject<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
}

impl<'a> LabelObject<'a> {
    fn of(label: &'a Label, sources: &'a SourceMap) -> Self {
        Self {
            place: Place::of(label.span, sources),
            text: &label.text,
        }
    }
}

#[derive(Serialize)]
struct StepObject<'a> {
    kind: &'static str,
    text: &'a str,
    place: Option<Place<'a>>,
}

impl<'a> StepObject<'a> {
    fn of(step: &'a Step, sources: &'a SourceMap) -> Self {
        Self {
            kind: match step.kind {
                StepKind::Obtained => "obtained",
                StepKind::Passed => "passed",
                StepKind::Chosen => "chosen",
                StepKind::Stored => "stored",
                StepKind::Window => "window",
                StepKind::Read => "read",
            },
            text: &step.text,
            place: step.span.map(|span| Place::of(span, sources)),
        }
    }
}

#[derive(Serialize)]
struct HelpObject<'a> {
    text: &'a str,
    replacement: Option<&'a str>,
}

impl<'a> HelpObject<'a> {
    fn of(help: &'a Help) -> Self {
        Self {
            text: &help.text,
            replacement: help.replacement.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct EditObject<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    /// What comes in the place of these bytes.
    text: &'a str,
}

#[derive(Serialize)]
struct FixObject<'a> {
    title: &'a str,
    safe: bool,
    reason: Option<&'a str>,
    edits: Vec<EditObject<'a>>,
}

impl<'a> FixObject<'a> {
    fn of(fix: &'a Fix, sources: &'a SourceMap) -> Self {
        let edit = |edit: &'a Edit| EditObject {
            place: Place::of(edit.span, sources),
            text: &edit.text,
        };
        Self {
            title: &fix.title,
            safe: fix.safety == Safety::Safe,
            reason: fix.reason.as_deref(),
            edits: fix.edits.iter().map(edit).collect(),
        }
    }
}

#[derive(Serialize)]
struct FindingObject<'a> {
    rule: &'static str,
    level: &'static str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    primary: LabelObject<'a>,
    secondary: Vec<LabelObject<'a>>,
    trace: Vec<StepObject<'a>>,
    notes: &'a [String],
    help: Option<HelpObject<'a>>,
    fixes: Vec<FixObject<'a>>,
    subject: &'a str,
    properties: &'a [String],
    group: Option<u32>,
    suppressed: Option<SuppressedObject<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct SuppressedObject<'a> {
    by: &'static str,
    reason: Option<&'a str>,
    /// The comment.
    place: Option<Place<'a>>,
}

impl<'a> SuppressedObject<'a> {
    /// Nothing for what a change does not touch: that is no part of the report.
    fn of(suppressed: &'a Suppressed, sources: &'a SourceMap) -> Option<Self> {
        let (by, span) = match suppressed.by {
            Suppressor::Comment(span) => ("comment", Some(span)),
            Suppressor::Baseline => ("baseline", None),
            Suppressor::Untouched => return None,
        };
        Some(Self {
            by,
            reason: suppressed.reason.as_deref(),
            place: span.map(|span| Place::of(span, sources)),
        })
    }
}

impl<'a> FindingObject<'a> {
    fn of(finding: &'a Finding, fingerprint: &'a str, sources: &'a SourceMap) -> Self {
        let labels = finding.secondary.iter();
        let steps = finding.trace.iter();
        let fixes = finding.fixes.iter();
        let suppressed = finding.suppressed.as_ref();
        Self {
            rule: finding.rule,
            level: finding.level.as_str(),
            severity: Class::of(finding).as_str(),
            confidence: match finding.confidence {
                Confidence::High => "high",
                Confidence::Low => "low",
            },
            message: &finding.message,
            primary: LabelObject::of(&finding.primary, sources),
            secondary: labels.map(|l| LabelObject::of(l, sources)).collect(),
            trace: steps.map(|s| StepObject::of(s, sources)).collect(),
            notes: &finding.notes,
            help: finding.help.as_ref().map(HelpObject::of),
            fixes: fixes.map(|f| FixObject::of(f, sources)).collect(),
            subject: &finding.subject,
            properties: &finding.properties,
            group: finding.group,
            suppressed: suppressed.and_then(|s| SuppressedObject::of(s, sources)),
            fingerprint,
        }
    }
}

#[derive(Serialize)]
struct ProblemObject<'a> {
    severity: &'static str,
    message: &'a str,
    path: Option<String>,
    place: Option<Place<'a>>,
    help: Option<&'a str>,
}

impl<'a> ProblemObject<'a> {
    fn of(problem: &'a Problem, report: &Report<'a>) -> Self {
        let sources = report.sources;
        let path = problem.path.as_ref();
        let named = path.map(|path| SourceMap::display_name(path, report.cwd));
        let loaded = problem.span.map(|s| sources.file(s.file).name.clone());
        Self {
            severity: Class::of_problem(problem).as_str(),
            message: &problem.message,
            path: loaded.or(named),
            place: problem.span.map(|span| Place::of(span, sources)),
            help: problem.help.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct SummaryObject {
    tool: &'static str,
    tool_version: &'static str,
    exit_code: u8,
    /// Whether everything was analysed.
    complete: bool,
    /// Findings by severity.
    errors: usize,
    warnings: usize,
    notes: usize,
    /// Findings with those of one group counted once.
    decisions: usize,
    /// Findings that `--pedantic` would show.
    hidden: usize,
    /// Findings that a comment suppresses, those in the baseline, and those that are left out
    /// because the change does not touch them.
    suppressed: usize,
    in_baseline: usize,
    untouched: usize,
    packages: usize,
    files: usize,
}

impl SummaryObject {
    fn of(report: &Report<'_>) -> Self {
        let counts = summary::counts(report);
        let [errors, warnings, notes] = counts.places;
        let problems = &mut report.problems.iter();
        Self {
            tool: env!("CARGO_PKG_NAME"),
            tool_version: env!("CARGO_PKG_VERSION"),
            exit_code: report.exit_code,
            complete: !problems.any(|problem| problem.severity == Severity::Error),
            errors,
            warnings,
            notes,
            decisions: counts.decisions,
            hidden: counts.hidden,
            suppressed: counts.suppressed,
            in_baseline: counts.in_baseline,
            untouched: counts.untouched,
            packages: report.packages,
            files: report.files,
        }
    }
}
