//! The life cycle: contexts are built as the plugin builds them and their callbacks run in host
//! order, each on what the ones before it left behind.
//!
//! When a callback ends, what it stored grows old: fresh taints in cells that live on become *kept*.
//! Reading a kept value is the event that rules are about. Overwrites need no rule of their own: a
//! value that a callback surely replaced is simply not there any more for those after it.

mod filters;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{CrateId, FnId, ImplId, Symbol, TypeDefKind, TypeId};
use crate::sdk::{Callback, Phase, PropertyClass};
use crate::source::Span;

use super::interp::call::Activation;
use super::interp::{Interp, Registered, Registration};
use super::resolve::Method;
use super::state::{Awaited, Happened, State, join_into};
use super::tag::{Age, Parted, Storage, Tag, TagSet};
use super::types::{TyId, TyKind};
use super::value::{Cell, Key, Known, Mapped, PtrKind, Val};

/// A context that was driven, for the model dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContextInfo {
    pub(crate) type_name: String,
    pub(crate) is_root: bool,
    /// Where it is registered or built; `None` for one that nothing in the tree builds.
    pub(crate) built_at: Option<Span>,
    /// Its type, or where it is built if that has no name.
    pub(crate) declared_at: Option<Span>,
    pub(crate) callbacks: Vec<Symbol>,
    pub(crate) fields: Vec<Symbol>,
}

/// One plugin: what an entry function registers, or contexts that nothing registers.
pub(crate) struct Unit<'i, 'p> {
    pub(crate) i: &'i mut Interp<'p>,
    pub(crate) contexts: Vec<ContextInfo>,
    /// What the streams of this round left behind.
    ends: Vec<State>,
    /// The streams that run now come after others.
    again: bool,
    /// Runs of callbacks, to take from when one meets again what it met before.
    ran: FxHashMap<(Cell, Symbol), Vec<Ran>>,
}

/// A run of a callback.
struct Ran {
    around: Around,
    entry: State,
    exits: Vec<(State, Val)>,
    /// What waits for answers afterwards.
    pending: Val,
}

/// What a callback depends on besides the state that it meets.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Around {
    phase: Phase,
    storage: Storage,
    headers_gone: bool,
    callout_late: bool,
    in_root: bool,
    dispatches: bool,
    pending: Val,
    /// How many cells there are, have a name, and stand for several allocations.
    cells: (usize, usize, usize),
}

/// What a phase leaves behind.
#[derive(Default)]
struct PhaseOut {
    /// All paths.
    state: State,
    /// Some callback of the phase exists.
    ran: bool,
    /// The paths on which the plugin goes on holding the request, if it does.
    stay: Option<State>,
    /// The paths on which the request goes on, or is answered.
    go: Option<State>,
}

impl PhaseOut {
    /// What the callbacks left, if there are any.
    fn answered(self) -> Option<State> {
        self.ran.then_some(self.state)
    }

    /// Puts one path where it belongs.
    fn sort(
        &mut self,
        s: State,
        entry: &State,
        phase: Phase,
        pauses: Option<bool>,
        i: &mut Interp<'_>,
    ) {
        let let_go = s.resumed != Happened::No || s.replied != entry.replied;
        let surely = s.resumed == Happened::Yes || s.replied == Happened::Yes;
        let (stays, goes) = if phase == Phase::RequestHeaders {
            (
                pauses != Some(false) && !surely,
                pauses != Some(true) || let_go,
            )
        } else {
            (!surely, let_go)
        };
        if goes {
            join_into(&mut self.go, s.clone(), &mut i.v);
        }
        if stays {
            join_into(&mut self.stay, s, &mut i.v);
        }
    }
}

/// Whether the host may resolve the route again once a callback ended.
#[derive(Clone, Copy)]
struct Window {
    /// After what the callback stored itself.
    fresh: bool,
    /// After what was stored before it.
    kept: bool,
}

/// How often callbacks that may come any number of times are run at most.
const ROUNDS: usize = 5;

/// The same once a plugin took as many runs of functions as this.
const FEWER_ROUNDS: [(u64, usize); 2] = [(60_000, 1), (20_000, 2)];

/// What a root context may be called for at any time.
const ROOT_PHASES: [Phase; 4] = [Phase::Tick, Phase::Queue, Phase::Done, Phase::Log];

impl<'i, 'p> Unit<'i, 'p> {
    pub(crate) fn new(i: &'i mut Interp<'p>) -> Self {
        Self {
            i,
            contexts: Vec::new(),
            ends: Vec::new(),
            again: false,
            ran: FxHashMap::default(),
        }
    }

