//! The numbers of a run, and the last line of the human report.

use rustc_hash::{FxHashMap, FxHashSet};

use super::text::count;
use super::{Class, Report};
use crate::finding::{Finding, Severity, Suppressor};

/// Findings of one class: what is counted, and at how many places it was found.
#[derive(Clone, Copy, Default)]
struct Tally {
    decisions: usize,
    places: usize,
}

/// The numbers of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    /// Findings by class, as they are shown.
    pub(super) places: [usize; 3],
    /// The same with those of one group counted once.
    pub(super) decisions: usize,
    /// Findings that `--pedantic` would show.
    pub(super) hidden: usize,
    /// What would be shown had no comment suppressed it.
    pub(super) suppressed: usize,
    /// What would be shown were it not in the baseline.
    pub(super) in_baseline: usize,
    /// What would be shown had the change touched it.
    pub(super) untouched: usize,
}

pub(super) fn counts(report: &Report<'_>) -> Counts {
    let tallies = tally(report.shown());
    Counts {
        places: tallies.map(|tally| tally.places),
        decisions: tallies.iter().map(|tally| tally.decisions).sum(),
        hidden: hidden(report).count(),
        suppressed: suppressed_by(report, |by| matches!(by, Suppressor::Comment(_))),
        in_baseline: suppressed_by(report, |by| *by == Suppressor::Baseline),
        untouched: suppressed_by(report, |by| *by == Suppressor::Untouched),
    }
}

pub(super) fn line(report: &Report<'_>) -> String {
    let tallies = tally(report.shown());
    let hidden: usize = tally(hidden(report)).iter().map(|t| t.decisions).sum();

    let classes = [Class::Error, Class::Warning, Class::Note];
    let parts: Vec<String> = classes
        .into_iter()
        .zip(tallies)
        .filter(|(_, tally)| tally.decisions > 0)
        .map(|(class, tally)| {
            let mut part = count(tally.decisions, class.as_str());
            if tally.places != tally.decisions {
                part += &format!(" ({})", count(tally.places, "place"));
            }
            part
        })
        .collect();
    let nothing = parts.is_empty();
    let mut line = if nothing {
        "no stale route values found".to_owned()
    } else {
        parts.join(", ")
    };
    let files = count(report.files, "file");
    // Files that belong to no package are named by themselves.
    line += &match report.packages {
        0 => format!(" in {files}"),
        packages => format!(" in {} ({files})", count(packages, "package")),
    };
    match hidden {
        0 => {}
        n if nothing => line += &format!("; {} with --pedantic", count(n, "note")),
        n => line += &format!("; {n} more with --pedantic"),
    }
    line + &suppressed(&counts(report)) + &failures(report)
}

/// Counts by class. Findings of one group are one decision, of the worst class among them.
fn tally<'a>(findings: impl Iterator<Item = &'a Finding>) -> [Tally; 3] {
    let mut tallies = [Tally::default(); 3];
    let mut groups: FxHashMap<u32, (Class, usize)> = FxHashMap::default();
    for finding in findings {
        let class = Class::of(finding);
        if let Some(group) = finding.group {
            let (worst, places) = groups.entry(group).or_insert((class, 0));
            *worst = class.min(*worst);
            *places += 1;
        } else {
            tallies[class as usize].decisions += 1;
            tallies[class as usize].places += 1;
        }
    }
    for (class, places) in groups.into_values() {
        tallies[class as usize].decisions += 1;
        tallies[class as usize].places += places;
    }
    tallies
}

/// What `--pedantic` would add.
fn hidden<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a Finding> {
    let pedantic = report.pedantic;
    let all = report.findings.iter().copied();
    all.filter(move |f| f.suppressed.is_none() && !f.is_shown(pedantic))
}

fn suppressed_by(report: &Report<'_>, is: fn(&Suppressor) -> bool) -> usize {
    let found = report.suppressed().filter_map(|f| f.suppressed.as_ref());
    found.filter(|suppressed| is(&suppressed.by)).count()
}

/// What would be in the report had nobody suppressed it.
fn suppressed(counts: &Counts) -> String {
    [
        (counts.suppressed, "suppressed"),
        (counts.in_baseline, "in the baseline"),
        (counts.untouched, "not touched by the change"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, suffix)| format!("; {n} {suffix}"))
    .collect()
}

/// What was left out of the analysis because of errors.
fn failures(report: &Report<'_>) -> String {
    let errors = || {
        let problems = report.problems.iter();
        problems.filter(|problem| problem.severity == Severity::Error)
    };
    let loaded: FxHashSet<_> = errors().filter_map(|e| e.span.map(|s| s.file)).collect();
    let unread: FxHashSet<_> = errors()
        .filter_map(|e| e.path.as_ref())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    match loaded.len() + unread.len() {
        0 if errors().next().is_none() => String::new(),
        0 => "; the run is not complete".to_owned(),
        1 => "; 1 file was not analysed".to_owned(),
        n => format!("; {n} files were not analysed"),
    }
}
