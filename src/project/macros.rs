//! Macros that one file of a crate defines and another one calls.
//!
//! Files are lowered one by one. Those that call a macro which they do not define are lowered once
//! more, with the macros of the other files of their crate. Where those stand and whether they
//! are in scope is not looked at: code that compiles calls what there is.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::FrontEnd;
use super::files::Files;
use super::tree::{Forest, Link, Root};
use crate::ir::{Fragment, Symbol};
use crate::rust::{Definition, Lowered};
use crate::source::Span;

/// What one file has to do with macros.
#[derive(Debug)]
pub(crate) struct Macros {
    /// Index of the leaf.
    pub(crate) leaf: usize,
    /// What it defines.
    pub(crate) defines: Vec<Definition>,
    /// What it calls and does not define.
    pub(crate) unknown: Vec<(Symbol, Span)>,
}

/// Lowers files again that call macros of other files, and takes those off their list.
pub(crate) fn share(
    forest: &mut Forest,
    seen: &mut [Macros],
    roots: &[Root],
    front: &dyn FrontEnd,
    files: &Files,
) {
    let given = by_crate(forest, seen);
    let wanted: Vec<usize> = (0..seen.len())
        .filter(|&n| {
            let leaf = &forest.leaves[seen[n].leaf];
            let defined = |name: &Symbol| {
                let all = given.get(&leaf.root);
                all.is_some_and(|all| all.iter().any(|d| d.name == *name))
            };
            !matches!(leaf.link, Link::Include(..))
                && seen[n].unknown.iter().any(|(name, _)| defined(name))
        })
        .collect();
    let again: Vec<Lowered> = wanted
        .par_iter()
        .map(|&n| {
            let leaf = &forest.leaves[seen[n].leaf];
            let cfg = &roots[leaf.root].cfg;
            front.lower_with(leaf.file, &files.text(leaf.file), cfg, &given[&leaf.root])
        })
        .collect();
    for (n, lowered) in wanted.into_iter().zip(again) {
        let leaf = &mut forest.leaves[seen[n].leaf];
        // The files below hang at the modules of the first time.
        if lowered.problems.is_empty() && has_same_files(&leaf.fragment, &lowered.fragment) {
            leaf.fragment = lowered.fragment;
            seen[n].unknown = lowered.macros;
        }
    }
}

/// The macros of each crate, without those of which two files say different things.
fn by_crate(forest: &Forest, seen: &[Macros]) -> FxHashMap<usize, Vec<Definition>> {
    let mut all: FxHashMap<usize, Vec<Definition>> = FxHashMap::default();
    for file in seen {
        let list = all.entry(forest.leaves[file.leaf].root).or_default();
        list.extend(file.defines.iter().cloned());
    }
    for list in all.values_mut() {
        list.sort_by(|a, b| (a.name.as_str(), &a.text).cmp(&(b.name.as_str(), &b.text)));
        list.dedup();
        let groups: Vec<&[Definition]> = list.chunk_by(|a, b| a.name == b.name).collect();
        *list = groups
            .into_iter()
            .filter(|g| g.len() == 1)
            .map(|g| g[0].clone())
            .collect();
    }
    all
}

fn has_same_files(a: &Fragment, b: &Fragment) -> bool {
    let places = |f: &Fragment| -> Vec<_> {
        let all = f.mods.iter().chain(&f.includes);
        all.map(|d| (d.name, d.parent, d.span)).collect()
    };
    places(a) == places(b)
}