    /// Runs the entry functions of a crate and drives what they register.
    pub(crate) fn drive_crate(&mut self, entries: &[FnId]) {
        for &f in entries {
            if self.i.r.program.functions[f.index()].is_async {
                self.drive_entrypoint(f);
                continue;
            }
            self.i.storage = Storage::Static;
            self.i.begin(Symbol::new("start"), Phase::VmStart);
            let func = &self.i.r.program.functions[f.index()];
            let unknown = self.i.v.opaque(TagSet::EMPTY, TyId::UNKNOWN);
            let args = vec![unknown; func.params.len()];
            self.i
                .run_fn(f, args, TyId::UNKNOWN, func.span, TagSet::EMPTY);
            self.i.st_dead = false;
        }
        let registrations = std::mem::take(&mut self.i.registrations);
        let mut seen: Vec<Registration> = Vec::new();
        for r in registrations {
            if !seen.iter().any(|s| s.span == r.span) {
                seen.push(r);
            }
        }
        let roots: Vec<Registration> = seen
            .iter()
            .filter(|r| r.kind == Registered::Root)
            .cloned()
            .collect();
        let mut root_cells = Vec::new();
        for r in &roots {
            if let Some(cell) = self.build_root(r) {
                self.drive_root(cell, Some(r.span));
                root_cells.push((cell, r.span));
            }
        }
        self.streams_after_streams(|this| {
            for &(cell, _) in &root_cells {
                this.drive_factories(cell);
            }
            for r in &seen {
                match r.kind {
                    Registered::Root => {}
                    Registered::Stream => this.drive_registered_stream(r),
                    Registered::Filter => this.drive_filter(r),
                }
            }
            if this.again {
                for &(cell, span) in &root_cells {
                    this.drive_root_later(cell, span);
                }
            }
        });
    }

    /// Runs streams, and once more on what these left in state that streams share.
    fn streams_after_streams(&mut self, mut run: impl FnMut(&mut Self)) {
        run(self);
        let mut ends = std::mem::take(&mut self.ends).into_iter();
        let Some(mut st) = ends.next() else { return };
        for end in ends {
            st.join(&end, &mut self.i.v);
        }
        let mut memo = Mapped::default();
        let mut left = false;
        for h in 0..st.heap.len() {
            if self.i.cells[h].storage == Storage::Stream {
                st.heap[h] = Val::BOTTOM;
                continue;
            }
            let parked = self.i.v.tags.streams();
            st.heap[h] = self.i.v.map_tags(st.heap[h], &mut memo, &mut |t: Tag| {
                Some(match t.age {
                    Age::Kept { site, open, .. } if parked[site.0 as usize] => {
                        // A context that was put aside is still the stream's own.
                        left |= open;
                        t
                    }
                    Age::Kept { site, .. } => {
                        left = true;
                        Tag {
                            age: Age::Kept {
                                site,
                                open: true,
                                foreign: true,
                            },
                            ..t
                        }
                    }
                    Age::Fresh(_) => t,
                })
            });
        }
        if !left {
            return;
        }
        st.set_events(Default::default());
        self.i.st = st;
        self.again = true;
        run(self);
        self.again = false;
    }

    /// The number of a context.
    fn context_id(&mut self, span: Span) -> Val {
        let name = Symbol::new("context id");
        let source = self.i.new_source(name, PropertyClass::ContextId, span);
        let tag = Tag::fresh(source);
        let tags = self.i.v.tags.one(tag);
        self.i.v.opaque(tags, TyId::UNKNOWN)
    }

    fn build_root(&mut self, r: &Registration) -> Option<Cell> {
        self.i.storage = Storage::Root;
        self.i.begin(Symbol::new("constructor"), Phase::VmStart);
        let id = self.context_id(r.span);
        let v = self.i.call_value(r.constructor, vec![id], r.span)?;
        self.i.st_dead = false;
        let mut v = self.i.content(v);
        if self.i.v.node(v).tys.is_empty() {
            // A constructor that may fail.
            let payload = self.i.project(v, Key::Element);
            v = self.i.content(payload);
        }
        Some(self.context_cell(v, r.span))
    }

    /// Puts a context object into a cell of its own.
    fn context_cell(&mut self, v: Val, span: Span) -> Cell {
        let cell = self.i.alloc(span, Val::BOTTOM, true);
        let v = self.i.stored_while_built(v, span);
        self.i.st.set(cell, v);
        cell
    }

    /// A root context of a type that nothing in the tree registers.
    pub(crate) fn drive_orphan_root(&mut self, ty: TypeId, span: Span) {
        self.i.storage = Storage::Root;
        self.i.begin(Symbol::new("constructor"), Phase::VmStart);
        let ty = self.i.tys.intern(TyKind::Adt(ty, Vec::new()));
        let v = self.i.v.opaque(TagSet::EMPTY, ty);
        let cell = self.context_cell(v, span);
        self.drive_root(cell, None);
        self.streams_after_streams(|this| {
            this.drive_factories(cell);
            if this.again {
                this.drive_root_later(cell, span);
            }
        });
    }

