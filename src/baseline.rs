//! The baseline: findings that were there before, which are not to fail the run.
//!
//! A file of one line for each finding, sorted: rule, package, file in the package, function, field or
//! static, properties. No line numbers, so that it holds while the code around them moves. A line
//! accounts for one finding: of two alike, one line leaves one new.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use crate::Analysis;
use crate::finding::{Finding, Problem, Suppressed, Suppressor};
use crate::project::Status;
use crate::source::{SourceFile, SourceMap, Span};

/// The file that is written when none is named.
pub const FILE_NAME: &str = "wasm-route-lint-baseline.txt";

const HEAD: &str = "\
# Findings that were there when `cargo wasm-route-lint baseline` ran: rule, package, file, function,
# field, properties. `cargo wasm-route-lint --baseline` with this file reports the others.
";

/// How many columns a line has.
const COLUMNS: usize = 6;

/// What stands for the package of a file without one.
pub(crate) const NO_PACKAGE: &str = "-";

/// What a run does with the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// Its findings are not reported.
    #[default]
    Apply,
    /// Nothing.
    Ignore,
    /// It is written anew, so its findings count as all others do.
    Renew,
}

/// A finding without what changes when the code around it does.
pub(crate) type Fingerprint = [String; COLUMNS];

/// What tells a finding in a file of a package from others: rule, package, file, function, field or
/// static, properties.
pub(crate) fn fingerprint(finding: &Finding, package: &str, file: &str) -> Fingerprint {
    [
        finding.rule,
        package,
        file,
        &finding.item,
        &finding.subject,
        &finding.properties.join(", "),
    ]
    .map(escape)
}

/// Makes fingerprints of one analysis.
struct Prints<'a> {
    analysis: &'a Analysis,
    /// The folder of the baseline, from the root on.
    folder: PathBuf,
    cwd: &'a Path,
}

impl Prints<'_> {
    fn of(&self, finding: &Finding) -> Fingerprint {
        let path = &self.analysis.sources.file(finding.primary.span.file).path;
        let (package, file) = self.place(path);
        fingerprint(finding, &package, &file)
    }

    /// The package of a file and its path there; for a lone file, its path from the baseline.
    fn place(&self, path: &Path) -> (String, String) {
        match self.analysis.owners.home(path) {
            Some((package, file)) => (package.to_owned(), file),
            None => {
                let absolute = self.cwd.join(path);
                let below = absolute.strip_prefix(&self.folder).unwrap_or(&absolute);
                (NO_PACKAGE.to_owned(), slashes(below))
            }
        }
    }

    /// Files without a package.
    fn lone_files(&self) -> BTreeSet<String> {
        let files = self.analysis.sources.iter();
        files
            .map(|(_, source)| self.place(&source.path))
            .filter(|(package, _)| package == NO_PACKAGE)
            .map(|(_, file)| file)
            .collect()
    }

    /// Whether this run would have found again what a line speaks of.
    fn is_judged(&self, line: &Fingerprint, lone: &BTreeSet<String>) -> bool {
        let [_, package, file, ..] = line;
        if package == NO_PACKAGE {
            return lone.contains(file);
        }
        let mut packages = self.analysis.owners.packages();
        packages.any(|p| p.status == Status::Analysed && p.name == *package)
    }
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A baseline that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text of the file.
    pub text: String,
    /// How many findings of this run are in it.
    pub found: usize,
    /// How many lines stay that speak of what this run did not look at.
    pub kept: usize,
}

