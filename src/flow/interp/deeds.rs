//! What calls and assignments do besides computing a value, and what they ask the host for.
//!
//! Fixes move code: they have to know what it does, how deep in the calls it may be.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::super::value::{Cell, Key};
use super::Interp;
use super::place::Target;
use crate::flow::tag::{SourceId, Storage};
use crate::ir::Symbol;
use crate::sdk::Phase;
use crate::source::Span;

/// Something that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Done {
    /// The host is told something: a header, a reply, shared data, a callout.
    Host,
    /// The host is asked.
    Ask(SourceId),
    /// Something is written that lives on.
    Write {
        /// The place, as findings name it (`Plugin.route`).
        subject: Symbol,
        /// Where the cell that holds it was allocated, if it is no static.
        made: Option<Span>,
        /// While the plugin or the stream context is set up: before any callback of a stream.
        early: bool,
    },
}

/// A call that does more is taken for one that does anything.
const MAX_DEEDS: usize = 512;

/// A path below a cell, and the name that findings give it.
pub(super) type Named = (Box<[Key]>, Symbol);

impl Interp<'_> {
    /// Remembers that the host is told something.
    pub(crate) fn note_host_deed(&mut self) {
        self.effects += 1;
        self.deeds.push(Done::Host);
    }

    /// Remembers a write to a heap cell by the code at `span`.
    pub(crate) fn note_write(&mut self, target: &Target, span: Span) {
        self.effects += 1;
        let Cell::Heap(h) = target.cell else { return };
        let path: &[Key] = &target.path;
        let named = self.written.entry(target.cell).or_default();
        let known = named.iter().find(|(p, _)| **p == *path).map(|(_, s)| *s);
        let subject = match known {
            Some(subject) => subject,
            None => {
                let subject = self.site_for(target, span).subject;
                let named = self.written.entry(target.cell).or_default();
                named.push((path.into(), subject));
                subject
            }
        };
        let made = self.cells[h as usize].made;
        let early = self.is_early(h);
        self.note_late(target);
        let done = Done::Write {
            subject,
            made,
            early,
        };
        self.deeds.push(done);
        self.facts.doing.entry(span).or_default().insert(done);
    }

    /// Whether no callback of a stream that knows the cell has run yet. What streams share has met the
    /// streams before this one.
    fn is_early(&self, cell: u32) -> bool {
        match self.phase {
            Phase::VmStart | Phase::Configure => true,
            Phase::Construct => self.cells[cell as usize].storage == Storage::Stream,
            _ => false,
        }
    }

    /// Remembers that a place holds something else from now on, by whatever name it was reached.
    pub(crate) fn note_late(&mut self, target: &Target) {
        let Cell::Heap(h) = target.cell else { return };
        if self.is_early(h) {
            return;
        }
        let field = target.path.iter().rev().find_map(|k| match k {
            Key::Field(name) => Some(*name),
            _ => None,
        });
        self.facts.late.insert((h, field));
    }

    /// What was done since the ledger had `from` entries, each once.
    pub(crate) fn deeds_since(&self, from: usize) -> Rc<[Done]> {
        if self.deeds.len() - from > MAX_DEEDS {
            return Rc::new([Done::Host]);
        }
        let mut seen = FxHashSet::default();
        let new = self.deeds[from..].iter().copied();
        new.filter(|done| seen.insert(*done)).collect()
    }

    /// Charges a call with what was done since the ledger had `from` entries.
    pub(crate) fn charge(&mut self, call: Span, from: usize) {
        if self.deeds.len() - from.min(self.deeds.len()) > MAX_DEEDS {
            // Too much to be told one by one: nothing of it is moved.
            self.facts
                .doing
                .insert(call, std::iter::once(Done::Host).collect());
        } else if self.deeds.len() > from {
            let new = &self.deeds[from..];
            self.facts.doing.entry(call).or_default().extend(new);
        }
    }
}
