//! What conditions prove of kept values, and of answers of the host.

use rustc_hash::FxHashMap;

use super::Interp;
use crate::flow::state::State;
use crate::flow::tag::{Age, Extent, Kind, Parted, Tag, TagSet};
use crate::flow::value::{Known, Mapped, Proof, Sided, Val};
use crate::ir::Symbol;
use crate::sdk::PropertyClass;

/// What holds on one side of a condition, and what it made of values so far: what it makes of a value
/// is the same in any state.
pub(crate) struct Proven {
    proofs: Vec<Proof>,
    /// For each source what is kept of it that is up to date.
    fresh: Vec<Option<Extent>>,
    mapped: Mapped,
    /// Values in which constants tell what holds, by how deep they lie.
    marked: FxHashMap<(Val, u32), Val>,
}

/// The taint where these proofs hold: kept is as good as fresh, and there is no doubt that a value is
/// there.
fn apply(proofs: &[Proof], fresh: &[Option<Extent>], t: Tag) -> Option<Tag> {
    if t.kind == Kind::Presence && proofs.contains(&Proof::Present(t.source)) {
        return None;
    }
    let Age::Kept { site, .. } = t.age else {
        return Some(t);
    };
    let is_fresh = match fresh[t.source.0 as usize] {
        _ if t.parted == Parted::Before => false,
        Some(Extent::Whole) => true,
        Some(_) => t.part,
        None => false,
    };
    let is_same =
        |p: &Proof| matches!(*p, Proof::Same(s, extent) if s == site && t.extent() >= extent);
    Some(if is_fresh || proofs.iter().any(is_same) {
        Tag {
            age: Age::Fresh(Some(site)),
            parted: Parted::No,
            ..t
        }
    } else {
        t
    })
}

