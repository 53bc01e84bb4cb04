//! The package and target that a message is about, as cargo names them.

use std::path::Path;

use serde_json::{Value, json};

use super::super::Report;
use super::super::uri::{absolute, file_uri};
use crate::project::{PackageInfo, TargetInfo, TargetKind};
use crate::source::FileId;

/// A package and one target of it.
#[derive(Debug)]
pub(super) struct Package {
    id: String,
    manifest: String,
    target: Value,
}

/// That of a loaded file.
pub(super) fn of_file(report: &Report<'_>, file: FileId) -> Package {
    match report.owners.target(file) {
        Some((package, target)) => known(report, package, target),
        None => of_path(report, &report.sources.file(file).path),
    }
}

/// That of a path that may not be there.
pub(super) fn of_path(report: &Report<'_>, path: &Path) -> Package {
    match report.owners.package(path) {
        Some((package, target)) => known(report, package, target),
        None => lone(report, path),
    }
}

fn known(report: &Report<'_>, package: &PackageInfo, target: &TargetInfo) -> Package {
    let own = |types: &[&str]| -> Vec<String> {
        if target.crate_types.is_empty() {
            types.iter().map(|&t| t.to_owned()).collect()
        } else {
            target.crate_types.clone()
        }
    };
    let (kind, crate_types) = match target.kind {
        TargetKind::Lib => (own(&["lib"]), own(&["lib"])),
        TargetKind::Bin => (vec!["bin".to_owned()], vec!["bin".to_owned()]),
        TargetKind::Example => (vec!["example".to_owned()], own(&["bin"])),
    };
    let is_lib = target.kind == TargetKind::Lib;
    let linked = |t: &String| matches!(t.as_str(), "lib" | "rlib" | "proc-macro");
    let version = package.version.as_deref().unwrap_or("0.0.0");
    let edition = package.edition.as_deref().unwrap_or("2015");
    Package {
        id: id(&absolute(&package.root, report.cwd), &package.name, version),
        manifest: text(&absolute(&package.manifest, report.cwd)),
        target: json!({
            "kind": kind,
            "doctest": is_lib && crate_types.iter().any(linked),
            "crate_types": crate_types,
            "name": target.name,
            "src_path": text(&absolute(&target.root, report.cwd)),
            "edition": edition,
            "doc": target.kind != TargetKind::Example,
            "test": target.kind != TargetKind::Example,
        }),
    }
}

/// A file under no package, as cargo sees a script: a package of its own that is its manifest.
fn lone(report: &Report<'_>, path: &Path) -> Package {
    let path = absolute(path, report.cwd);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(&path);
    Package {
        id: id(folder, &name, "0.0.0"),
        target: json!({
            "kind": ["bin"],
            "crate_types": ["bin"],
            "name": name,
            "src_path": text(&path),
            "edition": "2024",
            "doc": true,
            "doctest": false,
            "test": true,
        }),
        manifest: text(&path),
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Cargo leaves out a name that the folder says already.
fn id(folder: &Path, name: &str, version: &str) -> String {
    let uri = file_uri(folder);
    if folder.file_name().is_some_and(|last| last == name) {
        format!("path+{uri}#{version}")
    } else {
        format!("path+{uri}#{name}@{version}")
    }
}

impl Package {
    /// The message with what cargo puts around it.
    pub(super) fn envelope(&self, message: &Value) -> Value {
        json!({
            "reason": "compiler-message",
            "package_id": self.id,
            "manifest_path": self.manifest,
            "target": self.target,
            "message": message,
        })
    }
}
