//! What the analysis found out, in terms that know nothing of rules or wording.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::lifecycle::ContextInfo;
use super::tag::Storage;
use crate::finding::Problem;
use crate::ir::FnId;
use crate::sdk::{Phase, PropertyClass};
use crate::source::{SourceMap, Span};

/// The name of a property or header that the source does not tell, in facts and in reports for programs.
pub const UNNAMED: &str = "?";

/// A call on the way from a callback to a place: the call and what it calls.
pub type CallSite = (Span, String);

/// A host read that a store depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFact {
    /// The call in which the property's name is written.
    pub span: Span,
    /// The host call itself, when a wrapper lies between.
    pub host_span: Span,
    /// The dotted path or header name.
    pub property: String,
    /// Its lifetime class.
    pub class: PropertyClass,
    /// Every route match may look at it (requests only).
    pub routing: bool,
    /// The callback in which it is read.
    pub callback: String,
    /// Calls from the callback to the read, outermost first.
    pub stack: Vec<CallSite>,
    /// The stored value was chosen by it; it is not the value itself.
    pub decided: bool,
    /// Certainty was lost on the way.
    pub low: bool,
    /// When that callback runs.
    pub phase: Phase,
    /// Read when the value moves no more: the route that served the request.
    pub is_final: bool,
    /// Some log line or trace tag names it.
    pub logged: bool,
    /// Conditions that looked at it.
    pub conditions: Vec<Span>,
    /// Some later use branches, calls the host or answers with it.
    pub acts: bool,
    /// Some later use logs it.
    pub tells: bool,
    /// Later reads.
    pub reads: Vec<ReadFact>,
}

/// A later read of what was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFact {
    /// Where.
    pub span: Span,
    /// In which callback.
    pub callback: String,
    /// In which function.
    pub function: String,
    /// Calls from the callback to the read, outermost first.
    pub stack: Vec<CallSite>,
    /// Certainty was lost before.
    pub low: bool,
    /// It reads what another stream stored.
    pub foreign: bool,
    /// The root context reads, not a stream.
    pub in_root: bool,
    /// When.
    pub phase: Phase,
}

/// A store into something that outlives its callback, with later reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFact {
    /// The store.
    pub span: Span,
    /// `Plugin.route`, or the static's name.
    pub subject: String,
    /// What it writes into.
    pub storage: Storage,
    /// The callback that runs then.
    pub callback: String,
    /// The function that holds the store.
    pub function: String,
    /// It adds to a collection instead of overwriting.
    pub adds: bool,
    /// What it depends on, sorted by place.
    pub sources: Vec<SourceFact>,
    /// Where the plugin itself makes the host drop the route.
    pub reroutes: Vec<RerouteFact>,
}

/// Why a read does not give what the plugin expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MisreadKind {
    /// A request header or `request.*` where the host has none any more, or none yet.
    Gone,
    /// A property of a stream where no stream is current.
    Outside,
    /// A route property after the plugin made the host drop the route, in the same callback.
    Rerouted,
    /// The absent value is unwrapped.
    Unchecked,
}

/// A read that the host answers otherwise than the plugin expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MisreadFact {
    /// Why.
    pub kind: MisreadKind,
    /// The read.
    pub span: Span,
    /// What is read.
    pub property: String,
    /// In which callback.
    pub callback: String,
    /// When.
    pub phase: Phase,
    /// A header, which traps; a property is merely absent.
    pub is_header: bool,
    /// The plugin's SDK may hand over an error instead.
    pub low: bool,
    /// Calls from the callback to the read, outermost first.
    pub stack: Vec<CallSite>,
}

/// A write to a routing input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RerouteFact {
    /// The host call.
    pub span: Span,
    /// In which callback.
    pub callback: String,
}

/// What code does besides computing a value, and what it asks the host for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Deed {
    /// It asks the host.
    Ask {
        /// The call in which the property's name is written.
        span: Span,
        /// The dotted path or header name.
        property: String,
        /// Its lifetime class.
        class: PropertyClass,
    },
    /// It tells the host something: a header, a reply, shared data, a callout.
    Host,
    /// It writes something that lives on.
    Write {
        /// The place, as the subject of a store (`Plugin.route`).
        subject: String,
        /// Where the cell that holds it was allocated, if it is no static.
        made: Option<Span>,
        /// While the plugin or the stream context is set up: before any callback of a stream.
        early: bool,
    },
}

impl Deed {
    /// Whether it writes the place, or one that holds it.
    pub fn writes(&self, wanted: &str) -> bool {
        matches!(self, Self::Write { subject, .. } if is_within(wanted, subject))
    }

    /// Whether it writes the place, a part of it or one that holds it.
    pub fn touches(&self, wanted: &str) -> bool {
        self.writes(wanted)
            || matches!(self, Self::Write { subject, .. } if is_within(subject, wanted))
    }
}

