//! What conditions prove of kept values, and of answers of the host.

use rustc_hash::FxHashMap;

use super::Interp;
use crate::flow::state::State;
use crate::flow::tag::{Age, Kind, SiteId, SourceId, Tag, TagSet};
use crate::flow::value::{Known, Mapped, Node, Proof, Sided, Val};
use crate::ir::Symbol;
use crate::sdk::PropertyClass;

/// What holds on one side of a condition.
struct Proven {
    /// For each source whether what is kept of it is up to date.
    fresh: Vec<bool>,
    /// Stores of what equals something up to date.
    same: Vec<SiteId>,
    /// Reads at which the host had a value.
    present: Vec<SourceId>,
}

impl Proven {
    /// The taint where it holds: kept is as good as fresh, and there is no doubt that a value is there.
    fn apply(&self, t: Tag) -> Option<Tag> {
        if t.kind == Kind::Presence && self.present.contains(&t.source) {
            return None;
        }
        Some(match t.age {
            Age::Kept { site, .. }
                if self.fresh[t.source.0 as usize] || self.same.contains(&site) =>
            {
                Tag {
                    age: Age::Fresh(Some(site)),
                    ..t
                }
            }
            _ => t,
        })
    }
}

impl Interp<'_> {
    /// What some proofs say of the sources; `None` when there are none.
    fn proven(&self, proofs: &[Proof]) -> Option<Proven> {
        if proofs.is_empty() {
            return None;
        }
        let sources = self.v.tags.sources.iter();
        let present = proofs.iter().filter_map(|p| match p {
            Proof::Present(s) => Some(*s),
            _ => None,
        });
        let same = proofs.iter().filter_map(|p| match p {
            Proof::Same(s) => Some(*s),
            _ => None,
        });
        Some(Proven {
            fresh: sources
                .map(|s| proofs.contains(&Proof::Fresh(s.property)))
                .collect(),
            present: present.collect(),
            same: same.collect(),
        })
    }

    /// A value that a condition which said `holds` proved up to date, free of pointers to where it was
    /// kept; the value itself when nothing was proven.
    pub(crate) fn vouched(&mut self, v: Val, guards: &[Sided], holds: bool) -> Val {
        let fresh = |g: &&Sided| g.1 == holds && g.0.is_of_kept();
        let proofs: Vec<Proof> = guards.iter().filter(fresh).map(|g| g.0).collect();
        let Some(proven) = self.proven(&proofs) else {
            return v;
        };
        let v = self.owned(v, 0);
        let mut memo = Mapped::default();
        self.v.map_tags(v, &mut memo, &mut |t| proven.apply(t))
    }

    /// A value in which references are replaced by what they lead to.
    pub(super) fn owned(&mut self, v: Val, depth: u32) -> Val {
        if depth > 6 || !self.v.has_ptr(v) {
            return v;
        }
        let c = self.content(v);
        let mut n = self.v.node(c).clone();
        for slot in &mut n.fields {
            slot.1 = self.owned(slot.1, depth + 1);
        }
        self.v.make(n)
    }

    /// A state in which a condition said `holds`: what it proves up to date is as good as fresh.
    pub(crate) fn validated(&mut self, st: State, guards: &[Sided], holds: bool) -> State {
        let mut st = st;
        // A callout that could not be made has no answer.
        let failed = guards.iter().any(|&(proof, side)| {
            let token = |s| self.v.tags.source_of(s).class == PropertyClass::Token;
            side != holds && matches!(proof, Proof::Present(s) if token(s))
        });
        if failed {
            st.awaited = st.awaited.less();
        }
        let sided = guards.iter().filter(|g| g.1 == holds);
        let proofs: Vec<Proof> = sided.map(|g| g.0).collect();
        let Some(proven) = self.proven(&proofs) else {
            return st;
        };
        let mut memo = Mapped::default();
        for slot in st.stack.iter_mut().chain(st.heap.iter_mut()) {
            *slot = self.v.map_tags(*slot, &mut memo, &mut |t| proven.apply(t));
        }
        st
    }

    /// What it proves that a value is this variant, or with `false` that it is not.
    pub(crate) fn variant_proofs(&self, v: Val, name: Symbol) -> Vec<Sided> {
        let opposite = match name.as_str() {
            "Some" => "None",
            "None" => "Some",
            "Ok" => "Err",
            "Err" => "Ok",
            _ => "",
        };
        let guards = self.v.node(v).guards.iter();
        let sided = guards.filter_map(|&(p, k)| match k {
            Known::Variant(n) if n == name => Some((p, true)),
            Known::Variant(n) if n == opposite => Some((p, false)),
            _ => None,
        });
        sided.collect()
    }

    /// A state at the end of code that ran because these proofs hold: the constants in it tell so
    /// to those who meet other paths.
    pub(super) fn marked(&mut self, st: State, proofs: &[Proof]) -> State {
        let mut st = st;
        if proofs.iter().any(|p| p.is_of_kept()) {
            let base = self.frame().base as usize;
            let mut memo = FxHashMap::default();
            for slot in st.stack.iter_mut().skip(base).chain(st.heap.iter_mut()) {
                *slot = self.with_guards(*slot, proofs, 0, &mut memo);
            }
        }
        st
    }

    /// The same for one value.
    pub(super) fn marked_value(&mut self, v: Val, proofs: &[Proof]) -> Val {
        if proofs.is_empty() {
            return v;
        }
        self.with_guards(v, proofs, 0, &mut FxHashMap::default())
    }

    fn with_guards(
        &mut self,
        v: Val,
        proofs: &[Proof],
        depth: u32,
        memo: &mut FxHashMap<Val, Val>,
    ) -> Val {
        if depth > 3 {
            return v;
        }
        if let Some(&known) = memo.get(&v) {
            return known;
        }
        let n = self.v.node(v);
        let constant = match n.known.as_slice() {
            [k @ (Known::Bool(_) | Known::Variant(_))] if !n.opaque && n.fields.is_empty() => {
                Some(*k)
            }
            _ => None,
        };
        let new = if let Some(k) = constant {
            let mut n = n.clone();
            for &p in proofs {
                if p.is_of_kept() && !n.guards.contains(&(p, k)) {
                    n.guards.push((p, k));
                }
            }
            self.v.make(n)
        } else {
            let fields = n.fields.clone();
            let mut new = fields.clone();
            for slot in &mut new {
                slot.1 = self.with_guards(slot.1, proofs, depth + 1, memo);
            }
            if new == fields {
                v
            } else {
                let n = self.v.node(v).clone();
                self.v.make(Node { fields: new, ..n })
            }
        };
        memo.insert(v, new);
        new
    }

    /// `if let Some(new) = fresh { self.kept = new }`: where the host has a value it replaced the
    /// kept one; where it has none there is no route to be stale about.
    pub(super) fn superseded(&mut self, st: State, looked: TagSet) -> State {
        let tags = self.v.tags.list(looked);
        if tags.is_empty() || tags.iter().any(|t| t.kind != Kind::Presence) {
            return st;
        }
        let properties: Vec<Symbol> = tags
            .iter()
            .filter(|t| matches!(t.age, Age::Fresh(_)))
            .map(|t| self.v.tags.source_of(t.source).property)
            .collect();
        let mut st = st;
        for p in properties {
            let mut memo = FxHashMap::default();
            for slot in &mut st.heap {
                *slot = self.v.without_superseded(*slot, p, &mut memo);
            }
        }
        st
    }

    /// What it proves that a value with these taints is there, or is not.
    pub(crate) fn presence(&self, root: TagSet, side: bool) -> Vec<Sided> {
        self.v
            .tags
            .list(root)
            .iter()
            .filter(|t| t.kind == Kind::Presence)
            .map(|t| (Proof::Present(t.source), side))
            .collect()
    }
}
