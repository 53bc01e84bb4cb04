//! Every place that outlives a callback, with every way of getting there.
//!
//! `testdata/matrix` holds templates: storages, ways, sources and pairs of callbacks. Each
//! combination is a plugin that acts on a stale value, and has a twin that stores the same value and
//! is safe. The bad one has to be reported by the rule that the storage names, with the path of the
//! value; the good one has to be silent although the model lists its source and its store. All of
//! them type-check against the real SDK.
//!
//! The generated packages are left in the folder that `CARGO_TARGET_TMPDIR` names, under `matrix`.

mod cell;
mod fixes;
mod template;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_route_lint::finding::StepKind;
use wasm_route_lint::{AnalyseOptions, Analysis, analyse};

use cell::{Cell, Twin};

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix")
}

fn run(folder: PathBuf) -> Analysis {
    analyse(&AnalyseOptions {
        cwd: folder.clone(),
        paths: vec![folder],
        model: true,
        no_fixes: true,
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    })
}

/// What is wrong with the verdict on one cell.
fn judge(cell: &Cell, analysis: &Analysis) -> Option<String> {
    if let Some(problem) = analysis.problems.first() {
        return Some(format!("problem: {}", problem.message));
    }
    let shown: Vec<_> = analysis
        .findings
        .iter()
        .filter(|f| f.is_shown(false))
        .collect();
    let listed = |title: &str| {
        analysis
            .model
            .split(&format!("{title}:\n"))
            .nth(1)
            .is_some_and(|rest| rest.starts_with("  "))
    };
    match cell.twin {
        Twin::Bad => {
            let Some(first) = shown.first() else {
                return Some("missed".to_string());
            };
            if let Some(other) = shown.iter().find(|f| f.rule != cell.rule) {
                return Some(format!("{} instead of {}", other.rule, cell.rule));
            }
            for wanted in [StepKind::Obtained, StepKind::Stored, StepKind::Read] {
                if !first.trace.iter().any(|s| s.kind == wanted) {
                    return Some(format!("no step `{}`", wanted.as_str()));
                }
            }
            None
        }
        Twin::Good => match shown.first() {
            Some(f) => Some(format!("false: {}: {}", f.rule, f.message)),
            None if !listed("sources") => Some("the source was not seen".to_string()),
            None if !listed("stores") => Some("the store was not seen".to_string()),
            None => None,
        },
    }
}

/// The verdicts by name. Threads of our own: a rayon worker that waits for the pool of one analysis
/// would begin another one on the same stack.
fn judge_all(cells: &[Cell]) -> BTreeMap<&str, Option<String>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = cells
            .chunks(cells.len().div_ceil(threads).max(1))
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|c| (c.name.as_str(), judge(c, &run(target().join(&c.name)))))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().expect("a verdict for each cell"))
            .collect()
    })
}

#[test]
fn bad_cells_are_reported_and_good_ones_are_silent() {
    let cells = cell::all();
    cell::write(&cells, &target());
    let verdicts = judge_all(&cells);
    let mut wrong = String::new();
    for (name, verdict) in &verdicts {
        if let Some(what) = verdict {
            let _ = writeln!(wrong, "{name}: {what}");
        }
    }
    let count = wrong.lines().count();
    assert!(
        wrong.is_empty(),
        "{count} of {} cells:\n{wrong}",
        cells.len()
    );
}

/// Each storage in one crate, each cell a module of it, read from `matrix/../<folder>`.
fn type_check(cells: &[&Cell], folder: &str) {
    let package = target().with_file_name(format!("{folder}-check"));
    fs::create_dir_all(package.join("src")).expect("a folder");
    let mut manifest = String::from(
        "[package]\nname = \"matrix\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
         [dependencies]\nproxy-wasm = \"0.2\"\nlazy_static = \"1\"\n\
         hostkit = { path = \"../matrix/hostkit\" }\n",
    );
    fs::write(package.join("src/lib.rs"), "").expect("a library");
    let mut storages: BTreeMap<&str, String> = BTreeMap::new();
    for cell in cells {
        let text = storages.entry(&cell.axes[0]).or_default();
        let _ = writeln!(
            text,
            "#[path = \"../../{folder}/{}/src/lib.rs\"]\nmod {};",
            cell.name,
            cell.name.replace('-', "_")
        );
    }
    let examples = package.join("examples");
    fs::create_dir_all(&examples).expect("a folder");
    for old in fs::read_dir(&examples).expect("the folder") {
        let old = old.expect("an entry").path();
        let stem = old.file_stem().map(|s| s.to_string_lossy().into_owned());
        if stem.is_none_or(|s| !storages.contains_key(s.as_str())) {
            fs::remove_file(&old).expect("an old crate goes");
        }
    }
    for (storage, text) in &storages {
        fs::write(package.join(format!("examples/{storage}.rs")), text).expect("a crate");
        let _ = write!(
            manifest,
            "[[example]]\nname = \"{storage}\"\ncrate-type = [\"rlib\"]\n"
        );
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--quiet",
            "--keep-going",
            "--examples",
        ])
        .arg("--target-dir")
        .arg(target().with_file_name("matrix-check").join("target"))
        .current_dir(&package)
        .env("RUSTFLAGS", "-Awarnings")
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn cells_type_check() {
    let cells = cell::all();
    cell::write(&cells, &target());
    type_check(&cells.iter().collect::<Vec<_>>(), "matrix");
}
