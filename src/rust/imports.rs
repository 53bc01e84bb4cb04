//! `use` declarations and `extern crate`, flattened.

use syn::{ItemExternCrate, ItemUse, UseTree};

use super::{FileCx, name_of};
use crate::ir::{Import, ModuleId, Path, PathSegment, Symbol};

impl FileCx<'_> {
    pub(super) fn use_item(&mut self, item: &ItemUse, module: ModuleId) {
        let mut flat = Flat {
            global: item.leading_colon.is_some(),
            prefix: Vec::new(),
            imports: Vec::new(),
        };
        flat.tree(&item.tree);
        let imports = &mut self.fragment.modules[module.index()].imports;
        imports.append(&mut flat.imports);
    }

    pub(super) fn extern_crate(&mut self, item: &ItemExternCrate, module: ModuleId) {
        let krate = name_of(&item.ident);
        let is_self = krate == "self";
        let name = match &item.rename {
            Some((_, name)) => name_of(name),
            None => krate,
        };
        let path = path(
            !is_self,
            &[if is_self { Symbol::new("crate") } else { krate }],
        );
        self.fragment.modules[module.index()].imports.push(Import {
            path,
            name: (name != "_").then_some(name),
            glob: false,
        });
    }
}

struct Flat {
    global: bool,
    prefix: Vec<Symbol>,
    imports: Vec<Import>,
}

impl Flat {
    fn tree(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(p) => {
                self.prefix.push(name_of(&p.ident));
                self.tree(&p.tree);
                self.prefix.pop();
            }
            UseTree::Name(n) => self.leaf(name_of(&n.ident), None),
            UseTree::Rename(r) => self.leaf(name_of(&r.ident), Some(name_of(&r.rename))),
            UseTree::Glob(_) => self.push(self.prefix.clone(), None, true),
            UseTree::Group(g) => {
                for tree in &g.items {
                    self.tree(tree);
                }
            }
        }
    }

    fn leaf(&mut self, name: Symbol, rename: Option<Symbol>) {
        let mut names = self.prefix.clone();
        // `a::{self}` names `a`.
        if name != "self" || names.is_empty() {
            names.push(name);
        }
        let name = rename.or_else(|| names.last().copied());
        self.push(names, name.filter(|n| *n != "_"), false);
    }

    fn push(&mut self, names: Vec<Symbol>, name: Option<Symbol>, glob: bool) {
        if !names.is_empty() {
            self.imports.push(Import {
                path: path(self.global, &names),
                name,
                glob,
            });
        }
    }
}

fn path(global: bool, names: &[Symbol]) -> Path {
    Path {
        global,
        qself: None,
        segments: names
            .iter()
            .map(|&name| PathSegment {
                name,
                args: Vec::new(),
            })
            .collect(),
    }
}
