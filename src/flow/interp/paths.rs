//! Paths through a callback, kept apart where they differ in what they did to the request.

use super::{Interp, Tail};
use crate::flow::state::{Events, State, join_into};
use crate::flow::value::{Cell, Known, Proof, Val};
use crate::ir::{AssignKind, Block, LocalId, Place, PlaceBase, Rvalue, Stmt, StmtKind};

/// How many paths through a callback are kept apart.
const MAX_PATHS: usize = 8;

impl<'p> Interp<'p> {
    /// Runs a block of a callback; gives the states at its end. Paths are kept apart where they differ in
    /// what they did to the request, so that a field that is set where the plugin pauses is not met by
    /// what comes where it does not.
    pub(super) fn paths(&mut self, block: &'p Block) -> Vec<State> {
        let mut states = vec![std::mem::take(&mut self.st)];
        for stmt in &block.stmts {
            let mut next: Vec<State> = Vec::new();
            let mut proven = Agreed::new(self.frame().proven.len());
            for st in std::mem::take(&mut states) {
                self.st = st;
                proven.next(&mut self.frame_mut().proven);
                if let StmtKind::Switch(sw) = &stmt.kind {
                    if self.burn() {
                        for s in self.switch(sw) {
                            self.add_path(&mut next, s);
                        }
                        continue;
                    }
                } else {
                    let slot = result_of_call(stmt);
                    if slot.is_some() {
                        self.tail = Tail::Wanted(self.frames.len());
                    }
                    let alive = self.stmt(stmt);
                    let tail = std::mem::take(&mut self.tail);
                    if !alive {
                        continue;
                    }
                    if let (Some((dst, l, kind)), Tail::Got(_, exits)) = (slot, tail) {
                        let slot = Cell::Stack(self.frame().base + l.0);
                        for (s, v) in exits {
                            self.st = s;
                            let at = self.locate(dst);
                            let v = self.assigned(v, dst, &at, kind);
                            self.st.set(slot, v);
                            let s = std::mem::take(&mut self.st);
                            self.add_path(&mut next, s);
                        }
                        continue;
                    }
                }
                let s = std::mem::take(&mut self.st);
                self.add_path(&mut next, s);
            }
            proven.end(&mut self.frame_mut().proven);
            states = next;
            if states.is_empty() {
                break;
            }
        }
        states
    }

    /// Goes on with the join of some states; `false` when there is none.
    pub(super) fn meet(&mut self, states: Vec<State>) -> bool {
        let mut out: Option<State> = None;
        for s in states {
            join_into(&mut out, s, &mut self.v);
        }
        let alive = out.is_some();
        if let Some(s) = out {
            self.st = s;
        }
        alive
    }

    /// Adds a state to those of other paths, joined with the one that did the same to the request. All
    /// of them are joined where callbacks do not look at the paths apart.
    pub(super) fn add_path(&mut self, paths: &mut Vec<State>, s: State) {
        // Looking at the paths costs a walk over the locals, so only where they are kept apart.
        let same = if paths.is_empty() {
            None
        } else if self.frame().split && paths.len() < MAX_PATHS {
            let key = self.path_key(&s);
            paths.iter().position(|p| self.path_key(p) == key)
        } else {
            Some(0)
        };
        match same {
            Some(i) => {
                paths[i].join(&s, &mut self.v);
            }
            None => paths.push(s),
        }
    }

    /// What a path did to the request, and which of its locals say to hold it.
    fn path_key(&self, s: &State) -> (Events, Vec<(usize, Known)>) {
        let base = self.frame().base as usize;
        let says = |v: Val| match self.v.node(v) {
            n if n.opaque || !n.fields.is_empty() => None,
            n => match n.known.as_slice() {
                [k @ Known::Variant(name)] if self.sdk.is_pausing(*name) || *name == "Continue" => {
                    Some(*k)
                }
                _ => None,
            },
        };
        let locals = s.stack.iter().enumerate().skip(base);
        let held = locals
            .filter_map(|(i, &v)| says(v).map(|k| (i, k)))
            .collect();
        (s.events(), held)
    }
}

/// What a statement proves on each of the paths that it is run on.
struct Agreed {
    /// How much was proven before.
    before: usize,
    all: Option<Vec<Proof>>,
    started: bool,
}

impl Agreed {
    fn new(before: usize) -> Self {
        Self {
            before,
            all: None,
            started: false,
        }
    }

    /// Another path begins.
    fn next(&mut self, proven: &mut Vec<Proof>) {
        if self.started {
            let new = proven.split_off(self.before);
            match &mut self.all {
                Some(all) => all.retain(|p| new.contains(p)),
                None => self.all = Some(new),
            }
        }
        self.started = true;
    }

    /// There is no other one.
    fn end(mut self, proven: &mut Vec<Proof>) {
        self.next(proven);
        proven.extend(self.all.unwrap_or_default());
    }
}

/// The local that a statement gives the result of a call, and how.
fn result_of_call(stmt: &Stmt) -> Option<(&Place, LocalId, AssignKind)> {
    match &stmt.kind {
        StmtKind::Assign {
            dst,
            value: Rvalue::Call(_),
            kind,
        } => match dst.base {
            PlaceBase::Local(l) if dst.proj.is_empty() => Some((dst, l, *kind)),
            _ => None,
        },
        _ => None,
    }
}
