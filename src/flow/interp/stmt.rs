//! Statements: assignments, choices, loops, exits.

use std::rc::Rc;

use crate::ir::{
    AssignKind, Block, Cond, Place, PlaceBase, Stmt, StmtKind, Switch, Symbol, Test, TestKind,
};

use super::consequence::Open;
use super::place::Located;
use super::{Interp, LoopResult, Outcome};
use crate::flow::state::{State, join_into};
use crate::flow::tag::{Age, Tag, TagSet};
use crate::flow::value::{Cell, Key, Known, Mapped, Node, Proof, Sided, TagSet0, Val};

impl<'p> Interp<'p> {
    /// Runs a block; `false` when its end is not reached.
    pub(crate) fn block(&mut self, block: &'p Block) -> bool {
        if !self.frame().split {
            return block.stmts.iter().all(|s| self.stmt(s));
        }
        let paths = self.paths(block);
        self.meet(paths)
    }

    pub(super) fn stmt(&mut self, stmt: &'p Stmt) -> bool {
        if !self.burn() {
            // The budget is used up, which is an error: what was found so far still stands.
            return true;
        }
        match &stmt.kind {
            StmtKind::Assign { dst, value, kind } => {
                let bound = self.bound_part(value, *kind);
                let Some(v) = bound.or_else(|| self.rvalue(value, stmt.span)) else {
                    return false;
                };
                let at = self.locate(dst);
                let v = self.assigned(v, dst, &at, *kind);
                self.store(&at, v, stmt.span, false);
                self.note_look(dst, value);
                true
            }
            StmtKind::Switch(s) => {
                let ends = self.switch(s);
                self.meet(ends)
            }
            StmtKind::Loop { label, body } => self.run_loop(*label, body),
            StmtKind::Labelled { label, body } => {
                self.frame_mut().breaks.push((*label, false, None));
                self.frame_mut().open.push(Open::block(*label));
                let proven = self.frame().proven.len();
                let alive = self.block(body);
                self.frame_mut().proven.truncate(proven);
                let left = self.frame_mut().breaks.pop().and_then(|(_, _, s)| s);
                self.close();
                self.merge_exit(alive, left)
            }
            StmtKind::Break(label) => {
                self.exit_to(*label, false);
                false
            }
            StmtKind::Continue(label) => {
                self.exit_to(*label, true);
                false
            }
            StmtKind::Return {
                value,
                question_mark,
            } => {
                let v = self.operand(value);
                let v = if *question_mark { self.residual(v) } else { v };
                self.do_return(v, stmt.span.lo);
                false
            }
            StmtKind::Diverge => {
                self.effects += 1;
                false
            }
            StmtKind::Unreachable => false,
        }
    }

    /// A value as a place gets it by an assignment: chosen by the branches around, of its declared type.
    pub(super) fn assigned(
        &mut self,
        v: Val,
        dst: &'p Place,
        at: &Located,
        kind: AssignKind,
    ) -> Val {
        // What the arms of a choice give is judged when they are joined.
        let named = match dst.base {
            PlaceBase::Local(l) => {
                !dst.proj.is_empty()
                    || (self.frame().body.locals[l.0 as usize].name.is_some()
                        && !self.frame().slots.contains(&l))
            }
            PlaceBase::Path(_) => true,
        };
        let v = if named || kind == AssignKind::Leave {
            self.under_control(v, at, kind)
        } else {
            v
        };
        match (&dst.base, dst.proj.is_empty()) {
            (PlaceBase::Local(l), true) => {
                let frame = self.frame();
                let (module, env) = (frame.module, frame.env.clone());
                match &frame.body.locals[l.0 as usize].ty {
                    Some(t) => {
                        let ty = self.r.ty(&mut self.tys, module, t, &env);
                        self.as_declared(v, ty)
                    }
                    None => v,
                }
            }
            _ => v,
        }
    }

