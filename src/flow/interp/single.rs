//! Places that are one place: the payload of an `Option` is, an element of a `Vec` is not.

use super::Interp;
use super::place::Target;
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{Cell, Key, Val};
use crate::ir::{Type, TypeDefKind};

/// Where one is on the way to a place: what is there, and which types are declared for it, or those
/// that it has.
pub(super) struct Way {
    there: Val,
    pub(super) tys: Vec<TyId>,
}

impl Interp<'_> {
    /// Whether a place is not one of many under the same name, as far as declared types tell: each
    /// payload on the way to it is that of an `Option` or `Result`.
    pub(crate) fn is_single(&mut self, t: &Target) -> bool {
        let many = |k: &Key| matches!(k, Key::AnyEntry | Key::MapKeys);
        if t.path.iter().any(many) {
            return false;
        }
        if !t.path.contains(&Key::Element) {
            return true;
        }
        let mut way = self.way_to(t);
        for &key in &t.path {
            if key == Key::Element && !self.are_options(&way.tys) {
                return false;
            }
            self.go(&mut way, key);
        }
        true
    }

    /// The start of the way to a place.
    pub(super) fn way_to(&self, t: &Target) -> Way {
        let there = self.st.get(t.cell);
        let tys = self.v.node(there).tys.clone();
        Way { there, tys }
    }

    /// One step on it.
    pub(super) fn go(&mut self, way: &mut Way, key: Key) {
        let declared = self.part_type(&way.tys, key);
        way.there = self.project(way.there, key);
        way.tys = match declared {
            TyId::UNKNOWN => self.v.node(way.there).tys.clone(),
            _ => vec![declared],
        };
    }

    fn are_options(&self, tys: &[TyId]) -> bool {
        let option = |t: &TyId| {
            matches!(self.tys.kind(*t), TyKind::External(n, _)
                if matches!(n.as_str(), "Option" | "Result"))
        };
        !tys.is_empty() && tys.iter().all(option)
    }
}

impl Interp<'_> {
    /// Whether a place is a once cell, by its declaration: the first value that is set stays.
    pub(super) fn is_once(&mut self, t: &Target) -> bool {
        let once = |ty: &Type| matches!(ty, Type::Path(p) if matches!(p.last().as_str(), "OnceCell" | "OnceLock"));
        match t.path.split_last() {
            None => {
                let Cell::Heap(h) = t.cell else { return false };
                let mut statics = self.statics.iter();
                statics.any(|(id, cell)| *cell == h && once(&self.r.program.globals[id.index()].ty))
            }
            Some((Key::Field(name), owner)) => {
                let owner = self.load_target(&Target {
                    cell: t.cell,
                    path: owner.to_vec(),
                });
                let tys = self.v.node(owner).tys.clone();
                tys.iter().any(|ty| match self.tys.kind(*ty) {
                    TyKind::Adt(t, _) => match &self.r.program.types[t.index()].kind {
                        TypeDefKind::Struct(fields) => {
                            fields.iter().any(|f| f.name == *name && once(&f.ty))
                        }
                        _ => false,
                    },
                    _ => false,
                })
            }
            Some(_) => false,
        }
    }
}