    /// A stream context of a type that nothing in the tree builds.
    pub(crate) fn drive_orphan_stream(&mut self, ty: TypeId, span: Span) {
        self.i.storage = Storage::Stream;
        self.i.begin(Symbol::new("constructor"), Phase::Construct);
        let ty = self.i.tys.intern(TyKind::Adt(ty, Vec::new()));
        let v = self.i.v.opaque(TagSet::EMPTY, ty);
        self.streams_after_streams(|this| {
            this.i.storage = Storage::Stream;
            let cell = this.context_cell(v, span);
            this.drive_stream(cell, None);
        });
    }

    fn drive_root(&mut self, cell: Cell, built_at: Option<Span>) {
        self.note_context(cell, true, built_at);
        self.i.storage = Storage::Root;
        self.i.in_root = true;
        let mut st = self.i.st.clone();
        for phase in [Phase::VmStart, Phase::Configure] {
            st = self.phase(cell, phase, st).state;
        }
        self.i.st = self.repeat(cell, &ROOT_PHASES, st);
        self.i.in_root = false;
    }

    /// The root context's own later callbacks, after streams ran.
    fn drive_root_later(&mut self, cell: Cell, _span: Span) {
        self.i.storage = Storage::Root;
        self.i.in_root = true;
        let st = self.i.st.clone();
        self.i.st = self.repeat(cell, &ROOT_PHASES, st);
        self.i.in_root = false;
    }

    fn drive_factories(&mut self, root: Cell) {
        let start = self.i.st.clone();
        let factories = self.i.sdk.factories().to_vec();
        for (name, owner) in factories {
            // The wrapper of an SDK that is in the tree calls its own factory.
            if self.i.sdk.is_followed(owner) && self.has_crate(owner) {
                continue;
            }
            self.i.st = start.clone();
            self.i.storage = Storage::Stream;
            self.i.begin(name, Phase::Construct);
            let Some(found) = self.methods(root, name) else {
                continue;
            };
            let this = self.i.v.ptr(root, &[], PtrKind::Borrow);
            for (m, ty) in found {
                self.i.st = start.clone();
                let span = self.i.r.program.functions[m.func.index()].name_span;
                let id = self.context_id(span);
                let v = self
                    .i
                    .run_fn(m.func, vec![this, id], ty, span, TagSet::EMPTY);
                if std::mem::take(&mut self.i.st_dead) {
                    continue;
                }
                let c = self.i.content(v);
                let payload = self.i.project(c, Key::Element);
                let payload = self.i.content(payload);
                self.install(payload, span);
            }
        }
        self.i.st = start;
    }

    fn drive_registered_stream(&mut self, r: &Registration) {
        let start = self.i.st.clone();
        self.i.storage = Storage::Stream;
        self.i.begin(Symbol::new("constructor"), Phase::Construct);
        let id = self.context_id(r.span);
        let Some(v) = self.i.call_value(r.constructor, vec![id, id], r.span) else {
            return;
        };
        self.i.st_dead = false;
        let c = self.i.content(v);
        self.install(c, r.span);
        self.i.st = start;
    }

    /// Makes the value that a constructor gave a stream context and drives it.
    fn install(&mut self, v: Val, span: Span) {
        let is_context = self
            .i
            .v
            .node(v)
            .tys
            .iter()
            .any(|t| matches!(self.i.tys.kind(*t), TyKind::Adt(..)));
        if !is_context {
            return;
        }
        // A constructor that builds one of several types: each is a context of its own.
        let start = self.i.st.clone();
        for v in self.by_type(v) {
            self.i.st = start.clone();
            let cell = self.context_cell(v, span);
            self.drive_stream(cell, Some(span));
        }
    }

    /// The value as each of the nominal types that it may have.
    fn by_type(&mut self, v: Val) -> Vec<Val> {
        let node = self.i.v.node(v).clone();
        if node.tys.len() < 2 {
            return vec![v];
        }
        let mut out = Vec::new();
        for &ty in &node.tys {
            let TyKind::Adt(t, _) = *self.i.tys.kind(ty) else {
                continue;
            };
            let TypeDefKind::Struct(fields) = &self.i.r.program.types[t.index()].kind else {
                continue;
            };
            let mut part = node.clone();
            part.tys = vec![ty];
            part.fields.retain(|(k, _)| match k {
                Key::Field(n) => fields.iter().any(|f| f.name == *n),
                _ => true,
            });
            out.push(self.i.v.make(part));
        }
        if out.is_empty() { vec![v] } else { out }
    }