    /// What `?` returns early: `None`, or the error alone.
    fn residual(&mut self, v: Val) -> Val {
        let v = self.content(v);
        let node = self.v.node(v).clone();
        let error = Symbol::new("Err");
        let fields: Vec<(Key, Val)> = node
            .fields
            .into_iter()
            .filter(|(k, _)| matches!(k, Key::Variant(variant, _) if *variant == error))
            .collect();
        // It has no payload of which they could say anything.
        let tags = self.v.tags.decided(node.tags.0);
        let tags = self.v.tags.of_variant(tags);
        self.v.make(Node {
            tags: TagSet0(tags),
            known: vec![Known::Variant(Symbol::new("None"))],
            fields,
            complete: true,
            ..Node::default()
        })
    }

    fn do_return(&mut self, v: Val, place: u32) {
        let state = self.st.clone();
        let frame = self.frame_mut();
        frame.returned += 1;
        frame.elsewhere += 1;
        let outcome = Outcome {
            value: v,
            place,
            repeated: !frame.breaks.is_empty(),
        };
        if !frame.rets.contains(&outcome) {
            frame.rets.push(outcome);
        }
        let proven = frame.proven.clone();
        let v = self.marked_value(v, &proven);
        let frame = self.frame_mut();
        if frame.split && frame.exits.len() < 24 {
            frame.exits.push((state, v));
            return;
        }
        match frame.exits.pop() {
            Some((mut s, old)) => {
                s.join(&state, &mut self.v);
                let joined = self.v.join(old, v);
                self.frame_mut().exits.push((s, joined));
            }
            None => frame.exits.push((state, v)),
        }
    }

    fn exit_to(&mut self, label: crate::ir::LabelId, is_continue: bool) {
        self.frame_mut().continued += u32::from(is_continue);
        self.frame_mut().left.push(label);
        let state = self.st.clone();
        let Some(i) = self
            .frame()
            .breaks
            .iter()
            .rposition(|(l, c, _)| *l == label && *c == is_continue)
        else {
            return;
        };
        if i + 2 < self.frame().breaks.len() {
            // Out of more than the innermost loop or block.
            self.frame_mut().elsewhere += 1;
        }
        let mut slot = self.frame_mut().breaks[i].2.take();
        join_into(&mut slot, state, &mut self.v);
        self.frame_mut().breaks[i].2 = slot;
    }

    fn merge_exit(&mut self, alive: bool, left: Option<State>) -> bool {
        match (alive, left) {
            (true, Some(s)) => {
                self.st.join(&s, &mut self.v);
                true
            }
            (true, None) => true,
            (false, Some(s)) => {
                self.st = s;
                true
            }
            (false, None) => false,
        }
    }

    fn run_loop(&mut self, label: crate::ir::LabelId, body: &'p Block) -> bool {
        // A loop inside a loop is met again with what it was met with before: its result stands.
        let place = std::ptr::from_ref(body) as usize;
        self.forget_scoped(place, body);
        let ctrl = self.frame().ctrl;
        let known = self
            .frame()
            .loops
            .get(&place)
            .and_then(|list| list.iter().find(|k| k.ctrl == ctrl && k.entry == self.st));
        if let Some(known) = known {
            let out = known.out.clone();
            return self.merge_exit(false, out);
        }
        let first = self.st.clone();
        let elsewhere = self.frame().elsewhere;
        let open = Open::repeated(label, self.mark());
        self.frame_mut().open.push(open);
        let mut out: Option<State> = None;
        let mut entry = self.st.clone();
        for _ in 0..24 {
            self.st = entry.clone();
            self.frame_mut().breaks.push((label, false, None));
            self.frame_mut().breaks.push((label, true, None));
            let proven = self.frame().proven.len();
            let alive = self.block(body);
            self.frame_mut().proven.truncate(proven);
            self.frame_mut().ctrl = ctrl;
            let next = self.frame_mut().breaks.pop().and_then(|(_, _, s)| s);
            let left = self.frame_mut().breaks.pop().and_then(|(_, _, s)| s);
            if let Some(s) = left {
                join_into(&mut out, s, &mut self.v);
            }
            let again = self.merge_exit(alive, next);
            if !again {
                break;
            }
            let end = std::mem::take(&mut self.st);
            if !entry.join(&end, &mut self.v) {
                break;
            }
        }
        self.close();
        if self.frame().elsewhere == elsewhere {
            let known = LoopResult {
                ctrl,
                entry: first,
                out: out.clone(),
            };
            let list = self.frame_mut().loops.entry(place).or_default();
            if list.len() < 64 {
                list.push(known);
            }
        }
        self.merge_exit(false, out)
    }

