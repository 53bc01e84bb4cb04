//! Joining the lowered files into one program. Ids inside a fragment count from zero; here they
//! are moved behind those of the files before it.

use std::path::PathBuf;

use super::tree::{Leaf, Link};
use crate::ir::{
    Crate, CrateId, FnId, Fragment, GlobalId, ImplId, Item, Module, ModuleId, Program, Symbol,
    TraitId, TypeId,
};

/// A crate before its files are known.
#[derive(Clone, Debug)]
pub(crate) struct CrateSpec {
    pub(crate) name: Symbol,
    pub(crate) package: String,
    pub(crate) manifest: Option<PathBuf>,
    /// By index of the spec.
    pub(crate) deps: Vec<(Symbol, usize)>,
    pub(crate) external: Vec<(Symbol, String)>,
}

/// Joins everything. A crate whose root could not be read is left out, and so are its modules.
pub(crate) fn link(specs: Vec<CrateSpec>, leaves: Vec<Leaf>) -> Program {
    let mut program = Program::default();
    let mut ids: Vec<Option<CrateId>> = vec![None; specs.len()];
    let mut present: Vec<usize> = leaves
        .iter()
        .filter(|l| l.link == Link::Root)
        .map(|l| l.root)
        .collect();
    present.sort_unstable();
    for (n, &root) in present.iter().enumerate() {
        ids[root] = Some(CrateId(number(n)));
    }

    let mut roots = vec![ModuleId(0); specs.len()];
    // Where the modules of each file went: its own one and the first inline one.
    let mut placed: Vec<Shift> = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let Some(krate) = ids[leaf.root] else {
            placed.push(Shift::default());
            continue;
        };
        let shift = program.join(leaf, krate, &placed, &specs, &mut roots);
        placed.push(shift);
    }

    for (n, spec) in specs.into_iter().enumerate() {
        if ids[n].is_none() {
            continue;
        }
        program.crates.push(Crate {
            name: spec.name,
            package: spec.package,
            manifest: spec.manifest,
            root: roots[n],
            deps: spec
                .deps
                .iter()
                .filter_map(|&(name, target)| Some((name, ids[target]?)))
                .collect(),
            external: spec.external,
        });
    }
    program
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How far the ids of a fragment move.
#[derive(Clone, Copy, Debug, Default)]
struct Shift {
    /// Module 0.
    own: u32,
    /// Added to the other modules.
    modules: u32,
    functions: u32,
    types: u32,
    traits: u32,
    impls: u32,
    globals: u32,
}

impl Shift {
    fn module(self, id: &mut ModuleId) {
        id.0 = if id.0 == 0 {
            self.own
        } else {
            id.0 + self.modules
        };
    }

    fn function(self, id: &mut FnId) {
        id.0 += self.functions;
    }

    fn item(self, item: &mut Item) {
        match item {
            Item::Module(id) => self.module(id),
            Item::Fn(id) => self.function(id),
            Item::Type(TypeId(n)) => *n += self.types,
            Item::Trait(TraitId(n)) => *n += self.traits,
            Item::Global(GlobalId(n)) => *n += self.globals,
        }
    }

    fn consts(self, consts: &mut [(Symbol, GlobalId)]) {
        for (_, id) in consts {
            id.0 += self.globals;
        }
    }

    fn fragment(self, fragment: &mut Fragment) {
        for module in &mut fragment.modules {
            if let Some(parent) = &mut module.parent {
                self.module(parent);
            }
            for (_, item) in &mut module.items {
                self.item(item);
            }
        }
        for f in &mut fragment.functions {
            self.module(&mut f.module);
            if let Some(ImplId(n)) = &mut f.impl_id {
                *n += self.impls;
            }
            if let Some(TraitId(n)) = &mut f.trait_id {
                *n += self.traits;
            }
        }
        for t in &mut fragment.types {
            self.module(&mut t.module);
        }
        for t in &mut fragment.traits {
            self.module(&mut t.module);
            t.methods.iter_mut().for_each(|id| self.function(id));
            self.consts(&mut t.consts);
        }
        for i in &mut fragment.impls {
            self.module(&mut i.module);
            i.methods.iter_mut().for_each(|id| self.function(id));
            self.consts(&mut i.consts);
        }
        for g in &mut fragment.globals {
            self.module(&mut g.module);
            if let Some(id) = &mut g.init {
                self.function(id);
            }
        }
    }
}

impl Program {
    /// Adds one file.
    fn join(
        &mut self,
        leaf: Leaf,
        krate: CrateId,
        placed: &[Shift],
        specs: &[CrateSpec],
        roots: &mut [ModuleId],
    ) -> Shift {
        let mut fragment = leaf.fragment;
        if fragment.modules.is_empty() {
            // A file that could not be parsed is an empty module, so that paths still lead there.
            fragment.modules.push(empty(krate, leaf.file));
        }
        let base = number(self.modules.len());
        let mut shift = Shift {
            own: base,
            modules: base,
            functions: number(self.functions.len()),
            types: number(self.types.len()),
            traits: number(self.traits.len()),
            impls: number(self.impls.len()),
            globals: number(self.globals.len()),
        };
        let (parent, name) = match leaf.link {
            Link::Root => {
                roots[leaf.root] = ModuleId(base);
                (None, specs[leaf.root].name)
            }
            Link::Module(up, mut parent, name) => {
                placed[up].module(&mut parent);
                self.modules[parent.index()]
                    .items
                    .push((name, Item::Module(ModuleId(base))));
                (Some(parent), name)
            }
            Link::Include(up, mut parent) => {
                placed[up].module(&mut parent);
                // Module 0 dissolves into the including one; the others close up.
                shift.own = parent.0;
                // An include is never the first file.
                shift.modules = base.saturating_sub(1);
                (Some(parent), Symbol::new(""))
            }
        };
        shift.fragment(&mut fragment);

        let mut modules = fragment.modules.into_iter();
        if let Some(mut own) = modules.next() {
            if matches!(leaf.link, Link::Include(..)) {
                if let Some(parent) = parent {
                    let into = &mut self.modules[parent.index()];
                    into.items.append(&mut own.items);
                    into.imports.append(&mut own.imports);
                }
            } else {
                own.krate = krate;
                own.parent = parent;
                own.name = name;
                self.modules.push(own);
            }
        }
        self.modules.extend(modules.map(|mut m| {
            m.krate = krate;
            m
        }));
        self.functions.append(&mut fragment.functions);
        self.types.append(&mut fragment.types);
        self.traits.append(&mut fragment.traits);
        self.impls.append(&mut fragment.impls);
        self.globals.append(&mut fragment.globals);
        shift
    }
}

fn empty(krate: CrateId, file: crate::source::FileId) -> Module {
    Module {
        krate,
        parent: None,
        name: Symbol::new(""),
        is_block: false,
        items: Vec::new(),
        imports: Vec::new(),
        file,
    }
}

#[cfg(test)]
mod tests;