    /// Runs the callbacks of a stream context in host order.
    fn drive_stream(&mut self, cell: Cell, built_at: Option<Span>) {
        self.note_context(cell, false, built_at);
        self.i.storage = Storage::Stream;
        self.i.headers_gone = false;
        self.i.callout_late = false;
        self.i.pending = Val::BOTTOM;
        let start = self.i.st.clone();

        // TCP: data of both directions in any order.
        let connected = self.phase(cell, Phase::Connect, start);
        let mut st = connected.state;
        for _ in 0..self.rounds() {
            let mut next = st.clone();
            for phase in [Phase::Downstream, Phase::Upstream] {
                let out = self.phase(cell, phase, st.clone());
                next.join(&out.state, &mut self.i.v);
            }
            if next == st {
                break;
            }
            st = next;
        }
        st = self.phase(cell, Phase::Close, st).state;

        // HTTP: the request side, with answers to callouts between any two callbacks. Paths that hold
        // the headers and paths that let them go meet again when the former do so too.
        let headers = self.phase(cell, Phase::RequestHeaders, st);
        self.i.headers_gone = headers.go.is_some() && headers.stay.is_none();
        let mut passed: Option<State> = None;
        let held = headers.stay.map(|held| self.hold(cell, held));
        let mut ways: Vec<State> = [headers.go, held].into_iter().flatten().collect();
        if ways.is_empty() {
            ways.push(headers.state);
        }
        for st in ways {
            let mut st = self.repeat(cell, &[Phase::RequestBody], st);
            let trailers = self.phase(cell, Phase::RequestTrailers, st.clone());
            st.join(&trailers.state, &mut self.i.v);
            let st = self.repeat(cell, &[], st);
            join_into(&mut passed, st, &mut self.i.v);
        }
        let st = passed.unwrap_or_default();

        // The response: by now the request went on.
        self.i.st = st;
        if self.i.st.replied != Happened::Yes {
            self.i.open_windows();
        }
        let st = std::mem::take(&mut self.i.st);
        self.i.headers_gone = true;
        self.i.callout_late = true;
        let st = self.phase(cell, Phase::ResponseHeaders, st).state;
        let mut st = self.repeat(cell, &[Phase::ResponseBody], st);
        let trailers = self.phase(cell, Phase::ResponseTrailers, st.clone());
        st.join(&trailers.state, &mut self.i.v);
        let done = self.phase(cell, Phase::Done, st.clone());
        st.join(&done.state, &mut self.i.v);
        self.i.headers_gone = false;
        let log = self.phase(cell, Phase::Log, st);
        self.ends.push(log.state);
    }

    /// How many rounds the plugin is worth. Each brings values one store further, and few take more
    /// than one; a large plugin pays for all of its code in each.
    fn rounds(&self) -> usize {
        let runs = self.i.runs;
        let fewer = FEWER_ROUNDS.iter().find(|(many, _)| runs > *many);
        fewer.map_or(ROUNDS, |(_, rounds)| *rounds)
    }

    /// Runs what may come while the plugin holds the request headers. What comes later follows
    /// those paths only that let them go; if none does so in what is known, all of them.
    fn hold(&mut self, cell: Cell, held: State) -> State {
        let mut all = held.clone();
        let mut front = held;
        let mut let_go: Option<State> = None;
        for _ in 0..self.rounds() {
            for _ in 0..self.rounds() {
                let out = self.phase(cell, Phase::RequestBody, front.clone());
                let grew = out.stay.is_some_and(|s| front.join(&s, &mut self.i.v));
                if let Some(s) = out.go {
                    join_into(&mut let_go, s, &mut self.i.v);
                }
                if !grew {
                    break;
                }
            }
            let mut grew = all.join(&front, &mut self.i.v);
            let out = self.phase(cell, Phase::Callout, front);
            if let Some(s) = out.go {
                join_into(&mut let_go, s, &mut self.i.v);
            }
            let Some(answered) = out.stay else { break };
            grew |= all.join(&answered, &mut self.i.v);
            if !grew {
                break;
            }
            front = answered;
        }
        let_go.unwrap_or(all)
    }

    /// Runs phases that may come any number of times, and answers to callouts between them, until
    /// nothing changes. An answer meets what was there before it came, not what it left itself.
    fn repeat(&mut self, cell: Cell, phases: &[Phase], st: State) -> State {
        let mut all = st.clone();
        let mut front = st;
        for _ in 0..self.rounds() {
            for _ in 0..self.rounds() {
                let before = front.clone();
                for &phase in phases {
                    let out = self.phase(cell, phase, front.clone());
                    front.join(&out.state, &mut self.i.v);
                }
                if before == front {
                    break;
                }
            }
            let mut grew = all.join(&front, &mut self.i.v);
            let out = self.phase(cell, Phase::Callout, front);
            let Some(answered) = out.answered() else {
                break;
            };
            front = answered;
            grew |= all.join(&front, &mut self.i.v);
            if !grew {
                break;
            }
        }
        all
    }

