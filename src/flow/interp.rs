//! The abstract interpreter: runs callbacks over abstract values.
//!
//! A call is analysed in the context of its arguments; the result is tabulated, so a function is
//! analysed once for each distinct input (the functional approach of Sharir and Pnueli, with the
//! reachable part of the heap as part of the input). That makes dispatch, closures, constants and
//! property paths exact where the source is, without a separate pass for each.

mod activate;
pub(crate) mod call;
mod closure;
mod consequence;
mod convert;
mod deeds;
mod dispatch;
pub(crate) mod filters;
mod guards;
mod host;
mod indirect;
mod models;
mod paths;
mod place;
mod reads;
mod refine;
mod rvalue;
mod sdk;
mod single;
mod stmt;
mod store;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{Body, FnId, GlobalId, LabelId, ModuleId, Symbol};
use crate::sdk::{Phase, PropertyClass, Sdk};
use crate::source::Span;

use super::facts::MisreadKind;
use super::resolve::Resolver;
use super::state::State;
use super::tag::{Age, Kind, SiteId, SourceId, Storage, Tag, TagSet};
use super::types::{TyEnv, TyId, TyTable};
use super::value::{Cell, Proof, PtrKind, Sided, Val, Values};
use consequence::{Leaving, Open};
pub(crate) use deeds::Done;

/// What is known of a heap cell besides its value.
#[derive(Clone, Debug)]
pub(crate) struct CellInfo {
    /// What kind of state it is.
    pub(crate) storage: Storage,
    /// For a static its name, for an allocation the first field that held it (`Plugin.cell`).
    pub(crate) name: Option<Symbol>,
    /// Stands for several allocations: writes are weak.
    pub(crate) many: bool,
    /// It is a context object: passing it whole to unknown code reads nothing of it.
    pub(crate) is_context: bool,
    /// Where it was allocated; `None` for a static.
    pub(crate) made: Option<Span>,
    /// The fields that held a pointer to it.
    pub(crate) holders: Vec<Symbol>,
}

/// A later read of a kept value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadEvent {
    /// Where.
    pub(crate) span: Span,
    /// In which callback.
    pub(crate) callback: Symbol,
    /// Calls from the callback to the read, outermost first.
    pub(crate) stack: Vec<(Span, String)>,
    /// The function that holds the read.
    pub(crate) function: String,
    /// Certainty was lost before.
    pub(crate) low: bool,
    /// The place expression itself leads to what was stored, not through a reference made before.
    pub(crate) direct: bool,
    /// Stored by another stream.
    pub(crate) foreign: bool,
    /// The root context runs.
    pub(crate) in_root: bool,
    /// When.
    pub(crate) phase: Phase,
}

/// In which forms a plugin asks for properties.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dialect {
    /// `["request.path"]`: a name with dots in one part. Envoy has no property of such a name.
    dotted: bool,
    /// `["request", "path"]`.
    parted: bool,
}

impl Dialect {
    /// Whether the plugin is for a host that takes names with dots. Those that are known to, FastEdge and
    /// nginx with ngx_wasm_module, keep the request for as long as the stream lives.
    pub(crate) fn is_dotted(self) -> bool {
        self.dotted && !self.parted
    }
}

/// A context constructor handed to the host, or a filter to an SDK.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) kind: Registered,
    pub(crate) constructor: Val,
    pub(crate) span: Span,
}

/// What is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registered {
    /// The constructor of the root context.
    Root,
    /// That of stream contexts.
    Stream,
    /// Functions that filter requests and responses.
    Filter,
}

/// A read that the host answers otherwise than the plugin expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    pub(crate) kind: MisreadKind,
    pub(crate) span: Span,
    pub(crate) property: Symbol,
    pub(crate) callback: Symbol,
    pub(crate) phase: Phase,
    pub(crate) is_header: bool,
    pub(crate) low: bool,
    pub(crate) stack: Vec<(Span, String)>,
}

/// A change of a routing input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reroute {
    pub(crate) span: Span,
    pub(crate) callback: Symbol,
}

