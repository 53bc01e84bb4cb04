//! `check --fix` and `check --diff`: the cures, written or shown.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{FAILED, SUCCESS, complain};
use crate::cli::{CheckArgs, FixArg};
use crate::fix::apply::{self, Applied, Wanted};
use crate::fix::diff;
use crate::source::{Overlay, SourceMap};
use crate::{AnalyseOptions, Analysis};

/// How the command goes on.
pub(super) enum Outcome {
    /// With a report of this.
    Report(Box<Analysis>),
    /// It is done.
    Exit(u8),
}

/// Does what `--fix` and `--diff` ask for; without them the analysis stands as it is.
pub(super) fn run(args: &CheckArgs, options: &AnalyseOptions, analysis: Analysis) -> Outcome {
    if args.fix.is_none() && !args.diff {
        return Outcome::Report(Box::new(analysis));
    }
    let wanted = match args.fix {
        Some(FixArg::All) => Wanted::All,
        _ => Wanted::Safe,
    };
    let mut analysis = analysis;
    analysis.pedantic |= args.pedantic;
    let failed = !analysis.problems.is_empty();
    let applied = apply::rounds(options, analysis, wanted);
    for refusal in &applied.refused {
        note(refusal);
    }
    if args.diff {
        return show(&applied, &options.cwd, failed);
    }
    if applied.files.is_empty() {
        note("nothing to fix");
        return Outcome::Report(Box::new(applied.analysis));
    }
    if !args.allow_dirty {
        let dirty = apply::uncommitted(&applied.files);
        if !dirty.is_empty() {
            let names: Vec<String> = dirty
                .iter()
                .map(|p| SourceMap::display_name(p, &options.cwd))
                .collect();
            return Outcome::Exit(complain(&format!(
                "these files have changes that are not committed, or are in no git repository:\n  {}\n\
                 commit them first, or say --allow-dirty",
                names.join("\n  ")
            )));
        }
    }
    if let Err((path, error)) = apply::write(&applied.files) {
        return Outcome::Exit(complain(&format!(
            "{} can't be written: {error}",
            path.display()
        )));
    }
    let verify = args.verify.unwrap_or_else(|| io::stderr().is_terminal());
    if verify && let Some(code) = verified(&applied, options) {
        return Outcome::Exit(code);
    }
    let files = applied.files.len();
    note(&format!(
        "fixed {} in {}",
        count(applied.fixed, "finding"),
        count(files, "file")
    ));
    Outcome::Report(Box::new(applied.analysis))
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "note: {text}");
}

/// Prints the difference.
fn show(applied: &Applied, cwd: &Path, failed: bool) -> Outcome {
    let mut text = String::new();
    for (path, new) in &applied.files {
        let Some(old) = applied.old.get(path) else {
            continue;
        };
        let name = SourceMap::display_name(path, cwd).replace('\\', "/");
        let name = name.trim_start_matches('/');
        text.push_str(&diff::unified(name, old, new));
    }
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Outcome::Exit(complain(&format!("the difference can't be written: {e}")))
        }
        _ => Outcome::Exit(if failed { FAILED } else { SUCCESS }),
    }
}

/// Runs `cargo check` on the packages that were changed. When it fails, the files are as they were.
fn verified(applied: &Applied, options: &AnalyseOptions) -> Option<u8> {
    let manifests: BTreeSet<PathBuf> = applied
        .files
        .keys()
        .filter_map(|path| manifest_above(path))
        .collect();
    for manifest in manifests {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // Not in the folder of the plugin: a toolchain file there may ask for one that is not here.
        let output = Command::new(cargo)
            .args([
                "check",
                "--quiet",
                "--message-format",
                "short",
                "--manifest-path",
            ])
            .arg(&manifest)
            .args(build(options))
            .output();
        let Ok(output) = output else {
            note("cargo can't be run, so that the fixes compile was not verified");
            return None;
        };
        if output.status.success() {
            continue;
        }
        restore(&applied.old);
        let said = String::from_utf8_lossy(&output.stderr);
        return Some(complain(&format!(
            "`cargo check` fails on the fixed code, so the files are as they were (if it fails on those \
             too, say --verify=false):\n{}",
            said.trim_end()
        )));
    }
    None
}

/// The target and the features that the analysis was told of, for cargo.
fn build(options: &AnalyseOptions) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(target) = &options.target {
        out.push(format!("--target={target}"));
    }
    if options.all_features {
        out.push("--all-features".to_owned());
    }
    if options.no_default_features {
        out.push("--no-default-features".to_owned());
    }
    if !options.features.is_empty() {
        out.push(format!("--features={}", options.features.join(",")));
    }
    out
}

fn restore(old: &Overlay) {
    if let Err((path, error)) = apply::write(old) {
        complain(&format!("{} can't be restored: {error}", path.display()));
    }
}

fn manifest_above(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
}