    /// Variables of a loop's own body hold nothing when the loop is entered.
    fn forget_scoped(&mut self, place: usize, body: &'p Block) {
        let scoped = match self.scoped.get(&place) {
            Some(list) => list.clone(),
            None => {
                let mut list = Vec::new();
                declared(body, &mut list);
                let list: Rc<[u32]> = list.into();
                self.scoped.insert(place, list.clone());
                list
            }
        };
        let base = self.frame().base;
        for l in scoped.iter() {
            self.st.set(Cell::Stack(base + l), Val::BOTTOM);
        }
    }

    /// A value assigned inside a branch was chosen by the branch's condition.
    fn under_control(&mut self, v: Val, at: &Located, kind: AssignKind) -> Val {
        let ctrl = self.frame().ctrl;
        if ctrl.is_empty() || matches!(kind, AssignKind::Init | AssignKind::Bind) {
            return v;
        }
        if self.v.is_definite(v) {
            let old = self.load(at);
            if old == v {
                return v;
            }
        }
        self.controlled(v, kind == AssignKind::Compound)
    }

    /// A value with the decisions of the branches around: of low confidence if it is another one each
    /// time. What another object than a context asks the host for itself is its own affair.
    fn controlled(&mut self, v: Val, updated: bool) -> Val {
        let (ctrl, lent) = (self.frame().ctrl, self.frame().lent);
        let deep = self.v.deep(v);
        let fresh = |t: &Tag| matches!(t.age, Age::Fresh(_));
        let own = updated || self.v.is_live(v);
        if lent && (own || self.v.tags.list(deep).iter().any(fresh)) {
            return v;
        }
        if !own {
            return self.v.taint(v, ctrl);
        }
        let tags = self.v.tags.low(ctrl);
        self.v.taint(v, tags)
    }

    /// The same for a value put into a container by a method.
    pub(crate) fn put_under_control(&mut self, v: Val) -> Val {
        let ctrl = self.frame().ctrl;
        if ctrl.is_empty() {
            return v;
        }
        self.controlled(v, false)
    }