    /// Runs the callbacks of one phase, one after the other in one host callback.
    fn phase(&mut self, cell: Cell, phase: Phase, entry: State) -> PhaseOut {
        // Callouts are separate host callbacks, others of one phase share one.
        if phase == Phase::Callout {
            return self.callouts(cell, entry);
        }
        let callbacks = self.callbacks_of(phase);
        // What the context is, so what its last callback is, is looked up in the state.
        self.i.st = entry.clone();
        let last = self.last_of(cell, phase);
        let mut out = PhaseOut::default();
        let mut current = entry.clone();
        let mut paused = false;
        for cb in &callbacks {
            let Some(exits) = self.callback(cell, cb, current.clone()) else {
                continue;
            };
            out.ran = true;
            let exits = self.without_answered(exits);
            let mut left: Option<State> = None;
            for (s, v) in exits {
                let pauses = self.pauses(v);
                if cb.name == last {
                    // One callback of several that holds the request holds it for all.
                    let pauses = match pauses {
                        Some(false) if paused => None,
                        p => p,
                    };
                    let s = self.age(s, phase, pauses);
                    out.sort(s.clone(), &entry, phase, pauses, self.i);
                    join_into(&mut left, s, &mut self.i.v);
                } else {
                    paused |= pauses != Some(false);
                    join_into(&mut left, s, &mut self.i.v);
                }
            }
            if let Some(s) = left {
                current = s;
            }
        }
        if !out.ran {
            // The default of the SDK lets the host go on.
            if matches!(phase, Phase::RequestHeaders | Phase::RequestBody) {
                current = self.age(current, phase, Some(false));
            }
            if phase == Phase::RequestHeaders {
                out.go = Some(current.clone());
            } else {
                out.stay = Some(current.clone());
            }
        }
        out.state = current;
        out
    }

    /// Runs what may be answered now, each answer on its own.
    fn callouts(&mut self, cell: Cell, entry: State) -> PhaseOut {
        let mut out = PhaseOut::default();
        let mut state: Option<State> = None;
        let awaits = entry.awaited != Awaited::None || self.i.in_root || !self.i.dispatches;
        for cb in self.callbacks_of(Phase::Callout) {
            if !awaits {
                break;
            }
            let mut from = entry.clone();
            // A stream goes on answering.
            if !cb.name.as_str().contains("_stream_") {
                from.awaited = from.awaited.less();
            }
            let Some(exits) = self.callback(cell, &cb, from) else {
                continue;
            };
            out.ran = true;
            for (s, v) in self.without_answered(exits) {
                let pauses = self.pauses(v);
                let s = self.age(s, Phase::Callout, pauses);
                join_into(&mut state, s.clone(), &mut self.i.v);
                out.sort(s, &entry, Phase::Callout, pauses, self.i);
            }
        }
        if let Some(s) = self.pending_callbacks(&entry) {
            out.ran = true;
            join_into(&mut state, s.clone(), &mut self.i.v);
            out.sort(s, &entry, Phase::Callout, None, self.i);
        }
        out.state = state.unwrap_or(entry);
        out
    }

    fn callbacks_of(&self, phase: Phase) -> Vec<Callback> {
        self.i
            .sdk
            .callbacks()
            .iter()
            .filter(|c| c.phase == phase)
            .cloned()
            .collect()
    }

    /// The last callback of a phase that the context has.
    fn last_of(&mut self, cell: Cell, phase: Phase) -> Symbol {
        self.callbacks_of(phase)
            .into_iter()
            .rfind(|c| self.has_trait(cell, &c.on) && self.methods(cell, c.name).is_some())
            .map_or_else(|| Symbol::new(""), |c| c.name)
    }

    /// Closures that an SDK outside of the tree keeps for the answer.
    fn pending_callbacks(&mut self, entry: &State) -> Option<State> {
        let pending = self.i.pending;
        if pending == Val::BOTTOM {
            return None;
        }
        self.i.st = entry.clone();
        self.i.begin(Symbol::new("callout answer"), Phase::Callout);
        let mut memo = Mapped::default();
        let window = Window {
            fresh: true,
            kept: true,
        };
        let old = self.aged(pending, window, false, &mut memo);
        let span = {
            let n = self.i.v.node(pending).fns.first().cloned();
            match n {
                Some(super::value::Callable::Closure { func, .. }) => {
                    self.i.r.program.functions[func.index()].span
                }
                _ => return None,
            }
        };
        let clean = self.i.v.live(TyId::UNKNOWN);
        self.i.call_value(old, vec![clean; 4], span)?;
        self.i.st_dead = false;
        let st = std::mem::take(&mut self.i.st);
        Some(self.age(st, Phase::Callout, None))
    }

