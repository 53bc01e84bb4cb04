//! Functions that filter requests and responses, handed to an SDK that drives them as futures.
//!
//! The function that launches them goes on living: what they borrow from its locals is state that
//! all streams share.

use rustc_hash::FxHashMap;

use crate::ir::Symbol;
use crate::sdk::CallKind;
use crate::source::Span;

use super::{Interp, Registered, Registration};
use crate::flow::state::Happened;
use crate::flow::tag::{Site, Storage};
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{Callable, Cell, Key, Known, Mapped, Node, Val, Wait};

/// What an SDK hands to the function that it runs now.
#[derive(Clone, Debug)]
pub(crate) struct Filtering {
    /// Types by which the function can ask for the request or response.
    pub(crate) parameters: Vec<Symbol>,
    /// What the request filter returned for the response filter.
    pub(crate) carried: Val,
    /// The state of the stream.
    pub(crate) state: Val,
    /// The function, or where it is handed over.
    pub(crate) span: Span,
}

/// Where a filter keeps one of its functions.
pub(crate) fn part(kind: CallKind) -> Key {
    Key::Field(Symbol::new(match kind {
        CallKind::RequestFilter => "request filter",
        CallKind::ResponseFilter => "response filter",
        CallKind::UpstreamFilter => "upstream filter",
        CallKind::DownstreamFilter => "downstream filter",
        CallKind::CreateState => "state",
        _ => "done",
    }))
}

impl Interp<'_> {
    /// The type of a parameter that the SDK fills by the type that the function writes.
    fn handed_in_type(&mut self) -> TyId {
        let name = Symbol::new("what the SDK hands in");
        self.tys.intern(TyKind::External(name, Vec::new()))
    }

    /// A parameter that the SDK fills.
    pub(crate) fn parameter(&mut self) -> Val {
        let ty = self.handed_in_type();
        self.v.live(ty)
    }

    /// Whether a value stands for whatever the SDK hands to a parameter of its type.
    pub(super) fn is_handed_in(&mut self, v: Val) -> bool {
        if self.filtering.is_none() {
            return false;
        }
        let ty = self.handed_in_type();
        self.v.node(v).tys == [ty]
    }

    /// What a request filter returns for the response filter: a store, which a later callback reads.
    pub(super) fn carry(&mut self, variant: Symbol, v: Val, span: Span) -> Val {
        let zero = Symbol::new("0");
        let mut v = v;
        if let Some(func) = self.frames.last().map(|f| f.func)
            && !self.v.deep(v).is_empty()
        {
            let site = Site {
                span,
                subject: Symbol::new("request data"),
                part: None,
                storage: Storage::Capture,
                callback: self.callback,
                function: Symbol::new(&self.fn_name(func)),
                adds: false,
            };
            v = self.retag_stored(v, site, &mut Mapped::default());
        }
        self.v.make(Node {
            fields: vec![(Key::Variant(variant, zero), v)],
            known: vec![Known::Variant(variant)],
            complete: true,
            ..Node::default()
        })
    }

    /// `.map(Flow::Continue)`: the variant used as a function.
    pub(super) fn carried_by_name(
        &mut self,
        name: Symbol,
        args: &[Val],
        span: Span,
    ) -> Option<Val> {
        let filters = self.filtering.is_some() && self.sdk.carries(name);
        // What is run on the items of a container is given them twice.
        let &v = args.first()?;
        filters.then(|| self.carry(name, v, span))
    }

    /// A filter starts to work. It will run when the function that launches it waits.
    pub(super) fn launch(&mut self, filter: Val, span: Span) {
        let filter = self.content(filter);
        let mut moved = FxHashMap::default();
        let constructor = self.outliving(filter, &mut moved, 0);
        self.registrations.push(Registration {
            kind: Registered::Filter,
            constructor,
            span,
        });
    }

    /// A value with what it borrows from running functions moved to where it stays.
    fn outliving(&mut self, v: Val, moved: &mut FxHashMap<u32, Cell>, depth: u32) -> Val {
        if depth > 16 || !self.v.has_ptr(v) {
            return v;
        }
        let mut n = self.v.node(v).clone();
        for p in &mut n.ptrs {
            if let Cell::Stack(slot) = p.cell {
                p.cell = self.outliving_cell(slot, moved, depth);
            }
        }
        for (_, f) in &mut n.fields {
            *f = self.outliving(*f, moved, depth + 1);
        }
        for f in &mut n.fns {
            match f {
                Callable::Closure { captures: list, .. } | Callable::Future { args: list, .. } => {
                    *list = list
                        .iter()
                        .map(|&c| self.outliving(c, moved, depth + 1))
                        .collect();
                }
                _ => {}
            }
        }
        self.v.make(n)
    }

    fn outliving_cell(&mut self, slot: u32, moved: &mut FxHashMap<u32, Cell>, depth: u32) -> Cell {
        if let Some(&cell) = moved.get(&slot) {
            return cell;
        }
        let Some((span, name)) = self.frames.iter().rfind(|f| f.base <= slot).map(|f| {
            let local = &f.body.locals[(slot - f.base) as usize];
            let is_temporary = local.name.is_none();
            let name = local.name.unwrap_or_else(|| Symbol::new("a value"));
            // Temporaries of one expression have one place.
            (
                if is_temporary {
                    f.call_span
                } else {
                    local.span
                },
                name,
            )
        }) else {
            return Cell::Stack(slot);
        };
        let old = std::mem::replace(&mut self.storage, Storage::Root);
        let cell = self.alloc(span, Val::BOTTOM, false);
        self.storage = old;
        if let Cell::Heap(id) = cell {
            self.cells[id as usize].name.get_or_insert(name);
        }
        moved.insert(slot, cell);
        let v = self.st.get(Cell::Stack(slot));
        let v = self.outliving(v, moved, depth + 1);
        self.st.set(cell, v);
        cell
    }

    /// Whether the SDK holds the request while the running filter waits.
    pub(super) fn filter_holds(&self) -> bool {
        self.filtering.is_some() && self.st.resumed == Happened::No
    }

    /// A future of an SDK is waited for.
    pub(super) fn wait(&mut self, wait: Wait, span: Span) {
        match wait {
            Wait::No => {}
            Wait::Holding => {
                let open = !self.filter_holds();
                self.suspend(span, open);
            }
            Wait::LettingGo => {
                self.suspend(span, true);
                self.st.resumed = Happened::Yes;
                self.open_windows();
            }
        }
    }
}