/// A baseline with all findings that are reported, and with the lines of the present one, if there
/// is one, of packages and files that were not looked at.
///
/// # Errors
///
/// The present one can't be read.
pub fn renewed(
    analysis: &Analysis,
    path: &Path,
    cwd: &Path,
    pedantic: bool,
) -> io::Result<Written> {
    let prints = prints(analysis, path, cwd);
    let shown = analysis.findings.iter().filter(|f| f.is_shown(pedantic));
    let mut lines: Vec<String> = shown.map(|f| prints.of(f).join("\t")).collect();
    let found = lines.len();
    let present = match std::fs::read_to_string(cwd.join(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        present => present?,
    };
    let lone = prints.lone_files();
    // What is no line is left out: writing the baseline anew is the way out of a broken one.
    let others = present.lines().filter(|line| {
        let is_line = !line.is_empty() && !line.starts_with('#');
        is_line && parse(line).is_some_and(|print| !prints.is_judged(&print, &lone))
    });
    lines.extend(others.map(str::to_owned));
    lines.sort();
    let mut text = HEAD.to_owned();
    for line in &lines {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{line}");
    }
    Ok(Written {
        text,
        found,
        kept: lines.len() - found,
    })
}

fn prints<'a>(analysis: &'a Analysis, path: &Path, cwd: &'a Path) -> Prints<'a> {
    let folder = cwd.join(path);
    let folder = folder.parent().unwrap_or(Path::new("/"));
    Prints {
        analysis,
        folder: folder.to_owned(),
        cwd,
    }
}

/// Marks the findings that are in a baseline. Lines for which there is no finding any more are
/// warnings, a baseline that can't be read is an error.
pub fn apply(analysis: &mut Analysis, path: &Path, cwd: &Path) {
    let whole = cwd.join(path);
    let text = match std::fs::read_to_string(&whole) {
        Ok(text) => text,
        Err(error) => {
            let why = match error.kind() {
                io::ErrorKind::NotFound => "no such file".to_owned(),
                _ => error.to_string(),
            };
            let message = format!("can't read the baseline: {why}");
            let help = "`cargo wasm-route-lint baseline` writes one";
            let problem = Problem::error(message, path).with_help(help);
            analysis.problems.push(problem);
            return;
        }
    };
    let name = SourceMap::display_name(&whole, cwd);
    let file = SourceFile::new(whole, name, text.as_str().into());
    let file = analysis.sources.add(file);
    let mut known: BTreeMap<Fingerprint, Vec<Span>> = BTreeMap::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let written = raw.trim_end_matches(['\n', '\r']);
        let span = Span::new(file, at, at + written.len());
        at += raw.len();
        if written.is_empty() || written.starts_with('#') {
            continue;
        }
        match parse(written) {
            Some(print) => known.entry(print).or_default().push(span),
            None => {
                let message = "this is no line of a baseline";
                let help = "write the baseline anew with `cargo wasm-route-lint baseline`";
                let problem = Problem::at(message, span).with_help(help);
                analysis.problems.push(problem);
            }
        }
    }
    let prints = prints(analysis, path, cwd);
    let all: Vec<Fingerprint> = analysis.findings.iter().map(|f| prints.of(f)).collect();
    // What is reported goes first: a finding that is not must not take its line.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&n| analysis.findings[n].is_pedantic());
    let mut found = Vec::new();
    for n in order {
        let lines = known.get_mut(&all[n]);
        let is_free = analysis.findings[n].suppressed.is_none();
        if is_free && lines.is_some_and(|lines| !lines.is_empty() && lines.drain(..1).len() == 1) {
            found.push(n);
        }
    }
    let vanished = vanished(&prints, &known);
    for n in found {
        analysis.findings[n].suppressed = Some(Suppressed {
            by: Suppressor::Baseline,
            reason: None,
        });
    }
    analysis.problems.extend(vanished);
}

/// Lines for which there was no finding, in the order of the file. A run that failed, or that
/// did not look there, can't tell.
fn vanished(prints: &Prints<'_>, left: &BTreeMap<Fingerprint, Vec<Span>>) -> Vec<Problem> {
    if prints.analysis.problems.iter().any(Problem::is_error) {
        return Vec::new();
    }
    let lone = prints.lone_files();
    let mut gone: Vec<(Span, &str)> = left
        .iter()
        .filter(|(print, _)| prints.is_judged(print, &lone))
        .flat_map(|(print, spans)| spans.iter().map(|&span| (span, print[0].as_str())))
        .collect();
    gone.sort_unstable();
    gone.into_iter()
        .map(|(span, rule)| {
            let message = format!("a `{rule}` of the baseline is no longer found");
            Problem::at(message, span)
                .warning()
                .with_help("take the line out, or write the baseline anew")
        })
        .collect()
}

fn parse(line: &str) -> Option<Fingerprint> {
    let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
    let print = Fingerprint::try_from(columns).ok()?;
    (!print[0].is_empty() && !print[0].contains(' ')).then_some(print)
}

/// Without what would break a line or a column.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}
