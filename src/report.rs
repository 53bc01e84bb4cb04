//! The report of a run, in several formats made from the same findings and problems.

mod cargo_json;
mod fingerprint;
#[cfg(test)]
pub(crate) mod fixture;
mod github;
mod human;
mod json;
mod message;
mod sarif;
mod short;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod uri;
mod view;

use std::path::Path;

use crate::Analysis;
use crate::commands::{FAILED, FOUND, SUCCESS};
use crate::finding::{Finding, Level, Problem, Severity};
use crate::project::Owners;
use crate::source::SourceMap;

/// What the reports say about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// The name, for instance `route-in-stream-context`.
    pub name: &'static str,
    /// What it finds, one line, lower case, no full stop.
    pub summary: &'static str,
    /// What it finds, why that is wrong and what to do, in Markdown.
    pub help_markdown: &'static str,
    /// The level when nothing else is asked for.
    pub default_level: Level,
}

/// What a report is made from.
#[derive(Debug)]
pub struct Report<'a> {
    sources: &'a SourceMap,
    /// All findings in the order of the report, the ones not shown too: their number is part of
    /// the summary and of the fingerprints.
    findings: Vec<&'a Finding>,
    problems: &'a [Problem],
    rules: &'a [RuleInfo],
    owners: &'a Owners,
    cwd: &'a Path,
    root: &'a Path,
    pedantic: bool,
    packages: usize,
    files: usize,
    /// The exit code of the run.
    pub exit_code: u8,
}

impl<'a> Report<'a> {
    /// A report of what `analysis` gave, with paths relative to `cwd`.
    pub fn new(analysis: &'a Analysis, cwd: &'a Path, pedantic: bool, exit_zero: bool) -> Self {
        let sources = &analysis.sources;
        let mut findings: Vec<&Finding> = analysis.findings.iter().collect();
        findings.sort_by(|a, b| {
            let key = |finding: &'a Finding| {
                let span = finding.primary.span;
                let name = sources.file(span.file).name.as_str();
                (name, span.lo, span.hi, finding.rule, &finding.subject)
            };
            key(a).cmp(&key(b))
        });
        Self {
            sources,
            findings,
            problems: &analysis.problems,
            rules: &analysis.rules,
            owners: &analysis.owners,
            cwd,
            root: cwd,
            pedantic,
            packages: analysis.packages,
            files: analysis.files,
            exit_code: exit_code(analysis, exit_zero),
        }
    }

    /// The same with the repository at `root`: code scanning services know files by their names
    /// in it, wherever in it the run was.
    #[must_use]
    pub fn in_repository(mut self, root: &'a Path) -> Self {
        self.root = root;
        self
    }

    /// For people: with source code, and a summary at the end. `styled` adds ANSI colours.
    pub fn human(&self, styled: bool, summary: bool) -> String {
        human::render(self, styled, summary)
    }

    /// What went wrong, for people.
    pub fn problems(&self) -> String {
        human::problems(self)
    }

    /// One line for each problem and finding.
    pub fn short(&self) -> String {
        short::render(self)
    }

    /// JSON Lines: one object for each problem and finding, and one for the run.
    pub fn json(&self) -> String {
        json::render(self)
    }

    /// Workflow commands of GitHub Actions, which show findings beside the code.
    pub fn github(&self) -> String {
        github::render(self)
    }

    /// The messages that cargo prints of a compiler, for editors.
    pub fn cargo_json(&self) -> String {
        cargo_json::render(self)
    }

    /// SARIF 2.1.0.
    pub fn sarif(&self) -> String {
        sarif::render(self)
    }

    /// The findings that are printed.
    fn shown(&self) -> impl Iterator<Item = &'a Finding> {
        let pedantic = self.pedantic;
        let shown = move |finding: &&Finding| finding.is_shown(pedantic);
        self.findings.iter().copied().filter(shown)
    }

    /// The findings that would be printed had nobody suppressed them.
    fn suppressed(&self) -> impl Iterator<Item = &'a Finding> {
        let pedantic = self.pedantic;
        let all = self.findings.iter().copied();
        all.filter(move |f| f.suppressed.is_some() && (pedantic || !f.is_pedantic()))
    }
}

/// A run that failed says nothing about the plugin, so it outweighs what was found; what was found
/// matters unless it was asked not to.
fn exit_code(analysis: &Analysis, exit_zero: bool) -> u8 {
    let problems = &mut analysis.problems.iter();
    if problems.any(|problem| problem.severity == Severity::Error) {
        FAILED
    } else if !exit_zero && analysis.findings.iter().any(Finding::is_fatal) {
        FOUND
    } else {
        SUCCESS
    }
}

/// How a finding is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Error,
    Warning,
    Note,
}

impl Class {
    fn of(finding: &Finding) -> Self {
        match finding.level {
            _ if finding.is_pedantic() => Self::Note,
            Level::Deny => Self::Error,
            Level::Warn | Level::Allow => Self::Warning,
        }
    }

    fn of_problem(problem: &Problem) -> Self {
        match problem.severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
        }
    }

    /// The word in text; SARIF's levels have the same names.
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}