    /// Runs a choice; gives the states at the ends of its arms.
    pub(super) fn switch(&mut self, sw: &'p Switch) -> Vec<State> {
        let around = self.frame().ctrl;
        // What another object does as it stands itself, such as to fill what is empty, it decides.
        let lent = std::mem::take(&mut self.frame_mut().lent);
        let outer = if lent { TagSet::EMPTY } else { around };
        let mut looked = TagSet::EMPTY;
        let mut out: Vec<State> = Vec::new();
        let mut results: Vec<Outcome> = Vec::new();
        let mut open = true;
        let mut since = self.mark();
        let left = self.frame().left.len();
        let rets = self.exit_count();
        let continued = self.frame().continued;
        let mut returned = false;
        self.frame_mut().slots.extend(sw.result);
        let proven = self.frame().proven.len();
        let mut disproved: Vec<Proof> = Vec::new();
        // What holds at the end of each arm that does not leave.
        let mut outlives: Option<Vec<Proof>> = None;
        for (place, arm) in (0..).zip(&sw.arms) {
            let mut taken = true;
            // So does the failure of what stands alone: `if kept != now { .. } else { .. }`.
            let mut proves = disproved.clone();
            let mut failed: Option<State> = None;
            for cond in &arm.conds {
                if !self.block(&cond.setup) {
                    taken = false;
                    break;
                }
                if looked.is_empty() {
                    // What it takes to get at the condition is not under it.
                    since = self.mark();
                }
                self.guards.clear();
                let (tags, truth) = self.test_cond(cond);
                let guards = std::mem::take(&mut self.guards);
                let tested = self.tested.take().filter(|_| cond.tests.len() == 1);
                looked = self.v.tags.union(looked, tags);
                self.v.tags.note_condition(tags, cond.span);
                let control = self.v.tags.control(looked);
                let ctrl = self.v.tags.union(outer, control);
                self.frame_mut().ctrl = ctrl;
                match truth {
                    Some(true) => {}
                    Some(false) => {
                        join_into(&mut failed, self.st.clone(), &mut self.v);
                        taken = false;
                        break;
                    }
                    None => {
                        let st = self.validated(self.st.clone(), &guards, false);
                        let st = self.refined(st, tested.as_ref(), false);
                        join_into(&mut failed, st, &mut self.v);
                    }
                }
                for &(proof, side) in &guards {
                    if proof.is_of_kept() && side {
                        proves.push(proof);
                    } else if proof.is_of_kept() && arm.conds.len() == 1 {
                        disproved.push(proof);
                    }
                }
                if !guards.is_empty() || tested.is_some() {
                    let st = std::mem::take(&mut self.st);
                    let st = self.validated(st, &guards, true);
                    self.st = self.refined(st, tested.as_ref(), true);
                }
                let outer_binding = std::mem::replace(&mut self.binding, true);
                let bound = self.block(&cond.bind);
                self.binding = outer_binding;
                if !bound {
                    taken = false;
                    break;
                }
            }
            if taken {
                // An `else` was chosen by the conditions before it.
                let control = self.v.tags.control(looked);
                let ctrl = self.v.tags.union(outer, control);
                self.frame_mut().ctrl = ctrl;
                let exits = self.exit_count();
                self.frame_mut().proven.extend(&proves);
                let ends = if self.frame().split {
                    self.paths(&arm.body)
                } else if self.block(&arm.body) {
                    vec![std::mem::take(&mut self.st)]
                } else {
                    Vec::new()
                };
                if !ends.is_empty() {
                    match &mut outlives {
                        Some(all) => all.retain(|p| proves.contains(p)),
                        None => outlives = Some(proves.clone()),
                    }
                }
                for mut st in ends {
                    if let Some(l) = sw.result {
                        let slot = Cell::Stack(self.frame().base + l.0);
                        if !proves.is_empty() && self.v.has_ptr(st.get(slot)) {
                            // A reference to what this arm knows to be up to date: the next line
                            // does not know it any more.
                            std::mem::swap(&mut self.st, &mut st);
                            let v = self.st.get(slot);
                            let v = self.owned(v, 0);
                            self.st.set(slot, v);
                            std::mem::swap(&mut self.st, &mut st);
                        }
                        results.push(Outcome {
                            value: st.get(slot),
                            place,
                            repeated: false,
                        });
                    }
                    // `matches!(&self.kept, Some(k) if *k == now)`, `changed = true`: what is a constant
                    // here says what the condition does.
                    let mut st = self.marked(st, &proves);
                    if let Some(l) = sw.result {
                        let slot = Cell::Stack(self.frame().base + l.0);
                        let v = self.marked_result(st.get(slot), &proves);
                        st.set(slot, v);
                    }
                    self.add_path(&mut out, st);
                }
                returned |= self.exit_count() > exits;
            }
            self.frame_mut().ctrl = around;
            // Nor does what it takes to get at a condition hold where that was not asked.
            self.frame_mut().proven.truncate(proven);
            match failed {
                Some(s) => self.st = s,
                None => {
                    open = false;
                    break;
                }
            }
        }
        if sw.result.is_some() {
            self.frame_mut().slots.pop();
        }
        // Without an unconditional arm the arms are exhaustive (a `match`), unless none could be
        // taken at all.
        if open && out.is_empty() && !returned && self.exit_count() == rets {
            out.push(self.st.clone());
        }
        if returned && !looked.is_empty() {
            let decided = self.v.tags.decided(looked);
            let all = self.v.tags.union(self.frame().ret_ctrl, decided);
            self.frame_mut().ret_ctrl = all;
        }
        if !open {
            // `if kept != now { return true; } false`
            let outlives = outlives.unwrap_or_default();
            self.frame_mut().proven.extend(outlives);
        }
        self.note_consequences(looked, since, left, returned);
        if returned {
            // What follows is done in some cases, as what is in an arm.
            self.frame_mut().ctrl = outer;
        } else {
            self.frame_mut().lent = lent;
        }
        if self.frame().continued > continued {
            // What follows in the loop's body is for the elements that were not passed over.
            let control = self.v.tags.control(looked);
            let ctrl = self.v.tags.union(self.frame().ctrl, control);
            self.frame_mut().ctrl = ctrl;
        }
        let decided = self.v.tags.decided(looked);
        let chosen = self.choice(&results, decided);
        let mut ends = Vec::with_capacity(out.len());
        for s in out {
            let mut s = self.superseded(s, looked);
            if let Some(l) = sw.result.filter(|_| !chosen.is_empty()) {
                let slot = Cell::Stack(self.frame().base + l.0);
                let v = self.v.taint(s.get(slot), chosen);
                s.set(slot, v);
            }
            ends.push(s);
        }
        ends
    }

