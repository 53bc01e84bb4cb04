//! Places that are one place: the payload of an `Option` is, an element of a `Vec` is not.

use super::Interp;
use super::place::Target;
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::Key;

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
        let mut v = self.st.get(t.cell);
        let mut tys = self.v.node(v).tys.clone();
        for &key in &t.path {
            if key == Key::Element && !self.are_options(&tys) {
                return false;
            }
            let declared = self.part_type(&tys, key);
            v = self.project(v, key);
            tys = if declared == TyId::UNKNOWN {
                self.v.node(v).tys.clone()
            } else {
                vec![declared]
            };
        }
        true
    }

    fn are_options(&self, tys: &[TyId]) -> bool {
        let option = |t: &TyId| {
            matches!(self.tys.kind(*t), TyKind::External(n, _)
                if matches!(n.as_str(), "Option" | "Result"))
        };
        !tys.is_empty() && tys.iter().all(option)
    }
}