impl Interp<'_> {
    /// Works with what some proofs say; `None` when there are none.
    fn with_proven<T>(
        &mut self,
        proofs: Vec<Proof>,
        work: impl FnOnce(&mut Self, &mut Proven) -> T,
    ) -> Option<T> {
        if proofs.is_empty() {
            return None;
        }
        let mut proven = self.proven.remove(&proofs).unwrap_or_else(|| Proven {
            proofs: proofs.clone(),
            fresh: Vec::new(),
            mapped: Mapped::default(),
            marked: FxHashMap::default(),
        });
        let sources = self.v.tags.sources[proven.fresh.len()..].iter();
        let fresh = sources.map(|s| {
            let said = proofs.iter().filter_map(|p| match *p {
                Proof::Fresh(property, callback, extent) => {
                    (property == s.property && callback == s.callback).then_some(extent)
                }
                _ => None,
            });
            said.min()
        });
        proven.fresh.extend(fresh);
        let out = work(self, &mut proven);
        self.proven.insert(proofs, proven);
        Some(out)
    }

    fn as_proven(&mut self, v: Val, proven: &mut Proven) -> Val {
        let (proofs, fresh) = (&proven.proofs, &proven.fresh);
        let mut change = |t| apply(proofs, fresh, t);
        self.v.map_tags(v, &mut proven.mapped, &mut change)
    }

    /// A value that a condition which said `holds` proved up to date, free of pointers to where it was
    /// kept; the value itself when nothing was proven.
    pub(crate) fn vouched(&mut self, v: Val, guards: &[Sided], holds: bool) -> Val {
        let fresh = |g: &&Sided| g.1 == holds && g.0.is_of_kept();
        let proofs: Vec<Proof> = guards.iter().filter(fresh).map(|g| g.0).collect();
        if proofs.is_empty() {
            return v;
        }
        let v = self.owned(v, 0);
        let known = self.with_proven(proofs, |i, proven| i.as_proven(v, proven));
        known.unwrap_or(v)
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
        self.with_proven(proofs, |i, proven| {
            for slot in st.stack.iter_mut().chain(st.heap.iter_mut()) {
                *slot = i.as_proven(*slot, proven);
            }
        });
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

    /// The same, and of what the host gave that it is there: `v` has these taints as a whole.
    pub(crate) fn told_by_variant(&self, v: Val, root: TagSet, name: Symbol) -> Vec<Sided> {
        let mut told = match name.as_str() {
            "Some" | "Ok" => self.presence(root, true),
            "None" | "Err" => self.presence(root, false),
            _ => Vec::new(),
        };
        told.extend(self.variant_proofs(v, name));
        told
    }

    /// A state at the end of code that ran because these proofs hold: the constants in it tell so
    /// to those who meet other paths.
    pub(super) fn marked(&mut self, st: State, proofs: &[Proof]) -> State {
        let mut st = st;
        let base = self.frame().base as usize;
        self.with_proven(of_kept(proofs), |i, proven| {
            for slot in st.stack.iter_mut().skip(base).chain(st.heap.iter_mut()) {
                *slot = i.with_guards(*slot, 0, proven);
            }
        });
        st
    }

    /// The same for one value.
    pub(super) fn marked_value(&mut self, v: Val, proofs: &[Proof]) -> Val {
        let marked = self.with_proven(of_kept(proofs), |i, proven| i.with_guards(v, 0, proven));
        marked.unwrap_or(v)
    }

    /// What an arm gives that runs because these proofs hold: whatever its truth value is, that arm
    /// gave it.
    pub(super) fn marked_result(&mut self, v: Val, proofs: &[Proof]) -> Val {
        let n = self.v.node(v);
        let parts = (n.fields.len(), n.ptrs.len(), n.fns.len(), n.known.len());
        if !n.opaque || parts != (0, 0, 0, 0) {
            return v;
        }
        let mut n = n.clone();
        for p in of_kept(proofs) {
            for side in [true, false].map(Known::Bool) {
                if !n.guards.contains(&(p, side)) {
                    n.guards.push((p, side));
                }
            }
        }
        self.v.make(n)
    }

    fn with_guards(&mut self, v: Val, depth: u32, proven: &mut Proven) -> Val {
        if depth > 3 {
            return v;
        }
        if let Some(&known) = proven.marked.get(&(v, depth)) {
            return known;
        }
        let mut n = self.v.node(v).clone();
        for slot in &mut n.fields {
            slot.1 = self.with_guards(slot.1, depth + 1, proven);
        }
        for k in n.sole() {
            for &p in &proven.proofs {
                if !n.guards.contains(&(p, k)) {
                    n.guards.push((p, k));
                }
            }
        }
        let new = self.v.make(n);
        proven.marked.insert((v, depth), new);
        new
    }

    /// A place that keeps a token is about to get another one, `new`: what was kept with the old one is
    /// not vouched for by the new one.
    pub(super) fn part_from(&mut self, old: Val, new: Val) {
        let (kept, read) = (self.v.deep(old), self.v.deep(new));
        if !self.v.tags.has_kept(kept) || read.is_empty() {
            return;
        }
        let property = |i: &Self, t: &Tag| i.v.tags.source_of(t.source).property;
        let read = self.v.tags.list(read);
        let fresh = read.iter().filter(|t| matches!(t.age, Age::Fresh(_)));
        let fresh: Vec<Symbol> = fresh
            .filter(|t| t.kind == Kind::Copied)
            .map(|t| property(self, t))
            .collect();
        let mut parted: Vec<(Symbol, Symbol)> = Vec::new();
        for t in self.v.tags.list(kept) {
            let source = self.v.tags.source_of(t.source);
            let is_token = matches!(t.age, Age::Kept { .. }) && t.kind == Kind::Copied;
            if is_token && fresh.contains(&source.property) {
                parted.push((source.property, source.callback));
            }
        }
        if parted.is_empty() {
            return;
        }
        let sources = self.v.tags.sources.iter();
        let of_token: Vec<bool> = sources
            .map(|s| parted.contains(&(s.property, s.callback)))
            .collect();
        let mut memo = Mapped::default();
        let mut heap = std::mem::take(&mut self.st.heap);
        for slot in &mut heap {
            *slot = self.v.map_tags(*slot, &mut memo, &mut |t| {
                let kept = matches!(t.age, Age::Kept { .. }) && t.parted == Parted::No;
                Some(if kept && of_token[t.source.0 as usize] {
                    Tag {
                        parted: Parted::Now,
                        ..t
                    }
                } else {
                    t
                })
            });
        }
        self.st.heap = heap;
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
    fn presence(&self, root: TagSet, side: bool) -> Vec<Sided> {
        self.v
            .tags
            .list(root)
            .iter()
            .filter(|t| t.kind == Kind::Presence)
            .map(|t| (Proof::Present(t.source), side))
            .collect()
    }
}

/// Those that say of something kept that it is up to date.
fn of_kept(proofs: &[Proof]) -> Vec<Proof> {
    proofs.iter().copied().filter(|p| p.is_of_kept()).collect()
}