    /// Whether a callback's result makes the host hold what it gave; `None`: on some paths.
    fn pauses(&self, v: Val) -> Option<bool> {
        let mut n = self.i.v.node(v);
        // In a `Result`: what is in it, or what the SDK makes of an error.
        if let Some(&(_, inner)) = n.fields.iter().find(|(k, _)| *k == Key::Element) {
            n = self.i.v.node(inner);
        } else if n.complete && (n.known == [Known::Variant(Symbol::new("None"))] || is_error(n)) {
            return self.i.sdk.is_pausing(Symbol::new("Err")).then_some(true);
        }
        if n.known.is_empty() || n.opaque {
            return None;
        }
        let pausing = n
            .known
            .iter()
            .filter(|k| matches!(k, Known::Variant(name) if self.i.sdk.is_pausing(*name)))
            .count();
        match pausing {
            0 => Some(false),
            p if p == n.known.len() => Some(true),
            _ => None,
        }
    }

    /// Runs one callback; `None` when the context does not have it.
    fn callback(&mut self, cell: Cell, cb: &Callback, entry: State) -> Option<Vec<(State, Val)>> {
        self.i.st = entry;
        if !self.has_trait(cell, &cb.on) {
            return None;
        }
        let found = self.methods(cell, cb.name)?;
        let before = self.i.st.clone();
        let around = self.around(cb.phase);
        let known = self.ran.get(&(cell, cb.name)).and_then(|runs| {
            let same = |r: &&Ran| r.around == around && r.entry == before;
            runs.iter().rfind(same)
        });
        if let Some(known) = known {
            self.i.pending = known.pending;
            return Some(known.exits.clone());
        }
        let mut exits = Vec::new();
        for (m, ty) in found {
            self.i.st = before.clone();
            self.i.st.resumed = Happened::No;
            self.i.st.rerouted = Happened::No;
            self.i.st.effective = Happened::No;
            self.i.begin(cb.name, cb.phase);
            let func = &self.i.r.program.functions[m.func.index()];
            let Some(body) = &func.body else { continue };
            let mut args = vec![self.i.v.ptr(cell, &[], PtrKind::Borrow)];
            for n in 1..func.params.len() {
                let v = match &cb.source {
                    Some((at, s)) if *at == n => self.i.sdk_value(s, func.params[n].span),
                    _ => self.i.v.live(TyId::UNKNOWN),
                };
                args.push(v);
            }
            let (env, args, _) = self.i.bind(m.func, args, ty, &[]);
            self.note_callback(cell, cb.name);
            self.i.facts.executed.insert(m.func);
            let (outs, conditions, results) = self.i.run_body(
                Activation {
                    func: m.func,
                    body,
                    path: std::rc::Rc::from([]),
                    env: std::rc::Rc::new(env),
                    args,
                    span: func.name_span,
                    ctrl: TagSet::EMPTY,
                },
                true,
            );
            self.i.st_dead = false;
            // What a callback returns acts on the host.
            let chosen = self.i.choice(&results, conditions);
            self.i.note_act(chosen);
            for (_, v) in &outs {
                let d = self.i.v.deep(*v);
                self.i.note_act(d);
            }
            exits.extend(outs.into_iter().map(|(mut st, v)| {
                self.forget_garbage(&before, &mut st);
                (st, v)
            }));
        }
        let run = Ran {
            around,
            entry: before,
            exits: exits.clone(),
            pending: self.i.pending,
        };
        self.ran.entry((cell, cb.name)).or_default().push(run);
        Some(exits)
    }

    fn around(&self, phase: Phase) -> Around {
        let cells = &self.i.cells;
        Around {
            phase,
            storage: self.i.storage,
            headers_gone: self.i.headers_gone,
            callout_late: self.i.callout_late,
            in_root: self.i.in_root,
            dispatches: self.i.dispatches,
            pending: self.i.pending,
            cells: (
                cells.len(),
                cells.iter().filter(|c| c.name.is_some()).count(),
                cells.iter().filter(|c| c.many).count(),
            ),
        }
    }