    fn exit_count(&self) -> u32 {
        self.frame().returned
    }

    /// The taints that a choice between results gives to what was chosen; `looked` are those of the
    /// conditions, as decisions.
    pub(crate) fn choice(&mut self, results: &[Outcome], looked: TagSet) -> TagSet {
        if looked.is_empty() || !self.differ(results) {
            TagSet::EMPTY
        } else if self.has_sole_payload(results) {
            self.v.tags.of_variant(looked)
        } else {
            looked
        }
    }

    /// Whether a choice between these values chooses anything.
    pub(super) fn differ(&self, results: &[Outcome]) -> bool {
        match results {
            [] | [_] => false,
            [first, rest @ ..] => {
                rest.iter().any(|r| r.value != first.value) || !self.v.is_definite(first.value)
            }
        }
    }

    /// Whether one place gives `Ok` or `Some` with what the host gave in this callback, such as the token
    /// of a callout, and all others give `Err` or `None`: whoever takes out the payload has no other.
    fn has_sole_payload(&self, results: &[Outcome]) -> bool {
        let (full, empty): (Vec<&Outcome>, Vec<&Outcome>) = results
            .iter()
            .partition(|r| self.payload_of(r.value).is_some());
        let Some(first) = full.first() else {
            return false;
        };
        let sole = |r: &&Outcome| {
            r.place == first.place
                && !r.repeated
                && self.payload_of(r.value).is_some_and(|p| self.v.is_live(p))
        };
        full.iter().all(sole) && empty.iter().all(|r| self.is_without_payload(r.value))
    }

    fn payload_of(&self, v: Val) -> Option<Val> {
        let fields = &self.v.node(v).fields;
        let payload = fields.iter().find(|(k, _)| *k == Key::Element);
        payload.map(|&(_, payload)| payload)
    }

    /// Whether a value is surely `Err` or `None`, or what `?` returns, which may be either.
    fn is_without_payload(&self, v: Val) -> bool {
        let n = self.v.node(v);
        let none = |k: &Known| matches!(k, Known::Variant(name) if *name == "None");
        let error = |k: &Key| matches!(k, Key::Variant(name, _) if *name == "Err");
        !(n.opaque || n.known.is_empty() && n.fields.is_empty())
            && n.ptrs.is_empty()
            && n.known.iter().all(none)
            && n.fields.iter().all(|(k, _)| error(k))
    }

