//! Which files may name what stands in one another: those of a crate, of what it depends on and of what
//! depends on it.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::Program;
use crate::source::FileId;

/// The crates that each file belongs to, and which of them know each other.
#[derive(Clone, Debug, Default)]
pub struct Related {
    crates: FxHashMap<FileId, Vec<usize>>,
    /// For each crate those that it needs and those that need it, itself included.
    known: Vec<FxHashSet<usize>>,
}

impl Related {
    /// Those of a program.
    pub(crate) fn of(program: &Program) -> Self {
        let mut crates: FxHashMap<FileId, Vec<usize>> = FxHashMap::default();
        for module in &program.modules {
            let of = crates.entry(module.file).or_default();
            if !of.contains(&module.krate.index()) {
                of.push(module.krate.index());
            }
        }
        for of in crates.values_mut() {
            of.sort_unstable();
        }
        let count = program.crates.len();
        let mut down: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut up = down.clone();
        for (n, krate) in program.crates.iter().enumerate() {
            for (_, needed) in &krate.deps {
                down[n].push(needed.index());
                up[needed.index()].push(n);
            }
            // Targets of a package share its folder.
            let beside =
                program.crates.iter().enumerate().filter(|(_, other)| {
                    krate.manifest.is_some() && other.manifest == krate.manifest
                });
            down[n].extend(beside.map(|(other, _)| other));
        }
        let known = (0..count).map(|n| {
            let mut known = reach(n, &down);
            known.extend(reach(n, &up));
            known
        });
        Self {
            known: known.collect(),
            crates,
        }
    }

    /// What files are told apart by: those of the same crates have the same.
    pub fn home(&self, file: FileId) -> &[usize] {
        self.crates.get(&file).map_or(&[], Vec::as_slice)
    }

    /// Whether code of one file may name what stands in the other. What is no module may be anywhere.
    pub fn are(&self, one: FileId, other: FileId) -> bool {
        let (one, other) = (self.home(one), self.home(other));
        let mut pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
        one.is_empty() || other.is_empty() || pairs.any(|(a, b)| self.known[*a].contains(b))
    }
}

fn reach(from: usize, edges: &[Vec<usize>]) -> FxHashSet<usize> {
    let mut found = FxHashSet::default();
    let mut todo = vec![from];
    while let Some(n) = todo.pop() {
        if found.insert(n) {
            todo.extend(&edges[n]);
        }
    }
    found
}