/// All that runs of callbacks have shown.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) reads: FxHashMap<(SiteId, SourceId), Vec<ReadEvent>>,
    /// Where in those lists the reads are, by place and callback.
    read_at: FxHashMap<(SiteId, SourceId, Span, Symbol), usize>,
    /// How each store depends on each source: decided, certainty lost.
    pub(crate) stores: FxHashMap<(SiteId, SourceId), (bool, bool)>,
    /// Decisions stored by a method of some object that a branch calls.
    pub(crate) lent: FxHashSet<(SiteId, SourceId)>,
    /// How many conditions on the source had been met at the store.
    pub(crate) conditions: FxHashMap<(SiteId, SourceId), usize>,
    pub(crate) acts: FxHashSet<(SiteId, SourceId)>,
    /// Whether there was a value at all acts.
    pub(crate) presence_acts: FxHashSet<(SiteId, SourceId)>,
    /// It is compared with a fresh read.
    pub(crate) compared: FxHashSet<(SiteId, SourceId)>,
    pub(crate) tells: FxHashSet<(SiteId, SourceId)>,
    /// Whether there was a value at all decides what is told.
    pub(crate) presence_tells: FxHashSet<(SiteId, SourceId)>,
    pub(crate) misreads: Vec<Misread>,
    /// What calls and assignments do besides computing a value.
    pub(crate) doing: FxHashMap<Span, FxHashSet<Done>>,
    /// What is written once streams run: cells, and the last field on the way into them.
    pub(crate) late: FxHashSet<(u32, Option<Symbol>)>,
    /// Properties that some log line names.
    pub(crate) logged: FxHashSet<Symbol>,
    pub(crate) reroutes: Vec<Reroute>,
    pub(crate) executed: FxHashSet<FnId>,
    pub(crate) out_of_fuel: Option<Symbol>,
}

/// One result that a function or a choice may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) value: Val,
    /// What gives it: a byte of the source, or the number of an arm.
    pub(crate) place: u32,
    /// It is given from within a loop, which chose it among others.
    pub(crate) repeated: bool,
}

/// What a loop did the last time it was met in an activation.
pub(crate) struct LoopResult {
    pub(crate) ctrl: TagSet,
    pub(crate) entry: State,
    pub(crate) out: Option<State>,
}

/// One activation of a body.
pub(crate) struct Frame<'p> {
    pub(crate) func: FnId,
    pub(crate) body: &'p Body,
    /// Closure indices from the function's body to this one.
    pub(crate) path: Rc<[u32]>,
    pub(crate) base: u32,
    pub(crate) module: ModuleId,
    pub(crate) env: Rc<TyEnv>,
    /// Decisions of the branches around the current statement.
    pub(crate) ctrl: TagSet,
    /// `ctrl` came from the caller: it goes no deeper.
    pub(crate) ctrl_inherited: bool,
    /// It did so for another object than a context, which has not come to a choice of its own.
    pub(crate) lent: bool,
    /// What the branches around the current statement prove.
    pub(crate) proven: Vec<Proof>,
    /// Conditions on which it depends which result is returned.
    pub(crate) ret_ctrl: TagSet,
    pub(crate) rets: Vec<Outcome>,
    /// How many returns were met.
    pub(crate) returned: u32,
    pub(crate) exits: Vec<(State, Val)>,
    /// Keeps the states of the exits apart.
    pub(crate) split: bool,
    /// Result slots of the choices around the current statement.
    pub(crate) slots: Vec<crate::ir::LocalId>,
    pub(crate) breaks: Vec<(LabelId, bool, Option<State>)>,
    /// Results of loops by the address of their body.
    pub(crate) loops: FxHashMap<usize, Vec<LoopResult>>,
    /// How many exits left more than the innermost loop or block.
    pub(crate) elsewhere: u32,
    /// How many times a `continue` was met.
    pub(crate) continued: u32,
    /// Loops and blocks around the current statement that an exit may leave.
    pub(crate) open: Vec<Open>,
    /// The loops and blocks that exits left so far.
    pub(crate) left: Vec<LabelId>,
    /// Conditions under which the function was left early.
    pub(crate) leaving: Vec<Leaving>,
    pub(crate) call_span: Span,
    pub(crate) args: Vec<Val>,
}

#[derive(PartialEq, Eq, Hash, Clone)]
pub(crate) struct CallKey {
    func: FnId,
    path: Rc<[u32]>,
    args: Vec<Val>,
    ctrl: TagSet,
    env: Rc<TyEnv>,
    flags: super::state::Events,
    cells: Vec<(Cell, Val)>,
}

pub(crate) struct CallResult {
    val: Val,
    /// `None` when the call never returns.
    cells: Option<Vec<(Cell, Val)>>,
    flags: super::state::Events,
    effects: bool,
    tells: bool,
    deeds: Rc<[Done]>,
}

