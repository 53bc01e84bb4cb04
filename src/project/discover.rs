//! What lies at and below a given path.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::Skipped;
use super::files::{normalise, real, reason};
use crate::config::Configs;
use crate::finding::Problem;

/// A path that the user named.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) path: PathBuf,
    pub(crate) kind: GivenKind,
}

/// What it is.
#[derive(Debug)]
pub(crate) enum GivenKind {
    /// A folder: the manifests and the `.rs` files in it, sorted.
    Folder {
        manifests: Vec<PathBuf>,
        sources: Vec<PathBuf>,
    },
    /// The manifest of one package.
    Manifest(PathBuf),
    /// One source file.
    Source(PathBuf),
}

/// Looks at a path. A workspace manifest stands for its folder.
pub(crate) fn discover(
    path: &Path,
    configs: &Configs,
    problems: &mut Vec<Problem>,
    skipped: &mut Vec<Skipped>,
) -> Option<Given> {
    let path = normalise(path);
    let meta = match std::fs::metadata(real(&path)) {
        Ok(meta) => meta,
        Err(e) => {
            problems.push(Problem::error(reason(&e), path));
            return None;
        }
    };
    if configs.is_excluded(&path) {
        let help = "name other paths, or leave the configuration out with `--no-config`";
        let message = "the configuration excludes this path";
        problems.push(Problem::error(message, path).with_help(help));
        return None;
    }
    let kind = if meta.is_dir() {
        folder(&path, configs, problems, skipped)
    } else if path.file_name().is_some_and(|n| n == "Cargo.toml")
        || path.extension().is_some_and(|e| e == "toml")
    {
        GivenKind::Manifest(path.clone())
    } else if path.extension().is_some_and(|e| e == "rs") {
        GivenKind::Source(path.clone())
    } else {
        problems.push(
            Problem::error("neither a folder, a `Cargo.toml` nor a `.rs` file", path)
                .with_help("name the folder of a plugin or of a workspace"),
        );
        return None;
    };
    Some(Given { path, kind })
}

/// Walks a folder. Links are not followed, so that loops of them end and nothing is seen twice.
pub(crate) fn folder(
    path: &Path,
    configs: &Configs,
    problems: &mut Vec<Problem>,
    skipped: &mut Vec<Skipped>,
) -> GivenKind {
    let mut manifests = Vec::new();
    let mut sources = Vec::new();
    let mut vendored = Vec::new();
    let mut excluded = Vec::new();
    let walk = WalkDir::new(real(path)).into_iter().filter_entry(|entry| {
        if entry.depth() == 0 {
            return true;
        }
        if !entry.file_type().is_dir() {
            return !is_looked_for(entry) || !configs.is_excluded(entry.path());
        }
        // `cargo vendor` leaves this file in each copy of a registry package.
        if entry.path().join(".cargo-checksum.json").is_file() {
            vendored.push(normalise(entry.path()));
            return false;
        }
        if is_hidden(entry) || is_target(entry) {
            return false;
        }
        let is_in = !configs.is_excluded(entry.path());
        if !is_in {
            excluded.push(normalise(entry.path()));
        }
        is_in
    });
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let at = error.path().unwrap_or(path).to_owned();
                let why = error.io_error().map_or_else(|| error.to_string(), reason);
                problems.push(Problem::error(format!("can't read the folder: {why}"), at));
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let found = entry.path();
        if entry.file_name() == "Cargo.toml" {
            manifests.push(normalise(found));
        } else if found.extension().is_some_and(|e| e == "rs") {
            sources.push(normalise(found));
        }
    }
    skipped.extend(vendored.into_iter().map(|path| Skipped {
        path,
        why: "a vendored copy of a registry package".to_owned(),
    }));
    skipped.extend(excluded.into_iter().map(|path| Skipped {
        path,
        why: "the configuration excludes it".to_owned(),
    }));
    manifests.sort();
    sources.sort();
    GivenKind::Folder { manifests, sources }
}

/// Whether a file is a manifest or a source.
fn is_looked_for(entry: &DirEntry) -> bool {
    entry.file_name() == "Cargo.toml" || entry.path().extension().is_some_and(|e| e == "rs")
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// Build output. A module folder may be called `target` too, so the name alone says nothing.
fn is_target(entry: &DirEntry) -> bool {
    entry.file_name() == "target"
        && (entry.path().join("CACHEDIR.TAG").is_file()
            || entry
                .path()
                .parent()
                .is_some_and(|p| p.join("Cargo.toml").is_file()))
}

/// `Cargo.toml` of the folders above, nearest first.
pub(crate) fn manifests_above(dir: &Path) -> Vec<PathBuf> {
    let absolute = super::files::identity(dir);
    let cwd = super::files::identity(Path::new(""));
    absolute
        .ancestors()
        .skip(1)
        .map(|p| p.join("Cargo.toml"))
        .filter(|p| p.is_file())
        // As a relative path where the rest is relative, for the sake of the messages.
        .map(|p| match p.strip_prefix(&cwd) {
            Ok(relative) if dir.is_relative() => relative.to_owned(),
            _ => p,
        })
        .collect()
}
