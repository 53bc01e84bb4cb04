//! What a condition tells of the very place that it tests.

use crate::flow::state::State;
use crate::flow::tag::Age;
use crate::flow::value::{Cell, Key, Known, Mapped, Node, Val};
use crate::ir::{BinaryOp, Callee, Operand, Place, PlaceBase, Rvalue, Symbol, Test, TestKind};

use super::Interp;
use super::place::{Located, Target};

/// A place that a condition tests: it is this constant, or this variant, where the condition says `on`.
pub(crate) struct Tested {
    target: Target,
    constant: Known,
    on: bool,
}

/// What a temporary says of the place that it was computed from.
pub(crate) struct Look {
    slot: Cell,
    target: Target,
    /// What was there: as long as it still is, the answer stands.
    found: Val,
    /// The constant that the place is, and the truth value that says so; `None` for a copy.
    says: Option<(Known, bool)>,
}

impl<'p> Interp<'p> {
    /// Remembers what a temporary tells of the place that it was asked of: `self.denied.is_some()`,
    /// `self.denied.as_ref()`, `self.mode == Mode::Deny`.
    pub(super) fn note_look(&mut self, dst: &Place, value: &'p Rvalue) {
        let (PlaceBase::Local(l), true) = (&dst.base, dst.proj.is_empty()) else {
            return;
        };
        let slot = Cell::Stack(self.frame().base + l.0);
        self.look.take_if(|look| look.slot == slot);
        if self.frame().body.locals[l.0 as usize].name.is_some() {
            return;
        }
        let none = Known::Variant(Symbol::new("None"));
        let (of, says) = match value {
            Rvalue::Call(call) => {
                let (Callee::Method(name), [Operand::Place(of)]) =
                    (&call.callee, call.args.as_slice())
                else {
                    return;
                };
                let says = match name.as_str() {
                    "is_some" => Some((none, false)),
                    "is_none" => Some((none, true)),
                    "clone" | "cloned" | "copied" | "as_ref" | "as_mut" | "as_deref"
                    | "as_deref_mut" => None,
                    _ => return,
                };
                (of, says)
            }
            Rvalue::Binary {
                op: op @ (BinaryOp::Eq | BinaryOp::Ne),
                left,
                right,
            } => {
                let sides = [(left, right), (right, left)];
                let asked = sides.into_iter().find_map(|(of, constant)| match of {
                    Operand::Place(of) => Some((of, self.sole_constant(constant)?)),
                    Operand::Const(..) => None,
                });
                let Some((of, constant)) = asked else {
                    return;
                };
                (of, Some((constant, *op == BinaryOp::Eq)))
            }
            _ => return,
        };
        let at = self.locate(of);
        if let Some(target) = self.only_target(&at) {
            let found = self.load_target(&target);
            self.look = Some(Look {
                slot,
                target,
                found,
                says,
            });
        }
    }

    /// The constant that an operand is.
    fn sole_constant(&mut self, op: &Operand) -> Option<Known> {
        let v = self.operand_quiet(op);
        let v = self.content(v);
        match self.v.node(v).known.as_slice() {
            [k] if k.is_certain() && self.v.is_definite(v) => Some(*k),
            _ => None,
        }
    }

    /// The one place that is meant, if there is only one.
    fn only_target(&mut self, at: &Located) -> Option<Target> {
        let mut targets = self.hop(&at.targets);
        let target = targets.pop().filter(|_| targets.is_empty())?;
        let single = match target.cell {
            Cell::Heap(h) => !self.cells[h as usize].many && self.is_single(&target),
            Cell::Stack(_) => target.path.is_empty(),
        };
        single.then_some(target)
    }

    /// What a test says of a place, if it says something of a single one.
    pub(super) fn tested(&mut self, test: &Test, at: &Located) -> Option<Tested> {
        let look = self
            .look
            .as_ref()
            .filter(|look| matches!(at.targets.as_slice(), [t] if t.cell == look.slot));
        let says = look.and_then(|look| look.says);
        let asked = look.map(|look| (look.target.clone(), look.found));
        let none = Known::Variant(Symbol::new("None"));
        let (constant, on) = match (&test.kind, says) {
            (TestKind::Truth { negated }, Some((k, on))) => (k, on != *negated),
            (TestKind::Truth { negated }, None) => (Known::Bool(true), !negated),
            (TestKind::Variant(path), None) => match path.last().as_str() {
                "Some" => (none, false),
                "None" => (none, true),
                _ => return None,
            },
            (TestKind::Equals(op), None) => (self.sole_constant(op)?, true),
            (TestKind::Equals(op), Some((k, on))) => match self.sole_constant(op)? {
                Known::Bool(b) => (k, on == b),
                _ => return None,
            },
            _ => return None,
        };
        let target = match asked {
            // A part of a copy is no part of what it was copied from.
            Some((target, found)) => {
                let whole = at.targets[0].path.is_empty();
                (whole && self.load_target(&target) == found).then_some(target)
            }
            None => self.only_target(at),
        };
        // A local is told apart by its truth value alone: what else it may be is chosen anew by who asks.
        let target = target
            .filter(|t| matches!(t.cell, Cell::Heap(_)) || matches!(constant, Known::Bool(_)))?;
        Some(Tested {
            target,
            constant,
            on,
        })
    }