/// Whether a place is another one or a part of it, as subjects name them.
pub fn is_within(place: &str, whole: &str) -> bool {
    let part = place.strip_prefix(whole);
    part.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// All that the analysis found out.
#[derive(Debug, Default)]
pub struct Flow {
    /// Stores that are read later.
    pub stores: Vec<StoreFact>,
    /// All stores, also those that nobody reads later, for the model dump.
    pub kept: Vec<StoreFact>,
    /// Reads that the host answers otherwise than the plugin expects.
    pub misreads: Vec<MisreadFact>,
    /// What is kept and compared with a fresh read: the place and the property, sorted.
    pub compared: BTreeSet<(String, String)>,
    /// What calls and assignments do besides computing a value, and what they ask the host for, in the
    /// calls below them too.
    pub doing: BTreeMap<Span, BTreeSet<Deed>>,
    /// Fields and statics that hold something else once streams run, by name: those that are written,
    /// and those that point to what is.
    pub moving: BTreeSet<String>,
    /// Functions that ran, by where their name stands.
    pub ran: BTreeSet<Span>,
    /// Reroutes by the plugins themselves.
    pub reroutes: Vec<RerouteFact>,
    /// Host reads met.
    pub sources: Vec<SourceFact>,
    pub(crate) contexts: Vec<ContextInfo>,
    /// What went wrong: a budget that was used up.
    pub problems: Vec<Problem>,
    /// Functions that ran.
    pub(crate) executed: FxHashSet<FnId>,
    merged: Merged,
}

/// Where in the lists of a [`Flow`] a fact is.
#[derive(Debug, Default)]
struct Merged {
    stores: FxHashMap<(Span, String, Storage), usize>,
    kept: FxHashMap<(Span, String, Storage), usize>,
    sources: FxHashSet<(Span, String, String)>,
    misreads: FxHashSet<(MisreadKind, Span, String, String)>,
    reroutes: FxHashSet<(Span, String)>,
}

impl Flow {
    /// What is done in some code: the calls and assignments whose spans lie in `code`.
    pub fn doing_in(&self, code: Span) -> impl Iterator<Item = (Span, &BTreeSet<Deed>)> {
        let first = Span {
            hi: code.lo,
            ..code
        };
        let last = Span {
            lo: code.hi,
            ..code
        };
        let range = self.doing.range(first..=last);
        range
            .map(|(span, deeds)| (*span, deeds))
            .filter(move |(span, _)| code.contains(*span))
    }

    /// Whether the function that starts at `start` and whose body starts at `body` ran.
    pub fn has_run(&self, start: Span, body: Span) -> bool {
        let first = Span {
            hi: start.lo,
            ..start
        };
        let last = Span {
            lo: body.lo,
            hi: body.lo,
            ..body
        };
        self.ran.range(first..=last).next().is_some()
    }

    /// Whether the call or assignment at `span` writes the place that a store names.
    pub fn writes(&self, span: Span, subject: &str) -> bool {
        let deeds = self.doing.get(&span);
        deeds.is_some_and(|deeds| deeds.iter().any(|d| d.writes(subject)))
    }

    /// Takes over what one plugin's run has shown. Plugins share code, so the same fact may come
    /// from several.
    pub(crate) fn merge(&mut self, part: Self) {
        for s in part.stores {
            merge_store(&mut self.stores, &mut self.merged.stores, s);
        }
        for s in part.kept {
            merge_store(&mut self.kept, &mut self.merged.kept, s);
        }
        for s in part.sources {
            if self
                .merged
                .sources
                .insert((s.span, s.property.clone(), s.callback.clone()))
            {
                self.sources.push(s);
            }
        }
        for m in part.misreads {
            let key = (m.kind, m.span, m.property.clone(), m.callback.clone());
            if self.merged.misreads.insert(key) {
                self.misreads.push(m);
            }
        }
        for r in part.reroutes {
            if self.merged.reroutes.insert((r.span, r.callback.clone())) {
                self.reroutes.push(r);
            }
        }
        self.compared.extend(part.compared);
        self.moving.extend(part.moving);
        self.ran.extend(part.ran);
        for (span, deeds) in part.doing {
            self.doing.entry(span).or_default().extend(deeds);
        }
        self.contexts.extend(part.contexts);
        self.problems.extend(part.problems);
        self.executed.extend(part.executed);
    }

    /// Puts everything in an order that depends on the source alone.
    pub(crate) fn sort(&mut self, sources: &SourceMap) {
        let key = |span: Span| (sources.file(span.file).name.clone(), span.lo, span.hi);
        for list in [&mut self.stores, &mut self.kept] {
            list.sort_by_key(|s| (key(s.span), s.subject.clone()));
            for store in list.iter_mut() {
                store
                    .sources
                    .sort_by_key(|s| (key(s.span), s.property.clone()));
                for source in &mut store.sources {
                    source
                        .reads
                        .sort_by_key(|r| (key(r.span), r.callback.clone()));
                }
            }
        }
        self.misreads
            .sort_by_key(|m| (m.kind, key(m.span), m.property.clone(), m.callback.clone()));
        self.reroutes
            .sort_by_key(|r| (key(r.span), r.callback.clone()));
        self.sources
            .sort_by_key(|s| (key(s.span), s.property.clone(), s.callback.clone()));
    }
}

fn merge_store(
    stores: &mut Vec<StoreFact>,
    places: &mut FxHashMap<(Span, String, Storage), usize>,
    fact: StoreFact,
) {
    let key = (fact.span, fact.subject.clone(), fact.storage);
    let Some(&at) = places.get(&key) else {
        places.insert(key, stores.len());
        stores.push(fact);
        return;
    };
    let old = &mut stores[at];
    for source in fact.sources {
        let same = |s: &&mut SourceFact| s.span == source.span && s.property == source.property;
        match old.sources.iter_mut().find(same) {
            Some(known) => known.merge(source),
            None => old.sources.push(source),
        }
    }
    for r in fact.reroutes {
        if !old.reroutes.contains(&r) {
            old.reroutes.push(r);
        }
    }
}

impl SourceFact {
    pub(super) fn merge(&mut self, other: Self) {
        self.decided &= other.decided;
        self.low &= other.low;
        self.logged |= other.logged;
        self.acts |= other.acts;
        self.tells |= other.tells;
        let mut seen: FxHashSet<(Span, String)> = self
            .reads
            .iter()
            .map(|r| (r.span, r.callback.clone()))
            .collect();
        for read in other.reads {
            if seen.insert((read.span, read.callback.clone())) {
                self.reads.push(read);
            }
        }
    }
}