    /// The taints that a condition looks at, and whether it surely holds or fails.
    fn test_cond(&mut self, cond: &'p Cond) -> (TagSet, Option<bool>) {
        if let [test] = cond.tests.as_slice() {
            return self.test(test);
        }
        let mut tags = TagSet::EMPTY;
        // Several tests are alternatives or parts of one pattern: only what all of them say is sure.
        let mut truth: Option<Option<bool>> = None;
        let mut told: Vec<Vec<Sided>> = Vec::new();
        for test in &cond.tests {
            let (t, holds) = self.test(test);
            told.push(std::mem::take(&mut self.guards));
            tags = self.v.tags.union(tags, t);
            truth = Some(match truth {
                None => holds,
                Some(before) if before == holds => holds,
                Some(_) => None,
            });
        }
        self.guards = told_by_all(cond, &told);
        (tags, truth.unwrap_or(Some(true)))
    }

    fn test(&mut self, test: &'p Test) -> (TagSet, Option<bool>) {
        let at = self.locate(&test.place);
        let raw = self.load(&at);
        let v = self.content(raw);
        let root = {
            let n = self.v.root(v);
            self.v.tags.union(n, at.chosen.0)
        };
        let (tags, truth) = match &test.kind {
            TestKind::Truth { negated } => {
                let sided = self.v.sided(v);
                self.guards
                    .extend(sided.into_iter().map(|(p, b)| (p, b != *negated)));
                (root, self.known_bool(v).map(|b| b != *negated))
            }
            TestKind::Variant(path) => {
                let name = path.last();
                let told = self.told_by_variant(v, root, name);
                self.guards.extend(told);
                (root, self.is_variant(v, name))
            }
            TestKind::Equals(op) => {
                let rhs = self.operand_quiet(op);
                let rhs = self.content(rhs);
                match self.v.node(rhs).known.as_slice() {
                    [Known::Variant(name)] => {
                        let name = *name;
                        self.guards.extend(self.variant_proofs(v, name));
                        (root, self.is_variant(v, name))
                    }
                    [Known::Bool(b)] => {
                        let b = *b;
                        let sided = self.v.sided(v);
                        self.guards
                            .extend(sided.into_iter().map(|(p, side)| (p, side == b)));
                        (root, self.known_bool(v).map(|x| x == b))
                    }
                    known => {
                        if let [constant] = known {
                            let told = self.v.told_by_constant(v, *constant);
                            self.guards.extend(told);
                        }
                        let deep = self.v.deep(v);
                        let r = self.v.deep(rhs);
                        (self.v.tags.union(deep, r), self.known_equal(v, rhs))
                    }
                }
            }
            TestKind::Range => (self.v.deep(v), None),
            TestKind::Length => (root, None),
            TestKind::HasNext => {
                if self.in_heap(&at) {
                    self.note_place_read(root, &at, &test.place);
                }
                return (TagSet::EMPTY, None);
            }
        };
        if self.in_heap(&at) || self.is_suspended(tags) {
            self.note_place_read(tags, &at, &test.place);
        }
        self.tested = self.tested(test, &at);
        (tags, truth)
    }

    pub(crate) fn known_bool(&self, v: Val) -> Option<bool> {
        let n = self.v.node(v);
        match n.known.as_slice() {
            [Known::Bool(b)] if !n.opaque => Some(*b),
            _ => None,
        }
    }

    pub(crate) fn known_equal(&self, a: Val, b: Val) -> Option<bool> {
        let (x, y) = (self.v.node(a), self.v.node(b));
        if x.opaque || y.opaque {
            return None;
        }
        match (x.known.as_slice(), y.known.as_slice()) {
            ([a], [b]) => Some(a == b),
            _ => None,
        }
    }

