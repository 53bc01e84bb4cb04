//! The targets of a package: what cargo would build, by its rules for names and places.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::{normalise, real};
use super::manifest::{Manifest, Package, Target};
use super::{TargetInfo, TargetKind};
use crate::finding::Problem;

/// A target and what it asks for.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) info: TargetInfo,
    pub(crate) cdylib: bool,
    pub(crate) proc_macro: bool,
    pub(crate) required_features: Vec<String>,
}

/// The library, the binaries, and the examples that are built as plugins, in this order.
pub(crate) fn targets(
    manifest: &Manifest,
    package: &Package,
    edition: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<Built> {
    let mut all = Vec::new();
    all.extend(library(manifest, package, problems));
    let mut bins = binaries(manifest, package, edition, problems);
    bins.sort_by(|a, b| a.info.name.cmp(&b.info.name));
    all.extend(bins);
    let mut examples = examples(manifest, problems);
    examples.sort_by(|a, b| a.info.name.cmp(&b.info.name));
    all.extend(examples);
    all
}

fn built(name: &str, kind: TargetKind, root: PathBuf, target: Option<&Target>) -> Built {
    Built {
        info: TargetInfo {
            name: name.to_owned(),
            kind,
            root: normalise(&root),
            crate_types: target.map_or_else(Vec::new, |t| t.crate_types.clone()),
        },
        cdylib: target.is_some_and(|t| t.crate_types.iter().any(|c| c == "cdylib")),
        proc_macro: target
            .is_some_and(|t| t.proc_macro || t.crate_types.iter().any(|c| c == "proc-macro")),
        required_features: target.map_or_else(Vec::new, |t| t.required_features.clone()),
    }
}

fn library(manifest: &Manifest, package: &Package, problems: &mut Vec<Problem>) -> Option<Built> {
    let target = manifest.lib.as_ref();
    let name = target
        .and_then(|t| t.name.as_deref())
        .unwrap_or(&package.name)
        .replace('-', "_");
    let usual = manifest.dir.join("src/lib.rs");
    if let Some(path) = target.and_then(|t| t.path.as_ref()) {
        let root = manifest.dir.join(&path.value);
        if root.is_file() {
            return Some(built(&name, TargetKind::Lib, root, target));
        }
        // Manifests that only tell Bazel of the dependencies have a placeholder here.
        let problem = Problem::at(
            format!("the library's file `{}` does not exist", path.value),
            path.span,
        );
        if !usual.is_file() {
            problems.push(problem);
            return None;
        }
        if !path.value.contains('*') {
            problems.push(problem.warning().with_help("`src/lib.rs` was read instead"));
        }
        return Some(built(&name, TargetKind::Lib, usual, target));
    }
    if usual.is_file() {
        return (target.is_some() || package.autolib)
            .then(|| built(&name, TargetKind::Lib, usual, target));
    }
    if let Some(target) = target {
        problems.push(
            Problem::at("the package declares a library but has none", target.span)
                .with_help("create `src/lib.rs` or set `lib.path`"),
        );
    }
    None
}

fn binaries(
    manifest: &Manifest,
    package: &Package,
    edition: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<Built> {
    let mut found = inferred(&manifest.dir.join("src/bin"));
    let main = manifest.dir.join("src/main.rs");
    if main.is_file() {
        found.insert(0, (package.name.clone(), main));
    }
    // Edition 2015 looks for no binaries once one is declared.
    let old = matches!(edition, None | Some("2015"));
    let auto = package.autobins.unwrap_or(!old || manifest.bins.is_empty());
    declared(
        manifest,
        &manifest.bins,
        TargetKind::Bin,
        auto,
        &found,
        problems,
    )
}

fn examples(manifest: &Manifest, problems: &mut Vec<Problem>) -> Vec<Built> {
    // An example that is inferred is a native program: only a declared one can be a cdylib.
    let found = inferred(&manifest.dir.join("examples"));
    let mut examples = declared(
        manifest,
        &manifest.examples,
        TargetKind::Example,
        false,
        &found,
        problems,
    );
    examples.retain(|e| e.cdylib);
    examples
}

/// Joins declared targets with those found by their place.
fn declared(
    manifest: &Manifest,
    targets: &[Target],
    kind: TargetKind,
    auto: bool,
    found: &[(String, PathBuf)],
    problems: &mut Vec<Problem>,
) -> Vec<Built> {
    let mut all: Vec<Built> = Vec::new();
    for target in targets {
        let name = target.name.clone().unwrap_or_default();
        if let Some(path) = &target.path {
            let root = manifest.dir.join(&path.value);
            if root.is_file() {
                all.push(built(&name, kind, root, Some(target)));
            } else {
                problems.push(Problem::at(
                    format!(
                        "the file `{}` of the target `{name}` does not exist",
                        path.value
                    ),
                    path.span,
                ));
            }
            continue;
        }
        // Cargo lets the only binary of a package be `src/main.rs` whatever its name.
        let place = found.iter().find(|(n, _)| *n == name).or_else(|| {
            found
                .iter()
                .find(|(_, p)| targets.len() == 1 && p.ends_with("src/main.rs"))
        });
        match place {
            Some((_, root)) => all.push(built(&name, kind, root.clone(), Some(target))),
            None => problems.push(
                Problem::at(
                    format!("no file found for the target `{name}`"),
                    target.span,
                )
                .with_help("set `path`"),
            ),
        }
    }
    if auto {
        for (name, root) in found {
            let root = normalise(root);
            if !all
                .iter()
                .any(|b| b.info.name == *name || b.info.root == root)
            {
                all.push(built(name, kind, root, None));
            }
        }
    }
    all
}

/// `x.rs` and `x/main.rs` in a folder.
fn inferred(dir: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(real(dir)) else {
        return Vec::new();
    };
    let mut found: Vec<(String, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let path = dir.join(entry.file_name());
            let stem = path.file_stem()?.to_str()?.to_owned();
            if path.is_dir() {
                let main = path.join("main.rs");
                return main.is_file().then_some((stem, main));
            }
            (path.extension()? == "rs").then_some((stem, path))
        })
        .collect();
    found.sort();
    found
}
