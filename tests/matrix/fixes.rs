//! What fixes make of the matrix: what is fixed is clean and type-checks, what is not says why.
//!
//! `testdata/matrix/fixes.txt` holds how many cells get which kind of fix, with the reasons of the
//! others; `testdata/matrix/fixed` shows the change to the plainest cells of each storage. With
//! `UPDATE=1` in the environment both are written anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use wasm_route_lint::finding::Safety;
use wasm_route_lint::fix::apply::{Wanted, prove, rounds};
use wasm_route_lint::fix::diff;
use wasm_route_lint::{AnalyseOptions, analyse};

use crate::cell::{self, Cell, Twin};
use crate::{target, type_check};

/// What came of one cell.
enum Outcome {
    /// It was fixed: how, and the difference.
    Fixed(Safety, String),
    /// There is no edit: why, names left out.
    Told(String),
}

fn options(cell: &Cell) -> AnalyseOptions {
    let folder = target().join(&cell.name);
    AnalyseOptions {
        cwd: folder.clone(),
        paths: vec![folder],
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    }
}

/// Fixes a cell and writes what came of it beside the matrix.
fn fix(cell: &Cell) -> Outcome {
    let options = options(cell);
    let mut analysis = analyse(&options);
    prove(&options, &mut analysis);
    let mut shown = analysis.findings.iter().filter(|f| f.is_shown(false));
    let finding = shown.next().expect("a bad cell has a finding");
    let Some(first) = finding.fixes.first() else {
        let reason = finding.notes.iter().find(|n| n.starts_with("no edit"));
        let reason = reason.unwrap_or_else(|| panic!("{}: no fix and no reason", cell.name));
        let parts: Vec<&str> = reason.split('`').collect();
        let plain = parts.iter().enumerate();
        let plain = plain.map(|(i, p)| if i % 2 == 1 { "_" } else { p });
        return Outcome::Told(plain.collect::<Vec<_>>().join("`"));
    };
    let safety = first.safety;
    let applied = rounds(&options, analysis, Wanted::All);
    assert!(
        applied.refused.is_empty(),
        "{}: {:?}",
        cell.name,
        applied.refused
    );
    let left = applied.analysis.findings.iter();
    let left: Vec<_> = left
        .filter(|f| f.is_shown(false))
        .map(|f| &f.message)
        .collect();
    assert!(left.is_empty(), "{}: {left:?}", cell.name);
    let again = rounds(
        &AnalyseOptions {
            overlay: applied.files.clone(),
            ..options
        },
        applied.analysis,
        Wanted::All,
    );
    assert!(
        again.files.is_empty(),
        "{}: a second run changes more",
        cell.name
    );
    let mut shown = String::new();
    let folder = target().with_file_name("matrix-fixed").join(&cell.name);
    let _ = fs::remove_dir_all(&folder);
    for (path, text) in &cell.files {
        let whole = target().join(&cell.name).join(path);
        let new = applied.files.get(&whole).map_or(text.as_str(), |t| t);
        if new != text {
            shown.push_str(&diff::unified(path, text, new));
        }
        let file = folder.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, new).expect("a fixed file");
    }
    Outcome::Fixed(safety, shown)
}

fn fix_all<'c>(cells: &[&'c Cell]) -> Vec<(&'c Cell, Outcome)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let part = |part: Vec<&'c Cell>| {
            scope.spawn(move || part.into_iter().map(|c| (c, fix(c))).collect::<Vec<_>>())
        };
        let workers: Vec<_> = cells
            .chunks(cells.len().div_ceil(threads).max(1))
            .map(|c| part(c.to_vec()))
            .collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().expect("each cell has an outcome"))
            .collect()
    })
}

/// How many cells of each storage get what, and why the others get nothing.
fn report(outcomes: &[(&Cell, Outcome)]) -> String {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (cell, outcome) in outcomes {
        let place = match outcome {
            Outcome::Fixed(Safety::Safe, _) => 0,
            Outcome::Fixed(Safety::Unsafe, _) => 1,
            Outcome::Told(reason) => {
                *reasons.entry(reason).or_default() += 1;
                2
            }
        };
        counts.entry(&cell.axes[0]).or_default()[place] += 1;
    }
    let mut out = format!(
        "{:<18}{:>6}{:>8}{:>12}\n",
        "storage", "safe", "unsafe", "suggestion"
    );
    let mut sums = [0; 3];
    for (storage, counts) in &counts {
        let [safe, other, told] = counts;
        let _ = writeln!(out, "{storage:<18}{safe:>6}{other:>8}{told:>12}");
        for (sum, n) in sums.iter_mut().zip(counts) {
            *sum += n;
        }
    }
    let [safe, other, told] = sums;
    let _ = writeln!(out, "{:<18}{safe:>6}{other:>8}{told:>12}\n", "all");
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, n)| (std::cmp::Reverse(*n), *reason));
    for (reason, n) in reasons {
        let _ = writeln!(out, "{n:>5}  {reason}");
    }
    out
}

/// Compares a kept text, or writes it anew.
fn kept(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a kept file");
    }
    let old = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(old, text, "{}", path.display());
}

#[test]
fn fixed_cells_are_clean_and_type_check() {
    let cells = cell::all();
    cell::write(&cells, &target());
    let bad: Vec<&Cell> = cells.iter().filter(|c| c.twin == Twin::Bad).collect();
    let outcomes = fix_all(&bad);
    let folder = cell::folder();
    kept(&folder.join("fixes.txt"), &report(&outcomes));
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    let mut fixed = Vec::new();
    for (cell, outcome) in &outcomes {
        if let Outcome::Fixed(_, change) = outcome {
            fixed.push(*cell);
            let plain = cell.axes[1] == "direct" && cell.axes[2] == "copy";
            if plain && shown.insert(&cell.axes[0]) {
                let file = format!("fixed/{}.diff", cell.axes[0]);
                kept(&folder.join(file), change);
            }
        }
    }
    type_check(&fixed, "matrix-fixed");
}