    /// A state in which the condition said `holds`.
    pub(super) fn refined(&mut self, st: State, tested: Option<&Tested>, holds: bool) -> State {
        let Some(t) = tested else { return st };
        let outer = std::mem::replace(&mut self.st, st);
        let old = self.load_target(&t.target);
        if let Some(new) = self.as_told(old, t.constant, holds == t.on) {
            let whole = self.st.get(t.target.cell);
            let whole = self.set_path(whole, &t.target.path, new, true, false);
            self.st.set(t.target.cell, whole);
        }
        std::mem::replace(&mut self.st, outer)
    }

    /// What is left of a value that is this constant, or that is not; `None` when that says nothing.
    fn as_told(&mut self, v: Val, constant: Known, is: bool) -> Option<Val> {
        let n = self.v.node(v).clone();
        if v == Val::BOTTOM || !n.ptrs.is_empty() || !n.fns.is_empty() {
            return None;
        }
        // Which of many texts or numbers it is would be lost to who decides by it once more.
        let told_apart = matches!(constant, Known::Bool(_) | Known::Variant(_));
        if n.opaque && !told_apart {
            return None;
        }
        let known = match (constant, is) {
            (k, true) => vec![k],
            (Known::Bool(b), false) => vec![Known::Bool(!b)],
            (k, false) if !n.opaque && n.known.contains(&k) => {
                let mut left = n.known.clone();
                left.retain(|x| *x != k);
                if left.is_empty() && n.fields.is_empty() {
                    return None;
                }
                return Some(self.v.make(Node { known: left, ..n }));
            }
            _ => return None,
        };
        Some(self.v.make(Node {
            // What its payload was is of no matter any more.
            tags: n.tags,
            known,
            tys: n.tys,
            live: n.live,
            complete: true,
            ..Node::default()
        }))
    }

    /// Takes the taints of this callback off what is one and the same constant in all of these states:
    /// whatever the host said, it is what it is.
    pub(crate) fn forget_constants(&mut self, states: &mut [&mut State], heap: usize) {
        let values: Vec<Val> = states
            .iter()
            .map(|s| s.heap.get(heap).copied().unwrap_or(Val::BOTTOM))
            .collect();
        if let Some(new) = self.without_constants(&values, 0) {
            for (s, v) in states.iter_mut().zip(new) {
                s.heap[heap] = v;
            }
        }
    }

    fn without_constants(&mut self, values: &[Val], depth: u32) -> Option<Vec<Val>> {
        let first = *values.first()?;
        if depth > 4 || values.iter().all(|&v| self.v.deep(v).is_empty()) {
            return None;
        }
        if values.iter().all(|&v| self.v.is_definite(v)) {
            let bare: Vec<Val> = values.iter().map(|&v| self.untainted(v)).collect();
            if bare.iter().all(|&b| b == bare[0]) {
                return Some(values.iter().map(|&v| self.settled(v)).collect());
            }
        }
        let mut new = values.to_vec();
        let mut changed = false;
        for (key, _) in self.v.node(first).fields.clone() {
            let is_field = matches!(key, Key::Field(_));
            let parts: Option<Vec<Val>> = values
                .iter()
                .map(|&v| {
                    let fields = &self.v.node(v).fields;
                    fields.iter().find(|(k, _)| *k == key).map(|f| f.1)
                })
                .collect();
            let Some(parts) = parts.filter(|_| is_field) else {
                continue;
            };
            if let Some(parts) = self.without_constants(&parts, depth + 1) {
                changed = true;
                for (v, part) in new.iter_mut().zip(parts) {
                    *v = self.v.with_field(*v, key, part, true);
                }
            }
        }
        changed.then_some(new)
    }

    fn untainted(&mut self, v: Val) -> Val {
        let mut memo = Mapped::default();
        let v = self.v.map_tags(v, &mut memo, &mut |_| None);
        let v = self.v.unguarded(v);
        let n = self.v.node(v).clone();
        self.v.make(Node { live: false, ..n })
    }

    /// A value without the taints of this callback.
    pub(crate) fn settled(&mut self, v: Val) -> Val {
        let mut memo = Mapped::default();
        self.v.map_tags(v, &mut memo, &mut |t| {
            matches!(t.age, Age::Kept { .. }).then_some(t)
        })
    }
}