/// The paths through a function that a callback calls, kept apart for it.
#[derive(Default)]
pub(crate) enum Tail {
    /// Nobody asked.
    #[default]
    Idle,
    /// The function that the statement calls from this many frames.
    Wanted(usize),
    /// The same, and which one it is.
    Called(usize, FnId),
    /// Its exits.
    Got(usize, Vec<(State, Val)>),
}

/// The interpreter.
pub(crate) struct Interp<'p> {
    pub(crate) r: &'p Resolver<'p>,
    pub(crate) sdk: &'p Sdk,
    pub(crate) tys: TyTable,
    pub(crate) v: Values,
    pub(crate) st: State,
    pub(crate) frames: Vec<Frame<'p>>,
    pub(crate) cells: Vec<CellInfo>,
    /// Cells by where and as what they are made, and in which callback unless they are contexts.
    allocs: FxHashMap<(Span, Storage, Option<Symbol>), u32>,
    statics: FxHashMap<GlobalId, u32>,
    consts: FxHashMap<GlobalId, Val>,
    pub(crate) static_order: Vec<u32>,
    /// Role of `Rc` allocations made now.
    pub(crate) storage: Storage,
    pub(crate) callback: Symbol,
    pub(crate) phase: Phase,
    /// The request headers are surely gone: reading one fails.
    pub(crate) headers_gone: bool,
    pub(crate) request_always_readable: bool,
    /// What the forms of property paths say of the host.
    pub(crate) dialect: Dialect,
    pub(crate) facts: Facts,
    pub(crate) registrations: Vec<Registration>,
    /// How many things were done that somebody notices, but for those that only tell.
    pub(crate) effects: u64,
    /// How many things were told: logs, metrics.
    pub(crate) tells: u64,
    /// Host calls that do something and stores into what lives on, in this run of a callback.
    pub(crate) deeds: Vec<Done>,
    /// Names of places that were written.
    written: FxHashMap<Cell, Vec<deeds::Named>>,
    fuel: u64,
    memo: FxHashMap<CallKey, Rc<CallResult>>,
    active: Vec<CallKey>,
    names: FxHashMap<FnId, Rc<str>>,
    pub(crate) tail: Tail,
    /// How many calls of this callback had their paths kept apart.
    pub(crate) splits: u32,
    /// The call that was just evaluated never returns.
    pub(crate) st_dead: bool,
    /// What the condition that was just tested says of kept values: property, and whether it holds
    /// when they are up to date.
    pub(crate) guards: Vec<Sided>,
    /// What it says of the place that it tested.
    tested: Option<refine::Tested>,
    /// What the last temporary of this kind tells of a place.
    look: Option<refine::Look>,
    /// How many bodies were run.
    pub(crate) runs: u64,
    /// Modules in which a status is looked for that the released SDK traps on, once somebody asked.
    heeding: Option<Rc<FxHashSet<ModuleId>>>,
    /// What was made of values where these proofs hold.
    proven: FxHashMap<Vec<Proof>, guards::Proven>,
    /// Which types of the tree are made from which, once somebody asked.
    conversions: Option<Rc<convert::Conversions>>,
    /// Locals declared in the bodies of loops, by the address of the body.
    scoped: FxHashMap<usize, Rc<[u32]>>,
    /// Where references to what outlives the callback were made in this callback.
    origins: FxHashMap<(Cell, Vec<super::value::Key>), Span>,
    /// The taints of which reads are noted, by callback and place.
    noted: FxHashMap<(Symbol, Span), TagSet>,
    /// Taints of which it is noted that they act.
    acted: FxHashSet<TagSet>,
    /// Parts of values that were asked for.
    parts: FxHashMap<(Val, super::value::Key), Val>,
    /// Values where one of a type is declared.
    typed: FxHashMap<(Val, TyId), Val>,
    /// Bindings of a pattern are being made.
    pub(crate) binding: bool,
    /// Closures that an SDK outside of the tree keeps until a callout is answered.
    pub(crate) pending: Val,
    /// The root context runs, not a stream.
    pub(crate) in_root: bool,
    named_cells: FxHashMap<(Symbol, Storage), u32>,
    /// The plugin makes callouts in ways that are known: answers come to those alone.
    pub(crate) dispatches: bool,
    /// Callouts answered now come after the response headers.
    pub(crate) callout_late: bool,
    /// What an SDK hands to the function that filters now, if one does.
    pub(crate) filtering: Option<filters::Filtering>,
    /// How many times a future of an SDK was waited for.
    waits: u64,
}