    /// Allocations of a callback that nothing leads to once it ended are gone: the next run of the
    /// same code makes new ones.
    fn forget_garbage(&mut self, before: &State, st: &mut State) {
        let was = |h: usize| before.heap.get(h).copied().unwrap_or(Val::BOTTOM);
        let mut fresh: Vec<usize> = (0..st.heap.len())
            .filter(|&h| st.heap[h] != Val::BOTTOM && was(h) == Val::BOTTOM)
            .filter(|&h| {
                let info = &self.i.cells[h];
                let by_name = self
                    .i
                    .static_order
                    .contains(&u32::try_from(h).unwrap_or(u32::MAX));
                !info.is_context && info.storage != Storage::Static && !by_name
            })
            .collect();
        if fresh.is_empty() {
            return;
        }
        let mut seen = FxHashSet::default();
        let mut ptrs = Vec::new();
        self.i.v.pointers(self.i.pending, &mut seen, &mut ptrs);
        for (h, &v) in st.heap.iter().enumerate() {
            if fresh.binary_search(&h).is_err() {
                self.i.v.pointers(v, &mut seen, &mut ptrs);
            }
        }
        let mut i = 0;
        while i < ptrs.len() && !fresh.is_empty() {
            if let Cell::Heap(h) = ptrs[i].cell
                && let Ok(at) = fresh.binary_search(&(h as usize))
            {
                fresh.remove(at);
                self.i.v.pointers(st.heap[h as usize], &mut seen, &mut ptrs);
            }
            i += 1;
        }
        for h in fresh {
            st.heap[h] = Val::BOTTOM;
        }
    }

    /// Whether a context implements one of these traits of an SDK, if there are any.
    fn has_trait(&mut self, cell: Cell, traits: &[Symbol]) -> bool {
        if traits.is_empty() {
            return true;
        }
        let v = self.i.st.get(cell);
        let v = self.i.content(v);
        self.i
            .v
            .node(v)
            .tys
            .iter()
            .any(|t| match self.i.tys.kind(*t) {
                TyKind::Adt(t, _) => self.i.r.implements_any(*t, |tr| {
                    traits.contains(&tr.name) && self.i.is_sdk_trait(tr)
                }),
                _ => false,
            })
    }

    /// The in-tree methods of a context, those of a modelled SDK left out.
    fn methods(&mut self, cell: Cell, name: Symbol) -> Option<Vec<(Method, TyId)>> {
        let v = self.i.st.get(cell);
        let v = self.i.content(v);
        let tys = self.i.v.node(v).tys.clone();
        let mut out = Vec::new();
        for ty in tys {
            let TyKind::Adt(t, _) = *self.i.tys.kind(ty) else {
                continue;
            };
            for m in self.i.r.methods(t, name) {
                let func = &self.i.r.program.functions[m.func.index()];
                let krate = self.i.r.program.modules[func.module.index()].krate;
                let package = self.i.r.crate_package(krate);
                let modelled = self.i.sdk.is_sdk_crate(package) && !self.i.sdk.is_followed(package);
                if func.body.is_some() && !(modelled && func.trait_id.is_some()) {
                    out.push((m, ty));
                }
            }
        }
        if out.is_empty() { None } else { Some(out) }
    }

    fn has_crate(&self, package: Symbol) -> bool {
        (0..self.i.r.program.crates.len()).any(|c| {
            let id = CrateId(u32::try_from(c).unwrap_or(u32::MAX));
            self.i.r.crate_package(id) == package
        })
    }

    /// What a state looks like to later callbacks.
    fn age(&mut self, st: State, phase: Phase, pauses: Option<bool>) -> State {
        let mut st = st;
        let request = matches!(
            phase,
            Phase::RequestHeaders | Phase::RequestBody | Phase::RequestTrailers
        );
        let early_callout = phase == Phase::Callout && !self.i.callout_late;
        let held = request && pauses == Some(true) && st.resumed == Happened::No;
        let replied = st.replied == Happened::Yes;
        let window = Window {
            fresh: !replied && !held,
            // What was held when the request body came was held for it: that the body callback
            // lets the headers go matters to those who come later. `resume` opens by itself.
            kept: !replied
                && !early_callout
                && !matches!(phase, Phase::RequestBody | Phase::RequestTrailers),
        };
        let mut memos = [Mapped::default(), Mapped::default()];
        for h in 0..st.heap.len() {
            // What was compared in this callback proves nothing in the next one.
            st.heap[h] = self.i.v.unguarded(st.heap[h]);
            let is_static = self.i.cells[h].storage == Storage::Static;
            if !is_static {
                st.heap[h] = self.without_configuration(st.heap[h]);
            }
            if replied && self.i.cells[h].storage == Storage::Stream {
                // After the plugin's own answer no filter resolves the route again.
                st.heap[h] = self.i.settled(st.heap[h]);
            }
            let parks = self.i.cells[h].storage != Storage::Stream;
            let memo = &mut memos[usize::from(parks)];
            st.heap[h] = self.aged(st.heap[h], window, parks, memo);
        }
        st
    }

