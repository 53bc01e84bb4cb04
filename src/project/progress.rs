//! What `--verbose` tells: what was analysed and what was left out.

use std::path::Path;

use super::{Loaded, PackageInfo, Status, TargetKind};
use crate::source::SourceMap;

/// Lines of a word that says what was done and of what it was done to.
pub(crate) fn lines(loaded: &Loaded, target: &str, cwd: &Path) -> Vec<(&'static str, String)> {
    let shown = |path: &Path| match SourceMap::display_name(path, cwd) {
        name if name.is_empty() => ".".to_owned(),
        name => name,
    };
    let mut lines = vec![("Target", target.to_owned())];
    for package in &loaded.packages {
        let word = match package.status {
            Status::Analysed => "Analysing",
            Status::Dependency => "Reading",
            Status::Skipped(_) => continue,
        };
        let version = package.version.as_deref().unwrap_or("0.0.0");
        let (name, folder, targets) = (&package.name, shown(&package.root), targets(package));
        lines.push((word, format!("{name} v{version} ({folder}): {targets}")));
    }
    for skipped in &loaded.skipped {
        let text = format!("{}: {}", shown(&skipped.path), skipped.why);
        lines.push(("Skipping", text));
    }
    for (name, span) in &loaded.macros {
        let place = loaded.sources.place(*span);
        lines.push(("Unexpanded", format!("`{name}!` at {place}")));
    }
    lines
}

fn targets(package: &PackageInfo) -> String {
    let name = |target: &super::TargetInfo| match target.kind {
        TargetKind::Lib => "library".to_owned(),
        TargetKind::Bin => format!("binary `{}`", target.name),
        TargetKind::Example => format!("example `{}`", target.name),
    };
    let names: Vec<String> = package.targets.iter().map(name).collect();
    names.join(", ")
}
