//! Which configuration governs a folder, and loading it with what it extends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::read::{Metadata, Raw, Reader};
use super::{Config, FILE_NAME, Set, absolute};
use crate::finding::Problem;
use crate::source::{FileId, SourceFile, SourceMap};

const MANIFEST: &str = "Cargo.toml";

/// The word without which a manifest holds no configuration.
const WORD: &str = "wasm-route-lint";

type Found = Option<Arc<Config>>;

/// Finds and reads configurations, each once.
#[derive(Default)]
pub(super) struct Finder {
    cwd: PathBuf,
    rules: Vec<&'static str>,
    /// The only one there is, if it is not to be looked for.
    fixed: Option<Found>,
    /// By folder, and whether the folder is outside of the package that asks: its manifest then
    /// speaks as that of a workspace only.
    by_folder: HashMap<(PathBuf, bool), Found>,
    files: HashMap<PathBuf, Option<FileId>>,
    /// The files that were read.
    pub(super) sources: SourceMap,
    /// What is wrong with them.
    pub(super) problems: Vec<Problem>,
}

impl Finder {
    pub(super) fn nearest(cwd: &Path, rules: &[&'static str]) -> Self {
        Self {
            cwd: cwd.to_owned(),
            rules: rules.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn fixed(cwd: &Path, rules: &[&'static str], path: &Path) -> Self {
        let mut finder = Self::nearest(cwd, rules);
        let found = finder.load(path, &mut Vec::new(), None);
        finder.fixed = Some(found.map(Arc::new));
        finder
    }

    pub(super) fn nothing() -> Self {
        Self {
            fixed: Some(None),
            ..Self::default()
        }
    }

    /// The configuration for an absolute path.
    pub(super) fn governing(&mut self, path: &Path) -> Found {
        if let Some(fixed) = &self.fixed {
            return fixed.clone();
        }
        // The path may be a folder, which then is where the search begins.
        self.at(path, false)
    }

    fn at(&mut self, folder: &Path, outside: bool) -> Found {
        let key = (folder.to_owned(), outside);
        if let Some(known) = self.by_folder.get(&key) {
            return known.clone();
        }
        let found = self.look(folder, outside);
        self.by_folder.insert(key, found.clone());
        found
    }

    fn look(&mut self, folder: &Path, outside: bool) -> Found {
        let own = folder.join(FILE_NAME);
        let own = own.is_file().then_some(own);
        let manifest = self.metadata(&folder.join(MANIFEST));
        if let (Some(_), Some(span)) = (&own, manifest.span) {
            let message = format!("the folder has a `{FILE_NAME}` as well");
            let help = "keep one of the two".to_owned();
            let problem = Problem::at(message, span).with_help(help);
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
        if let Some(path) = own {
            let config = self.load(&path, &mut Vec::new(), None);
            return config.map(Arc::new);
        }
        let path = folder.join(MANIFEST);
        let package = manifest.package.filter(|_| !outside);
        if let Some(raw) = package.or(manifest.workspace) {
            return Some(Arc::new(self.resolve(&path, raw, &mut vec![path.clone()])));
        }
        // Beyond the repository other people's files begin.
        if folder.join(".git").exists() {
            return None;
        }
        self.at(folder.parent()?, outside || manifest.is_package)
    }

    fn metadata(&mut self, path: &Path) -> Metadata {
        // Every manifest is asked for each time a folder is judged, and hardly any has such a table.
        let text = path.is_file().then(|| std::fs::read_to_string(path));
        let Some(Ok(text)) = text else {
            return Metadata::default();
        };
        if !text.contains(WORD) {
            let is_package = text
                .lines()
                .any(|line| line.trim_start().starts_with("[package"));
            return Metadata {
                is_package,
                ..Metadata::default()
            };
        }
        let Some(file) = self.add(path, text.clone()) else {
            return Metadata::default();
        };
        let mut problems = Vec::new();
        let base = path.parent().unwrap_or(Path::new("/"));
        let metadata = Reader::new(file, base, &self.rules, &mut problems).manifest(&text);
        self.keep(problems);
        metadata
    }

    /// Keeps what was not told before: a manifest is read for its package and for others.
    fn keep(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    fn add(&mut self, path: &Path, text: String) -> Option<FileId> {
        if let Some(known) = self.files.get(path) {
            return *known;
        }
        let file = SourceFile::new(path.to_owned(), self.name(path), text.into());
        let id = Some(self.sources.add(file));
        self.files.insert(path.to_owned(), id);
        id
    }

    /// Reads a file and what it extends. `open` are the files that are being read, `asked` is the
    /// place that names the file.
    fn load(
        &mut self,
        path: &Path,
        open: &mut Vec<PathBuf>,
        asked: Option<&Set<String>>,
    ) -> Option<Config> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let why = match error.kind() {
                    std::io::ErrorKind::NotFound => "no such file".to_owned(),
                    _ => error.to_string(),
                };
                let message = format!("can't read the configuration: {why}");
                let problem = match asked {
                    Some(asked) => Problem::at(message, asked.span)
                        .with_help(format!("`{}` was looked for", self.name(path))),
                    None => Problem::error(message, self.name(path)),
                };
                self.keep(vec![problem]);
                return None;
            }
        };
        let file = self.add(path, text.clone())?;
        let mut problems = Vec::new();
        let base = path.parent().unwrap_or(Path::new("/"));
        let reader = Reader::new(file, base, &self.rules, &mut problems);
        let raw = if path.file_name().is_some_and(|name| name == MANIFEST) {
            let metadata = reader.manifest(&text);
            if metadata.span.is_none() {
                let message = format!("the manifest has no `metadata.{WORD}`");
                problems.push(match asked {
                    Some(asked) => Problem::at(message, asked.span),
                    None => Problem::error(message, self.name(path)),
                });
            }
            metadata.workspace.or(metadata.package).unwrap_or_default()
        } else {
            reader.file(&text)
        };
        self.keep(problems);
        open.push(path.to_owned());
        let config = self.resolve(path, raw, open);
        open.pop();
        Some(config)
    }

    fn resolve(&mut self, path: &Path, raw: Raw, open: &mut Vec<PathBuf>) -> Config {
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let mut base = Config::default();
        for name in &raw.extends {
            let other = absolute(Path::new(&name.value), &folder);
            if open.contains(&other) {
                let message = "the configuration extends itself".to_owned();
                self.keep(vec![Problem::at(message, name.span)]);
            } else if let Some(other) = self.load(&other, open, Some(name)) {
                base = base.joined(other);
            }
        }
        base.extended(path, raw)
    }

    /// The name under which a file is shown: relative to the working directory when it is below or
    /// right above.
    pub(super) fn name(&self, path: &Path) -> String {
        let Some(folder) = path.parent().filter(|folder| self.cwd.starts_with(folder)) else {
            return SourceMap::display_name(path, &self.cwd);
        };
        let up = self.cwd.components().count() - folder.components().count();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        "../".repeat(up) + &name
    }
}
