//! Reads of what is kept: which values are looked at, and where the author wrote that.

use crate::flow::tag::TagSet;
use crate::flow::value::{Cell, PtrKind, Val};
use crate::ir::{Place, PlaceBase};
use crate::source::Span;

use super::Interp;
use super::place::{Located, Origin, Target};

impl Interp<'_> {
    /// A kept value is read at a place. Through a local reference the read is told where that
    /// reference was made, and beside it where it is used.
    pub(crate) fn note_place_read(&mut self, tags: TagSet, at: &Located, p: &Place) {
        if !self.has_kept(tags) {
            return;
        }
        if self.is_direct(p) {
            self.note_read_at(tags, p.span, true);
            return;
        }
        self.note_read_at(tags, p.span, false);
        let targets = self.hop(&at.targets);
        self.note_origin_reads(tags, &targets);
    }

    fn note_origin_reads(&mut self, tags: TagSet, targets: &[Target]) {
        for t in targets {
            let made = (0..=t.path.len())
                .rev()
                .find_map(|n| self.origins.get(&(t.cell, t.path[..n].to_vec())).copied());
            if let Some(span) = made {
                self.note_read_at(tags, span, true);
            }
        }
    }

    /// What a reference leads to is read by code outside of the tree.
    pub(crate) fn note_value_read(&mut self, v: Val, span: Span) {
        if !self.v.has_ptr(v) {
            return;
        }
        let tags = self.deep_tags(v);
        if !self.has_kept(tags) {
            return;
        }
        self.note_read(tags, span);
        let targets = self.targets_of(v);
        self.note_origin_reads(tags, &targets);
    }

    /// A copy is made of what references in a value lead to.
    pub(crate) fn note_copied(&mut self, v: Val, span: Span) {
        let tags = self.copied_tags(v);
        self.note_read(tags, span);
        let mut ptrs = Vec::new();
        self.v
            .pointers(v, &mut rustc_hash::FxHashSet::default(), &mut ptrs);
        let targets: Vec<Target> = ptrs
            .iter()
            .filter(|p| p.kind == PtrKind::Borrow)
            .map(|p| Target {
                cell: p.cell,
                path: p.path.to_vec(),
            })
            .collect();
        self.note_origin_reads(tags, &targets);
    }

    pub(crate) fn has_kept(&self, tags: TagSet) -> bool {
        self.v.tags.has_kept(tags)
    }

    /// Remembers where the last reference to what outlives the callback was made; gives what was
    /// remembered before.
    pub(crate) fn note_origin(&mut self, targets: &[Target], p: &Place) -> Vec<Origin> {
        let mut before = Vec::new();
        if targets.iter().any(|t| matches!(t.cell, Cell::Heap(_))) && self.is_direct(p) {
            for t in targets {
                // What a context keeps is read by its own methods.
                let whole = self.load_target(t);
                if self.is_context(whole) {
                    continue;
                }
                let place = (t.cell, t.path.clone());
                if let Some(span) = self.origins.insert(place.clone(), p.span) {
                    before.push((place, span));
                }
            }
        }
        before
    }

    /// Whether a place expression leads by itself to what outlives the callback: from a static, a
    /// capture, `self` of a context, or a reference made in the same expression; not through a
    /// reference that some earlier statement made.
    pub(crate) fn is_direct(&mut self, p: &Place) -> bool {
        let PlaceBase::Local(l) = p.base else {
            return true;
        };
        let frame = self.frame();
        if l.0 < frame.body.captures {
            return true;
        }
        let name = frame.body.locals[l.0 as usize].name;
        if name.is_some_and(|n| n != "self") {
            return false;
        }
        let v = self.st.get(Cell::Stack(frame.base + l.0));
        let ptrs = self.v.node(v).ptrs.clone();
        ptrs.iter().any(|p| {
            let held = self.st.get(p.cell);
            let meant = self.load_target(&Target {
                cell: p.cell,
                path: p.path.to_vec(),
            });
            match name {
                Some(_) => self.is_context(meant),
                None => self.is_context(held) && !p.path.is_empty(),
            }
        })
    }

    /// Whether a local holds something from before an `.await`.
    pub(crate) fn is_suspended(&self, tags: TagSet) -> bool {
        self.v.tags.is_suspended(tags)
    }
}
