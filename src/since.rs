//! `--since REV`: only the findings that a change touches.
//!
//! A finding is touched when a line of its report has changed since the revision: of the places that it
//! marks or of the path of its value. Where lines were only taken out, nothing is left to touch, but
//! what was taken out may have been the cure; so a finding is also touched by a removal that lies
//! between its places in a file.

mod git;
mod patch;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::Analysis;
use crate::finding::{Finding, Problem, Suppressed, Suppressor};
use crate::source::{FileId, SourceMap, Span};

/// What has changed in a file. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// The file is new.
    Whole,
    /// Some lines.
    Lines(Lines),
}

/// Changed lines, in the file as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lines {
    /// First and last one of each run of new lines.
    new: Vec<(usize, usize)>,
    /// The lines behind which some were taken out.
    removals: Vec<usize>,
}

/// Sets the findings aside that nothing since `revision` touches. `paths` are what was checked. A
/// revision that is none, or a path in no repository, is an error.
pub(crate) fn apply(analysis: &mut Analysis, revision: &str, paths: &[PathBuf]) {
    let changes = match git::changes(revision, paths) {
        Ok(changes) => changes,
        Err((message, help)) => {
            let problem = Problem::error(message, "");
            analysis.problems.push(Problem {
                path: None,
                help,
                ..problem
            });
            return;
        }
    };
    let mut by_file: HashMap<FileId, Option<&Change>> = HashMap::new();
    let sources = &analysis.sources;
    for finding in &mut analysis.findings {
        let mut change_of = |file: FileId| {
            *by_file.entry(file).or_insert_with(|| {
                let path = &sources.file(file).path;
                changes.get(&real(path))
            })
        };
        if finding.suppressed.is_none() && !is_touched(finding, sources, &mut change_of) {
            finding.suppressed = Some(Suppressed {
                by: Suppressor::Untouched,
                reason: None,
            });
        }
    }
}

/// A path as git knows it, links followed.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_touched<'c>(
    finding: &Finding,
    sources: &SourceMap,
    change_of: &mut dyn FnMut(FileId) -> Option<&'c Change>,
) -> bool {
    let labels = std::iter::once(&finding.primary).chain(&finding.secondary);
    let steps = finding.trace.iter().filter_map(|step| step.span);
    // First and last line of the places in each file.
    let mut extents: HashMap<FileId, (usize, usize)> = HashMap::new();
    for span in labels.map(|label| label.span).chain(steps) {
        let (first, last) = lines(sources, span);
        let extent = extents.entry(span.file).or_insert((first, last));
        *extent = (extent.0.min(first), extent.1.max(last));
        match change_of(span.file) {
            Some(Change::Whole) => return true,
            Some(Change::Lines(lines)) if lines.meet(first, last) => return true,
            _ => {}
        }
    }
    extents.into_iter().any(|(file, (first, last))| {
        let change = change_of(file);
        matches!(change, Some(Change::Lines(lines)) if lines.removed_between(first, last))
    })
}

/// First and last line of a place.
fn lines(sources: &SourceMap, span: Span) -> (usize, usize) {
    let file = sources.file(span.file);
    let line = |offset: u32| file.line_index(offset as usize) + 1;
    (line(span.lo), line(span.hi.saturating_sub(1).max(span.lo)))
}

impl Lines {
    fn meet(&self, first: usize, last: usize) -> bool {
        self.new
            .iter()
            .any(|&(from, to)| from <= last && first <= to)
    }

    fn removed_between(&self, first: usize, last: usize) -> bool {
        self.removals
            .iter()
            .any(|&line| first <= line + 1 && line <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_meet() {
        let lines = Lines {
            new: vec![(3, 5), (9, 9)],
            removals: vec![0, 12],
        };
        for (first, last, met) in [
            (1, 2, false),
            (2, 3, true),
            (5, 8, true),
            (6, 8, false),
            (1, 20, true),
        ] {
            assert_eq!(lines.meet(first, last), met, "{first} {last}");
        }
        for (first, last, met) in [
            (1, 1, true),
            (2, 11, false),
            (2, 12, true),
            (13, 13, true),
            (14, 20, false),
        ] {
            assert_eq!(lines.removed_between(first, last), met, "{first} {last}");
        }
    }
}