/// Statements one callback may take. Real plugins need a few thousand.
const FUEL: u64 = 400_000;
/// Deeper call chains are cut.
const MAX_FRAMES: usize = 48;
/// Paths are kept apart in calls this deep.
const MAX_SPLIT: usize = 3;
/// Such calls are not tabulated, so there are no more of them in one run of a callback.
const MAX_SPLITS: u32 = 24;
/// How often one function may be on the stack with different arguments.
const MAX_RECURSION: usize = 3;

impl<'p> Interp<'p> {
    pub(crate) fn new(r: &'p Resolver<'p>, sdk: &'p Sdk) -> Self {
        Self {
            r,
            sdk,
            tys: TyTable::new(),
            v: Values::new(),
            st: State::default(),
            frames: Vec::new(),
            cells: Vec::new(),
            allocs: FxHashMap::default(),
            statics: FxHashMap::default(),
            consts: FxHashMap::default(),
            static_order: Vec::new(),
            storage: Storage::Static,
            callback: Symbol::new("start"),
            phase: Phase::VmStart,
            headers_gone: false,
            request_always_readable: false,
            dialect: Dialect::default(),
            facts: Facts::default(),
            registrations: Vec::new(),
            effects: 0,
            tells: 0,
            deeds: Vec::new(),
            written: FxHashMap::default(),
            fuel: FUEL,
            memo: FxHashMap::default(),
            active: Vec::new(),
            names: FxHashMap::default(),
            tail: Tail::Idle,
            splits: 0,
            st_dead: false,
            guards: Vec::new(),
            tested: None,
            look: None,
            runs: 0,
            heeding: None,
            proven: FxHashMap::default(),
            conversions: None,
            scoped: FxHashMap::default(),
            origins: FxHashMap::default(),
            noted: FxHashMap::default(),
            acted: FxHashSet::default(),
            parts: FxHashMap::default(),
            typed: FxHashMap::default(),
            binding: false,
            pending: Val::BOTTOM,
            in_root: false,
            named_cells: FxHashMap::default(),
            dispatches: false,
            callout_late: false,
            filtering: None,
            waits: 0,
        }
    }

    /// Gets ready for a run of a callback.
    pub(crate) fn begin(&mut self, callback: Symbol, phase: Phase) {
        self.splits = 0;
        self.callback = callback;
        self.phase = phase;
        self.fuel = FUEL;
        self.memo.clear();
        self.origins.clear();
        self.deeds.clear();
    }

    /// Takes one step of the budget; `false` when it is used up.
    fn burn(&mut self) -> bool {
        if self.fuel == 0 {
            self.facts.out_of_fuel.get_or_insert(self.callback);
            return false;
        }
        self.fuel -= 1;
        true
    }

    pub(crate) fn fn_name(&mut self, f: FnId) -> Rc<str> {
        if let Some(n) = self.names.get(&f) {
            return n.clone();
        }
        let n: Rc<str> = self.r.fn_name(f).into();
        self.names.insert(f, n.clone());
        n
    }

