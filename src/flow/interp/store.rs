//! Writes to places, and the stores that they are.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::flow::facts::is_within;
use crate::flow::tag::{Age, Kind, Site, SiteId, Storage, Tag};
use crate::flow::types::TyKind;
use crate::flow::value::{Cell, Key, Mapped, Node, PtrKind, Val};
use crate::ir::Symbol;
use crate::source::Span;

use super::Interp;
use super::place::{Located, Target};

impl Interp<'_> {
    /// Writes to places. Writes to more than one place, to one of many elements, or to a cell that
    /// stands for several are weak.
    pub(crate) fn store(&mut self, at: &Located, v: Val, span: Span, weak: bool) {
        let single = at.targets.len() == 1;
        let v = self.turned_for(v, at);
        // Written back under the key by which it was found: keyed state.
        let v = self.unkeyed(v, at.chosen.0, &at.targets, span);
        for t in &at.targets {
            let mut v = v;
            let mut strong = single && !weak;
            if let Cell::Heap(h) = t.cell {
                strong &= !self.cells[h as usize].many;
                // No reference to a slot of the stack outlives it: what it leads to is meant.
                v = self.escape(v, 0, 0);
                v = self.mark_stored(v, t, span);
                self.note_write(t, span);
            } else if matches!(t.path.first(), Some(Key::Field(_))) && !self.v.deep(v).is_empty() {
                // A context that is still being built: the store is told here if it lives on.
                let site = self.site_for(t, span);
                let mut memo = Mapped::default();
                v = self.retag_stored(v, site, &mut memo);
            }
            strong = strong && self.is_single(t);
            if strong && matches!(t.cell, Cell::Heap(_)) {
                let old = self.load_target(t);
                self.part_from(old, v);
            }
            let old = self.st.get(t.cell);
            if let Some(Key::Field(field)) = t.path.last() {
                let owner = self.type_name(old);
                self.name_cells(v, *field, || owner);
            }
            let new = self.set_path(old, &t.path, v, strong, !at.appends);
            self.st.set(t.cell, new);
        }
    }

    pub(super) fn set_path(
        &mut self,
        old: Val,
        path: &[Key],
        v: Val,
        strong: bool,
        spreads: bool,
    ) -> Val {
        let Some((&key, rest)) = path.split_first() else {
            return if strong { v } else { self.v.join(old, v) };
        };
        let base = if old == Val::BOTTOM {
            self.v.make(Node {
                opaque: true,
                ..Node::default()
            })
        } else {
            old
        };
        let mut base = base;
        if key == Key::Element && spreads {
            // Some element, which may be any of those that are known one by one.
            for (k, part) in self.v.node(base).fields.clone() {
                if matches!(k, Key::Index(_)) {
                    let new = self.set_path(part, rest, v, false, spreads);
                    base = self.v.with_field(base, k, new, true);
                }
            }
        }
        let had = self.v.node(base).fields.iter().any(|(k, _)| *k == key);
        let part = if rest.is_empty() && strong {
            Val::BOTTOM
        } else {
            self.project(base, key)
        };
        // A weak write to a part of which nothing was known adds the new value beside it.
        let part = if rest.is_empty() && !had && !strong {
            Val::BOTTOM
        } else {
            part
        };
        let new = self.set_path(part, rest, v, strong, spreads);
        self.v.with_field(base, key, new, true)
    }

    /// Fresh taints that are written to something which outlives the callback remember the store.
    fn mark_stored(&mut self, v: Val, t: &Target, span: Span) -> Val {
        let deep = self.v.deep(v);
        if deep.is_empty() && !self.v.has_ptr(v) {
            return v;
        }
        if self.is_context(v) {
            // A context that is put aside to be resumed: its fields were stored where they were.
            let v = self.stored_while_built(v, span);
            self.note_stores(v);
            return v;
        }
        // What is computed from a kept value is told under the store of that value: here it ends. What
        // is put back where it was taken from goes on as it was.
        let site = self.site_for(t, span);
        let back: FxHashSet<Tag> = self
            .v
            .tags
            .list(deep)
            .into_iter()
            .filter(|tag| match tag.age {
                Age::Kept { site: from, .. } => {
                    is_same_place(self.v.tags.site_of(from).subject, site.subject)
                }
                Age::Fresh(_) => true,
            })
            .collect();
        let ended = self.v.tags.map(deep, |t| (!back.contains(&t)).then_some(t));
        self.note_act(ended);
        let mut memo = Mapped::default();
        let v = self
            .v
            .map_tags(v, &mut memo, &mut |t: Tag| back.contains(&t).then_some(t));
        // What lies under a key is judged by its key.
        let keyed = |k: &Key| matches!(k, Key::AnyEntry | Key::Entry(_));
        if !t.path.iter().any(keyed) {
            self.settle_allocations(v, &site);
        }
        let mut memo = Mapped::default();
        let v = self.retag_stored(v, site, &mut memo);
        self.note_stores(v);
        v
    }

    /// Remembers how stores depend on sources.
    pub(crate) fn note_stores(&mut self, v: Val) {
        let deep = self.v.deep(v);
        for t in self.v.tags.list(deep) {
            if let Age::Fresh(Some(site)) = t.age {
                self.note_store(site, t);
            }
        }
    }

    /// Remembers how one store depends on one source.
    pub(super) fn note_store(&mut self, site: SiteId, t: Tag) {
        let met = self.v.tags.conditions.get(&t.source).map_or(0, Vec::len);
        self.facts.conditions.entry((site, t.source)).or_insert(met);
        let decided = t.kind != Kind::Copied;
        let s = self
            .facts
            .stores
            .entry((site, t.source))
            .or_insert((true, true));
        s.0 &= decided;
        s.1 &= t.low;
        if decided && self.frames.last().is_some_and(|f| f.lent) {
            self.facts.lent.insert((site, t.source));
        }
    }

    /// The store that a write to `t` at `span` is.
    pub(crate) fn site_for(&mut self, t: &Target, span: Span) -> Site {
        let mut subject = String::new();
        let mut storage = Storage::Stream;
        if let Cell::Heap(h) = t.cell {
            let info = self.cells[h as usize].clone();
            storage = info.storage;
            let v = self.st.get(t.cell);
            let declared = self.type_name(v);
            // A struct that was allocated by itself names its own fields; the author knows them so.
            let own = info.made.is_some() && matches!(t.path.first(), Some(Key::Field(_)));
            match info.name {
                Some(n) if declared == "state" || !own => subject.push_str(n.as_str()),
                _ => subject.push_str(&declared),
            }
        } else {
            let v = self.st.get(t.cell);
            subject.push_str(&self.type_name(v));
        }
        if t.path.iter().any(|k| k.is_token()) {
            // It waits for an answer, as what a closure captured does.
            storage = Storage::Capture;
        }
        for k in &t.path {
            match k {
                _ if k.is_token() => subject.push_str("[token]"),
                Key::Field(n) => {
                    subject.push('.');
                    subject.push_str(n.as_str());
                }
                Key::Entry(n) => {
                    subject.push_str(&format!("[{:?}]", n.as_str()));
                }
                _ => {}
            }
        }
        let f = self.frame().func;
        let function = Symbol::new(&self.fn_name(f));
        // What an `Option` holds is replaced.
        let indexed = t.path.iter().any(|k| matches!(k, Key::Index(_)));
        let adds = indexed || !self.is_single(t);
        Site {
            span,
            subject: Symbol::new(&subject),
            part: None,
            storage,
            callback: self.callback,
            function,
            adds,
        }
    }

    /// An allocation is called after the first field that holds it.
    pub(crate) fn name_cells(&mut self, v: Val, field: Symbol, owner: impl FnOnce() -> String) {
        let held: Vec<u32> = self
            .v
            .node(v)
            .ptrs
            .iter()
            .filter_map(|p| match p.cell {
                Cell::Heap(h) if p.kind == PtrKind::Shared && p.path.is_empty() => Some(h),
                _ => None,
            })
            .collect();
        let mut unnamed = Vec::new();
        for h in held {
            let cell = &mut self.cells[h as usize];
            if !cell.holders.contains(&field) {
                cell.holders.push(field);
            }
            if cell.name.is_none() && !cell.is_context {
                unnamed.push(h);
            }
        }
        if unnamed.is_empty() {
            return;
        }
        let name = Symbol::new(&format!("{}.{field}", owner()));
        for h in unnamed {
            self.cells[h as usize].name = Some(name);
        }
    }

    /// The name of the nominal type of a value.
    pub(crate) fn type_name(&self, v: Val) -> String {
        self.v
            .node(v)
            .tys
            .iter()
            .find_map(|t| match self.tys.kind(*t) {
                TyKind::Adt(id, _) => {
                    Some(self.r.program.types[id.index()].name.as_str().to_owned())
                }
                _ => None,
            })
            .unwrap_or_else(|| "state".to_owned())
    }

    /// What a context holds from before it was put in place, without any store on the way that the
    /// tree shows, is stored where it is put in place.
    pub(crate) fn stored_while_built(&mut self, v: Val, span: Span) -> Val {
        let deep = self.v.deep(v);
        let homeless = self
            .v
            .tags
            .list(deep)
            .iter()
            .any(|t| t.age == Age::Fresh(None));
        if !homeless {
            return v;
        }
        let id = self.v.tags.site(Site {
            span,
            subject: Symbol::new(&self.type_name(v)),
            part: None,
            storage: Storage::Stream,
            callback: self.callback,
            function: Symbol::new(""),
            adds: false,
        });
        let mut memo = Mapped::default();
        self.v.map_tags(v, &mut memo, &mut |t: Tag| {
            Some(match t.age {
                Age::Fresh(None) => Tag {
                    age: Age::Fresh(Some(id)),
                    ..t
                },
                _ => t,
            })
        })
    }

    /// What a pointer leads to is stored with it: fresh taints in allocations that had no home yet
    /// (`Rc::new(route)`) get the store `site`.
    pub(crate) fn settle_allocations(&mut self, v: Val, site: &Site) {
        if !self.v.has_ptr(v) {
            return;
        }
        let mut seen = rustc_hash::FxHashSet::default();
        let mut ptrs = Vec::new();
        self.v.pointers(v, &mut seen, &mut ptrs);
        let mut i = 0;
        while i < ptrs.len() {
            let cell = ptrs[i].cell;
            i += 1;
            let Cell::Heap(h) = cell else { continue };
            let content = self.st.get(cell);
            if self.cells[h as usize].is_context || content == Val::BOTTOM {
                continue;
            }
            self.v.pointers(content, &mut seen, &mut ptrs);
            let deep = self.v.deep(content);
            let homeless = |t: &Tag| t.age == Age::Fresh(None) && t.kind != Kind::Presence;
            if !self.v.tags.list(deep).iter().any(homeless) {
                continue;
            }
            let mut memo = Mapped::default();
            let v = self.retag_stored(content, site.clone(), &mut memo);
            self.note_stores(v);
            self.st.set(cell, v);
        }
    }

    /// Gives fresh taints in `v` the store `site`. A store already known inside the same statement
    /// (a field of a struct literal) is kept as the more exact place, and so is a capture.
    pub(crate) fn retag_stored(&mut self, v: Val, site: Site, memo: &mut Mapped) -> Val {
        let deep = self.v.deep(v);
        let mut map: FxHashMap<Age, Age> = FxHashMap::default();
        for tag in self.v.tags.list(deep) {
            let Age::Fresh(old) = tag.age else { continue };
            if map.contains_key(&tag.age) {
                continue;
            }
            let new = match old.map(|o| self.v.tags.site_of(o).clone()) {
                Some(o) if o.storage == Storage::Capture => o,
                Some(o) if site.span.contains(o.span) && !is_other_field(&o, &site) => Site {
                    span: o.span,
                    subject: match o.subject.as_str().rsplit_once('.') {
                        // Met again, in a loop.
                        _ if is_within(o.subject.as_str(), site.subject.as_str()) => o.subject,
                        // The field of a struct that is built here is a part of this place.
                        Some((_, field)) => {
                            Symbol::new(&format!("{}.{field}", site.subject.as_str()))
                        }
                        None => site.subject,
                    },
                    ..site.clone()
                },
                o => Site {
                    part: o
                        .and_then(|o| o.field())
                        .filter(|&f| self.v.has_field(v, f)),
                    ..site.clone()
                },
            };
            let id = self.v.tags.site(new);
            map.insert(tag.age, Age::Fresh(Some(id)));
        }
        if map.is_empty() {
            return v;
        }
        self.v.map_tags(v, memo, &mut |t: Tag| {
            Some(Tag {
                age: map.get(&t.age).copied().unwrap_or(t.age),
                ..t
            })
        })
    }
}

/// Whether two names of places (`Plugin.info`, `Plugin.info.route`) mean one place or a part of it.
fn is_same_place(a: Symbol, b: Symbol) -> bool {
    let (a, b) = (a.as_str(), b.as_str());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_prefix(short)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether two stores at one place are to two fields of one struct: a helper that is given the field.
fn is_other_field(a: &Site, b: &Site) -> bool {
    let owner = |s: &Site| s.subject.as_str().split_once('.').map(|(owner, _)| owner);
    a.span == b.span
        && owner(a).is_some()
        && owner(a) == owner(b)
        && !is_same_place(a.subject, b.subject)
}