    /// The ends of a callback that answers the request on some paths. What is the same constant on all
    /// others is no choice there: `if self.denied { reply; return Pause }` leaves `false`.
    fn without_answered(&mut self, mut exits: Vec<(State, Val)>) -> Vec<(State, Val)> {
        let answered = exits.iter().any(|(s, _)| s.replied == Happened::Yes);
        let mut others: Vec<&mut State> = exits
            .iter_mut()
            .map(|(s, _)| s)
            .filter(|s| s.replied != Happened::Yes)
            .collect();
        if answered && !others.is_empty() {
            let cells = others.iter().map(|s| s.heap.len()).min().unwrap_or(0);
            for h in 0..cells {
                if self.i.cells[h].storage == Storage::Stream {
                    self.i.forget_constants(&mut others, h);
                }
            }
        }
        exits
    }

    /// Configuration kept anywhere but in a static is as it should be.
    fn without_configuration(&mut self, v: Val) -> Val {
        let deep = self.i.v.deep(v);
        let dropped: FxHashSet<Tag> = self
            .i
            .v
            .tags
            .list(deep)
            .into_iter()
            .filter(|t| self.i.v.tags.source_of(t.source).class == PropertyClass::Configuration)
            .collect();
        if dropped.is_empty() {
            return v;
        }
        let mut memo = Mapped::default();
        self.i
            .v
            .map_tags(v, &mut memo, &mut |t| (!dropped.contains(&t)).then_some(t))
    }

    /// Fresh taints become kept.
    fn aged(&mut self, v: Val, window: Window, parks: bool, memo: &mut Mapped) -> Val {
        if self.i.v.deep(v).is_empty() {
            return v;
        }
        self.i.note_stores(v);
        let finals = self.i.v.tags.finals();
        let streams = if parks {
            self.i.v.tags.streams()
        } else {
            Vec::new()
        };
        self.i.v.map_tags(v, memo, &mut |t: Tag| {
            let moves = !finals[t.source.0 as usize];
            let age = match t.age {
                Age::Fresh(None) => return None,
                // Other streams run before this one's next callback: what streams share is theirs.
                Age::Fresh(Some(site)) => Age::Kept {
                    site,
                    open: window.fresh && moves,
                    foreign: parks && !streams[site.0 as usize],
                },
                // A context that was put aside goes on from where it was.
                Age::Kept { site, .. } if parks && streams[site.0 as usize] => t.age,
                Age::Kept {
                    site,
                    open,
                    foreign,
                } => Age::Kept {
                    site,
                    open: open || (window.kept && moves),
                    foreign,
                },
            };
            let parted = match t.parted {
                Parted::Now => Parted::Before,
                other => other,
            };
            Some(Tag { age, parted, ..t })
        })
    }

    fn note_context(&mut self, cell: Cell, is_root: bool, built_at: Option<Span>) {
        if self.again {
            return;
        }
        let v = self.i.st.get(cell);
        let type_name = self.i.type_name(v);
        let types = || {
            let tys = self.i.v.node(v).tys.iter();
            tys.filter_map(|t| match self.i.tys.kind(*t) {
                TyKind::Adt(t, _) => Some(&self.i.r.program.types[t.index()]),
                _ => None,
            })
        };
        let fields = types().find_map(|def| match &def.kind {
            TypeDefKind::Struct(fs) => Some(fs.iter().map(|f| f.name).collect()),
            _ => None,
        });
        let declared_at = types().next().map(|def| def.span).or(built_at);
        let info = ContextInfo {
            fields: fields.unwrap_or_default(),
            type_name,
            is_root,
            built_at,
            declared_at,
            callbacks: Vec::new(),
        };
        self.contexts.push(info);
    }

    fn note_callback(&mut self, cell: Cell, name: Symbol) {
        let v = self.i.st.get(cell);
        let type_name = self.i.type_name(v);
        if let Some(c) = self
            .contexts
            .iter_mut()
            .rev()
            .find(|c| c.type_name == type_name)
            && !c.callbacks.contains(&name)
        {
            c.callbacks.push(name);
        }
    }
}

/// Whether a value is the error side of a `Result`.
fn is_error(n: &super::value::Node) -> bool {
    n.fields
        .iter()
        .any(|(k, _)| matches!(k, Key::Variant(v, _) if *v == "Err"))
}

/// The impl of an SDK trait on a type that makes it a context, with its place.
pub(crate) fn context_impl(i: &Interp<'_>, imp: ImplId) -> Option<(TypeId, Symbol)> {
    let t = i.r.trait_of_impl(imp)?;
    if !i.is_sdk_trait(t) {
        return None;
    }
    Some((i.r.impl_type(imp)?, t.name))
}
