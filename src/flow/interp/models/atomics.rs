//! What exchanges one value for another in one step: atomics, cells, `Option::replace`.

use super::super::Interp;
use crate::flow::types::TyId;
use crate::flow::value::{Known, Val};
use crate::ir::Symbol;

impl Interp<'_> {
    /// A value put where another one is taken out. To ask and set in one step is to do something once, or
    /// to take a lock: that a branch does so decides little.
    pub(super) fn exchanged(&mut self, new: Val, discarded: bool) -> Val {
        if discarded {
            return self.put_under_control(new);
        }
        let ctrl = self.v.tags.low(self.frame().ctrl);
        self.v.taint(new, ctrl)
    }

    /// What a method changes an atomic to, and whether it surely does. What takes `Ordering::Relaxed` or
    /// the like is one.
    pub(super) fn exchange(
        &mut self,
        name: Symbol,
        old: Val,
        args: &[Val],
        discarded: bool,
    ) -> Option<(Val, bool)> {
        let order = |k: &Known| match k {
            Known::Variant(name) => matches!(
                name.as_str(),
                "Relaxed" | "Release" | "Acquire" | "AcqRel" | "SeqCst"
            ),
            _ => false,
        };
        let last = self.v.node(*args.last()?);
        if !matches!(last.known.as_slice(), [one] if order(one)) {
            return None;
        }
        Some(match (name.as_str(), args) {
            ("swap", &[new, _]) => (self.exchanged(new, discarded), true),
            ("compare_exchange" | "compare_exchange_weak", &[_, new, _, _]) => {
                (self.exchanged(new, discarded), false)
            }
            // As `+=` and `|=`.
            (name, &[with, _]) if name.starts_with("fetch_") => {
                let tags = self.deep_tags(with);
                let ctrl = self.v.tags.low(self.frame().ctrl);
                let mut tags = self.v.tags.union(tags, ctrl);
                tags = self.v.tags.union(tags, self.v.root(old));
                (self.v.opaque(tags, TyId::UNKNOWN), true)
            }
            _ => return None,
        })
    }
}