    /// Whether a value is this variant, when that is certain.
    pub(crate) fn is_variant(&self, v: Val, name: Symbol) -> Option<bool> {
        let n = self.v.node(v);
        if n.opaque || v == Val::BOTTOM || !n.ptrs.is_empty() {
            return None;
        }
        let is = |k: &Known| matches!(k, Known::Variant(x) if *x == name);
        let mut yes = n.known.iter().any(is);
        let mut no = n
            .known
            .iter()
            .any(|k| matches!(k, Known::Variant(x) if *x != name));
        for (k, _) in &n.fields {
            match k {
                Key::Element if matches!(name.as_str(), "Some" | "Ok" | "?") => yes = true,
                Key::Element => no = true,
                Key::Variant(x, _) if *x == name => yes = true,
                Key::Variant(..) => no = true,
                _ => return None,
            }
        }
        if !n.complete && n.known.is_empty() {
            return None;
        }
        match (yes, no) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// Whether a place lies in something that outlives the callback (a capture included).
    pub(crate) fn in_heap(&mut self, at: &Located) -> bool {
        let frame = self.frame();
        let (base, captures) = (frame.base, frame.body.captures);
        let captured = at
            .targets
            .iter()
            .any(|t| matches!(t.cell, Cell::Stack(i) if i >= base && i < base + captures));
        captured
            || at.targets.iter().any(|t| matches!(t.cell, Cell::Heap(_)))
            || self
                .hop(&at.targets)
                .iter()
                .any(|t| matches!(t.cell, Cell::Heap(_)))
    }

    /// Marks kept taints whose window was closed as open: held headers go on.
    pub(crate) fn open_windows(&mut self) {
        let mut memo = Mapped::default();
        let mut st = std::mem::take(&mut self.st);
        let parks: Vec<bool> = self
            .cells
            .iter()
            .map(|c| c.storage != crate::flow::tag::Storage::Stream)
            .collect();
        let heap = st
            .heap
            .iter_mut()
            .enumerate()
            .map(|(h, slot)| (slot, parks[h]));
        let stack = st.stack.iter_mut().map(|slot| (slot, false));
        let sites = self.v.tags.streams();
        let finals = self.v.tags.finals();
        let mut parked = Mapped::default();
        for (slot, parks) in heap.chain(stack) {
            let memo = if parks { &mut parked } else { &mut memo };
            *slot = self.v.map_tags(*slot, memo, &mut |t: Tag| {
                Some(match t.age {
                    Age::Kept { site, .. } if parks && sites[site.0 as usize] => t,
                    Age::Kept {
                        site,
                        open,
                        foreign,
                    } => Tag {
                        age: Age::Kept {
                            site,
                            open: open || !finals[t.source.0 as usize],
                            foreign,
                        },
                        ..t
                    },
                    Age::Fresh(_) => t,
                })
            });
        }
        self.st = st;
    }
}

/// What a condition of several tests tells, each of which tells something.
fn told_by_all(cond: &Cond, told: &[Vec<Sided>]) -> Vec<Sided> {
    let [first, rest @ ..] = told else {
        return Vec::new();
    };
    let all = || told.iter().flatten().copied();
    if cond.alternatives {
        // Where it holds one of them does; where it fails all of them do.
        let place = &cond.tests[0].place;
        let plain = cond.tests.iter().all(|t| t.place == *place);
        let by_each = |s: &Sided| rest.iter().all(|t| t.contains(s));
        let holds = first.iter().copied().filter(|s| s.1 && by_each(s));
        holds.chain(all().filter(|s| !s.1 && plain)).collect()
    } else {
        // Where it fails any of them may.
        all().filter(|s| s.1).collect()
    }
}

/// The locals that get their first value inside a block.
fn declared(block: &Block, out: &mut Vec<u32>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Assign {
                dst,
                kind: AssignKind::Init | AssignKind::Bind,
                ..
            } => {
                if let (PlaceBase::Local(l), true) = (&dst.base, dst.proj.is_empty()) {
                    out.push(l.0);
                }
            }
            StmtKind::Switch(s) => {
                out.extend(s.result.map(|l| l.0));
                for arm in &s.arms {
                    for cond in &arm.conds {
                        declared(&cond.setup, out);
                        declared(&cond.bind, out);
                    }
                    declared(&arm.body, out);
                }
            }
            StmtKind::Loop { body, .. } | StmtKind::Labelled { body, .. } => declared(body, out),
            _ => {}
        }
    }
}
