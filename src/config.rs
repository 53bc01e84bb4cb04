//! The configuration: `wasm-route-lint.toml`, or a table of that name in the metadata of a manifest.
//!
//! In: paths. Out: what the configuration that governs a path says. A path is governed by the
//! nearest configuration at or above it, so the outcome for a file is the same from whichever folder
//! the tool is run. Levels, excludes and `require-reason` are those of the file in question; `host`,
//! `sdk`, `baseline` and `pedantic` are those of the paths that the user names.

mod find;
mod globs;
mod merge;
mod read;
mod run;
#[cfg(test)]
mod schema;
mod show;
mod template;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::find::Finder;
use self::globs::Glob;
use crate::finding::{Level, Problem};
use crate::source::{FileId, SourceMap, Span};

pub use self::run::{Given, RunSettings};
pub use self::show::Shown;
pub use self::template::template;

/// The name of the file.
pub const FILE_NAME: &str = "wasm-route-lint.toml";

/// Which configuration is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// For each path the nearest one at or above it.
    #[default]
    Nearest,
    /// This file for all paths.
    File(PathBuf),
    /// None.
    Nothing,
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// The place in a file of [`Configs::sources`].
    pub span: Span,
}

/// What one configuration says, what it extends included.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file that was found.
    pub path: PathBuf,
    levels: Vec<(&'static str, Set<Level>)>,
    overrides: Vec<Override>,
    exclude: Vec<Glob>,
    pedantic: Option<Set<bool>>,
    require_reason: Option<Set<bool>>,
    host: Option<Set<String>>,
    sdk: Vec<Set<PathBuf>>,
    baseline: Option<Set<PathBuf>>,
}

/// Levels for some paths.
#[derive(Clone, Debug)]
struct Override {
    paths: Vec<Glob>,
    levels: Vec<(&'static str, Set<Level>)>,
    span: Span,
}

impl Config {
    /// Whether notes are wanted.
    pub fn pedantic(&self) -> bool {
        self.pedantic.as_ref().is_some_and(|set| set.value)
    }

    /// Whether suppressions need a reason.
    pub fn require_reason(&self) -> bool {
        self.require_reason.as_ref().is_some_and(|set| set.value)
    }

    /// The host that runs the plugins.
    pub fn host(&self) -> Option<&Set<String>> {
        self.host.as_ref()
    }

    /// Files that describe SDKs and wrappers.
    pub fn sdk(&self) -> &[Set<PathBuf>] {
        &self.sdk
    }

    /// The file of findings that were there before.
    pub fn baseline(&self) -> Option<&Set<PathBuf>> {
        self.baseline.as_ref()
    }

    /// The level that is set for a rule in a file, by its absolute path.
    fn level(&self, path: &Path, rule: &str) -> Option<&Set<Level>> {
        // The last one that speaks of the rule counts.
        self.overrides
            .iter()
            .rev()
            .filter(|o| o.paths.iter().any(|glob| glob.covers(path)))
            .map(|o| &o.levels)
            .chain([&self.levels])
            .find_map(|levels| levels.iter().rfind(|(name, _)| *name == rule))
            .map(|(_, set)| set)
    }
}

/// All configurations of a run, read when they are needed.
#[derive(Default)]
pub struct Configs {
    cwd: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    finder: Finder,
    excluded: HashMap<PathBuf, bool>,
}

impl fmt::Debug for Configs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configs")
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}

impl Configs {
    /// With relative paths relative to `cwd`, and names of rules to check those in the files by. A
    /// file that the choice names and that can't be read is a problem.
    pub fn new(cwd: &Path, choice: &Choice, rules: &[&'static str]) -> Self {
        let cwd = absolute(cwd, Path::new("/"));
        let finder = match choice {
            Choice::Nearest => Finder::nearest(&cwd, rules),
            Choice::File(path) => Finder::fixed(&cwd, rules, &absolute(path, &cwd)),
            Choice::Nothing => Finder::nothing(),
        };
        Self {
            cwd,
            state: Mutex::new(State {
                finder,
                excluded: HashMap::new(),
            }),
        }
    }

    /// The configuration that governs a path.
    pub fn governing(&self, path: &Path) -> Option<Arc<Config>> {
        let path = absolute(path, &self.cwd);
        self.state().finder.governing(&path)
    }

    /// The level of a rule in a file, where its configuration sets one.
    pub fn level(&self, path: &Path, rule: &str) -> Option<Level> {
        let path = absolute(path, &self.cwd);
        let config = self.state().finder.governing(&path)?;
        config.level(&path, rule).map(|set| set.value)
    }

    /// Whether a file or a folder, or a folder above it, is left out.
    pub fn is_excluded(&self, path: &Path) -> bool {
        let path = absolute(path, &self.cwd);
        self.state().is_excluded(&path)
    }

    /// Takes the mistakes found in configurations so far, with their places in `sources`, to which
    /// the files are added.
    pub fn take_problems(&self, sources: &mut SourceMap) -> Vec<Problem> {
        let state = &mut *self.state();
        let finder = &mut state.finder;
        let mut problems = std::mem::take(&mut finder.problems);
        problems.sort_by_key(|problem| problem.span);
        if problems.iter().all(|problem| problem.span.is_none()) {
            return problems;
        }
        let ids: Vec<FileId> = finder
            .sources
            .iter()
            .map(|(_, file)| file.clone())
            .map(|file| sources.add(file))
            .collect();
        for problem in &mut problems {
            if let Some(span) = &mut problem.span {
                span.file = ids[span.file.0 as usize];
            }
        }
        problems
    }

    /// Adds a problem with something that a configuration says.
    pub fn complain(&self, problem: Problem) {
        self.state().finder.problems.push(problem);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_excluded(&mut self, path: &Path) -> bool {
        let Some(parent) = path.parent() else {
            return false;
        };
        if let Some(&known) = self.excluded.get(path) {
            return known;
        }
        // A folder that is left out takes all below with it, whatever is configured there.
        let excluded = self.is_excluded(parent)
            || self
                .finder
                .governing(parent)
                .is_some_and(|config| config.exclude.iter().any(|glob| glob.is_match(path)));
        self.excluded.insert(path.to_owned(), excluded);
        excluded
    }
}

/// A path from the root on, without `.` and `..`, links not followed.
fn absolute(path: &Path, cwd: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in cwd.join(path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