    fn frame(&self) -> &Frame<'p> {
        // Evaluation only happens inside a frame.
        self.frames
            .last()
            .unwrap_or_else(|| unreachable!("invariant: a frame is active"))
    }

    fn frame_mut(&mut self) -> &mut Frame<'p> {
        self.frames
            .last_mut()
            .unwrap_or_else(|| unreachable!("invariant: a frame is active"))
    }

    /// The calls from the callback to the running function, outermost first.
    pub(crate) fn call_stack(&mut self) -> Vec<(Span, String)> {
        let ids: Vec<(Span, FnId)> = self
            .frames
            .iter()
            .skip(1)
            .map(|f| (f.call_span, f.func))
            .collect();
        ids.into_iter()
            .map(|(s, f)| (s, self.fn_name(f).to_string()))
            .collect()
    }

    /// A new heap cell for an allocation at `span`, holding `v`. One that a later callback makes at the
    /// same place is another one: what held the old one may hold it instead.
    pub(crate) fn alloc(&mut self, span: Span, v: Val, is_context: bool) -> Cell {
        let key = (span, self.storage, (!is_context).then_some(self.callback));
        let id = match self.allocs.get(&key) {
            Some(&id) => id,
            None => {
                let id = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
                self.cells.push(CellInfo {
                    holders: Vec::new(),
                    storage: self.storage,
                    name: None,
                    many: false,
                    is_context,
                    made: Some(span),
                });
                self.allocs.insert(key, id);
                id
            }
        };
        let cell = Cell::Heap(id);
        let old = self.st.get(cell);
        if old == Val::BOTTOM {
            self.st.set(cell, v);
        } else {
            self.cells[id as usize].many = true;
            let j = self.v.join(old, v);
            self.st.set(cell, j);
        }
        cell
    }

    /// The cell of a static, initialised at its first use.
    pub(crate) fn static_cell(&mut self, id: GlobalId) -> Cell {
        let data = &self.r.program.globals[id.index()];
        let cell = match self.statics.get(&id) {
            Some(&c) => c,
            None => {
                let c = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
                self.cells.push(CellInfo {
                    holders: Vec::new(),
                    storage: Storage::Static,
                    name: Some(data.name),
                    many: false,
                    is_context: false,
                    made: None,
                });
                self.statics.insert(id, c);
                self.static_order.push(c);
                c
            }
        };
        if self.st.get(Cell::Heap(cell)) == Val::BOTTOM {
            let ty = self
                .r
                .ty(&mut self.tys, data.module, &data.ty, &TyEnv::default());
            let placeholder = self.v.opaque(TagSet::EMPTY, ty);
            self.st.set(Cell::Heap(cell), placeholder);
            if let Some(init) = data.init {
                let old = std::mem::replace(&mut self.storage, Storage::Static);
                let v = self.run_fn(init, Vec::new(), TyId::UNKNOWN, data.span, TagSet::EMPTY);
                self.storage = old;
                let v = self.declared(v, ty);
                if v != Val::BOTTOM {
                    self.st.set(Cell::Heap(cell), v);
                }
            }
        }
        Cell::Heap(cell)
    }

    /// A cell for something that the host keeps under a name: shared data, properties.
    pub(crate) fn named_cell(&mut self, name: Symbol, storage: Storage) -> Cell {
        let id = match self.named_cells.get(&(name, storage)) {
            Some(&id) => id,
            None => {
                let id = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
                self.cells.push(CellInfo {
                    holders: Vec::new(),
                    storage,
                    name: Some(name),
                    many: false,
                    is_context: false,
                    made: None,
                });
                self.named_cells.insert((name, storage), id);
                self.static_order.push(id);
                id
            }
        };
        let cell = Cell::Heap(id);
        if self.st.get(cell) == Val::BOTTOM {
            let empty = self.v.make(super::value::Node::default());
            self.st.set(cell, empty);
        }
        cell
    }

    /// The value of a constant.
    pub(crate) fn const_value(&mut self, id: GlobalId) -> Val {
        if let Some(&v) = self.consts.get(&id) {
            return v;
        }
        let data = &self.r.program.globals[id.index()];
        let ty = self
            .r
            .ty(&mut self.tys, data.module, &data.ty, &TyEnv::default());
        let unknown = self.v.opaque(TagSet::EMPTY, ty);
        self.consts.insert(id, unknown);
        if let Some(init) = data.init {
            let v = self.run_fn(init, Vec::new(), TyId::UNKNOWN, data.span, TagSet::EMPTY);
            if v != Val::BOTTOM && !self.v.has_ptr(v) {
                let v = self.declared(v, ty);
                self.consts.insert(id, v);
                return v;
            }
            // `&["a", "b"]` points at a temporary of the initialiser, which is gone: look through.
            let v = self.content(v);
            if v != Val::BOTTOM && !self.v.has_ptr(v) {
                self.consts.insert(id, v);
                return v;
            }
        }
        unknown
    }

    /// A value was used: reads of kept values are recorded.
    pub(crate) fn note_read(&mut self, tags: TagSet, span: Span) {
        self.note_read_at(tags, span, false);
    }

    /// The same for a read through a reference when `direct` is not set.
    pub(crate) fn note_read_at(&mut self, tags: TagSet, span: Span, direct: bool) {
        if !self.has_kept(tags) {
            return;
        }
        // Loops and fixed points come by again and again.
        let place = (self.callback, span);
        let known = self.noted.get(&place).copied().unwrap_or(TagSet::EMPTY);
        let all = self.v.tags.union(known, tags);
        if all == known {
            return;
        }
        self.noted.insert(place, all);
        for tag in self.v.tags.without(tags, known) {
            let Age::Kept {
                site,
                open,
                foreign,
            } = tag.age
            else {
                continue;
            };
            if !open && !foreign {
                continue;
            }
            let told = match self.v.tags.source_of(tag.source).class {
                PropertyClass::ContextId | PropertyClass::Token => false,
                // They do not change while they are kept.
                PropertyClass::Plugin
                | PropertyClass::Node
                | PropertyClass::Response
                | PropertyClass::Running => false,
                PropertyClass::Configuration => {
                    self.v.tags.site_of(site).storage == Storage::Static
                }
                PropertyClass::Connection | PropertyClass::Stream => foreign,
                _ => true,
            };
            if !told {
                continue;
            }
            let place = (site, tag.source, span, self.callback);
            let key = (site, tag.source);
            if let Some(&at) = self.facts.read_at.get(&place) {
                let known = self.facts.reads.get_mut(&key).and_then(|r| r.get_mut(at));
                if let Some(e) = known {
                    e.low &= tag.low;
                    e.foreign |= foreign;
                }
            } else {
                let event = ReadEvent {
                    span,
                    callback: self.callback,
                    stack: self.call_stack(),
                    function: {
                        let f = self.frame().func;
                        self.fn_name(f).to_string()
                    },
                    low: tag.low,
                    direct,
                    foreign,
                    in_root: self.in_root,
                    phase: self.phase,
                };
                let list = self.facts.reads.entry(key).or_default();
                self.facts.read_at.insert(place, list.len());
                list.push(event);
            }
            let decided = tag.kind != super::tag::Kind::Copied;
            let s = self
                .facts
                .stores
                .entry((site, tag.source))
                .or_insert((true, true));
            s.0 &= decided;
            s.1 &= tag.low;
        }
    }

    /// Kept values reach something that acts.
    pub(crate) fn note_act(&mut self, tags: TagSet) {
        if !self.has_kept(tags) || !self.acted.insert(tags) {
            return;
        }
        for tag in self.v.tags.list(tags) {
            if let Age::Kept { site, .. } = tag.age {
                let acts = if tag.kind == Kind::Presence {
                    &mut self.facts.presence_acts
                } else {
                    &mut self.facts.acts
                };
                acts.insert((site, tag.source));
            }
        }
    }

    /// Kept values reach a log or metric.
    pub(crate) fn note_tell(&mut self, tags: TagSet) {
        self.tells += 1;
        for tag in self.v.tags.list(tags) {
            if tag.kind == Kind::Copied {
                let property = self.v.tags.source_of(tag.source).property;
                self.facts.logged.insert(property);
            }
            if let Age::Kept { site, .. } = tag.age {
                self.facts.tells.insert((site, tag.source));
            }
        }
    }

    /// A kept value is the key under which a collection is changed: a count, a limit, a batch of the
    /// wrong route. Whoever looks at what is there acts.
    pub(crate) fn note_key(&mut self, key: Val, span: Span) {
        for tag in self.used_key(key, span) {
            if let Age::Kept { site, .. } = tag.age {
                self.facts.tells.insert((site, tag.source));
            }
        }
    }

    /// Kept values in an argument by which the host finds something: the key of shared data, the name
    /// of a header, a part of a path.
    pub(crate) fn note_asked(&mut self, args: &[Val], span: Span) {
        for &a in args {
            let tags = self.used_key(a, span);
            let ids = tags.into_iter().map(|t| self.v.tags.tag(t)).collect();
            let tags = self.v.tags.set(ids);
            self.note_act(tags);
        }
    }

    /// The kept taints with which a key finds what is wrong, and the read that they are. What other
    /// streams put into a collection one by one names their own.
    fn used_key(&mut self, key: Val, span: Span) -> Vec<Tag> {
        let tags = self.deep_tags(key);
        let mut tags = self.v.tags.list(tags);
        tags.retain(|t| match t.age {
            Age::Kept { site, foreign, .. } => !(foreign && self.v.tags.site_of(site).adds),
            Age::Fresh(_) => false,
        });
        if !tags.is_empty() {
            self.note_value_read(key, span);
        }
        tags
    }

    /// A pointer to each of some places.
    pub(crate) fn pointer_to(&mut self, targets: &[place::Target], kind: PtrKind) -> Val {
        let mut out = Val::BOTTOM;
        for t in targets {
            let p = self.v.ptr(t.cell, &t.path, kind);
            out = self.v.join(out, p);
        }
        out
    }
}
