//! One activation of a function: its frame, its exits, and the table of what was analysed before.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::flow::state::State;
use crate::flow::tag::TagSet;
use crate::flow::types::{TyEnv, TyId};
use crate::flow::value::{Cell, Known, Ptr, Val};
use crate::ir::{FnId, ModuleId, Param};
use crate::source::Span;

use super::call::Activation;
use super::consequence::Mark;
use super::place::Target;
use super::{
    CallKey, CallResult, Done, Frame, Interp, MAX_FRAMES, MAX_RECURSION, MAX_SPLIT, MAX_SPLITS,
    Outcome, Tail,
};

impl<'p> Interp<'p> {
    /// Runs the body of a function whose arguments are in place.
    pub(crate) fn run_now(
        &mut self,
        f: FnId,
        args: Vec<Val>,
        env: TyEnv,
        span: Span,
        ctrl: TagSet,
    ) -> Val {
        let func = &self.r.program.functions[f.index()];
        let ret = self.r.ty(&mut self.tys, func.module, &func.ret, &env);
        let Some(body) = &func.body else {
            let mut tags = TagSet::EMPTY;
            for &a in &args {
                let d = self.deep_tags(a);
                tags = self.v.tags.union(tags, d);
            }
            let tags = self.v.tags.low(tags);
            return self.v.opaque(tags, ret);
        };
        self.facts.executed.insert(f);
        let v = self.activate(Activation {
            func: f,
            body,
            path: Rc::from([]),
            env: Rc::new(env),
            args,
            span,
            ctrl,
        });
        // Where its paths are kept apart, each has the value that it gives.
        if matches!(&self.tail, Tail::Got(depth, _) if *depth == self.frames.len())
            && let Tail::Got(depth, mut exits) = std::mem::take(&mut self.tail)
        {
            for (_, v) in &mut exits {
                *v = self.as_declared(*v, ret);
            }
            self.tail = Tail::Got(depth, exits);
        }
        self.as_declared(v, ret)
    }

    /// Arguments with the declared types of their parameters, where they had none.
    pub(super) fn typed_args(
        &mut self,
        params: &[Param],
        args: Vec<Val>,
        module: ModuleId,
        env: &TyEnv,
    ) -> Vec<Val> {
        let mut args = args;
        for (p, a) in params.iter().zip(&mut args) {
            let ty = self.r.ty(&mut self.tys, module, &p.ty, env);
            *a = self.handed_in(*a, ty);
        }
        args
    }

    /// The statement's own call enters `f`.
    pub(super) fn enters(&mut self, f: FnId) {
        if let Tail::Wanted(depth) = self.tail
            && depth == self.frames.len()
        {
            self.tail = Tail::Called(depth, f);
        }
    }

    /// Whether the call that is entered is the one whose paths the callback wants to keep apart.
    fn keeps_paths(&mut self, f: FnId) -> bool {
        match &self.tail {
            Tail::Called(depth, callee) if *depth == self.frames.len() && *callee == f => {
                let split = self.frames.len() <= MAX_SPLIT && self.splits < MAX_SPLITS;
                self.splits += u32::from(split);
                self.tail = Tail::Idle;
                split
            }
            _ => false,
        }
    }

    /// Runs a body, or takes the tabulated result for the same input.
    pub(crate) fn activate(&mut self, act: Activation<'p>) -> Val {
        let repeats = self
            .frames
            .iter()
            .filter(|f| f.func == act.func && f.path == act.path)
            .count();
        // A function that gets closures may be entered again for another one of them.
        let functional = act.args.iter().any(|&a| !self.v.node(a).fns.is_empty());
        let allowed = if functional { MAX_RECURSION } else { 0 };
        if self.frames.len() >= MAX_FRAMES || repeats > allowed || !self.burn() {
            return self.recursive_result(&act.args);
        }
        let key = self.call_key(&act);
        if self.active.contains(&key) {
            // The same call is being analysed: its result so far is nothing.
            self.st_dead = true;
            return Val::BOTTOM;
        }
        let split = self.keeps_paths(act.func);
        if let Some(hit) = self.memo.get(&key).cloned().filter(|_| !split) {
            return self.replay(&hit);
        }
        let before = self.st.clone();
        let (since, deeds) = (self.mark(), self.deeds.len());
        let waits = self.waits;
        self.active.push(key.clone());
        let (mut exits, ret_ctrl, rets) = self.run_body(act, split);
        self.active.pop();
        let chosen = if rets.windows(2).all(|two| two[0].value == two[1].value) {
            TagSet::EMPTY
        } else {
            self.choice(&rets, ret_ctrl)
        };
        if split {
            for (_, v) in &mut exits {
                *v = self.v.taint(*v, chosen);
            }
            self.tail = Tail::Got(self.frames.len(), exits.clone());
        }
        let mut val = Val::BOTTOM;
        let mut state: Option<State> = None;
        for (s, v) in exits {
            val = self.v.join(val, v);
            crate::flow::state::join_into(&mut state, s, &mut self.v);
        }
        val = self.v.taint(val, chosen);
        let base = before.stack.len();
        let result = match state {
            Some(mut s) => {
                s.stack.truncate(base);
                self.st = s;
                self.diff(&before, val, since, self.deeds_since(deeds))
            }
            None => {
                self.st = before;
                self.st_dead = true;
                CallResult {
                    val: Val::BOTTOM,
                    cells: None,
                    flags: self.st.events(),
                    effects: self.acted_since(since),
                    tells: self.told_since(since),
                    deeds: self.deeds_since(deeds),
                }
            }
        };
        // What a wait makes old lies in the frames of the callers too, which are no part of the key.
        if self.waits == waits {
            self.memo.insert(key, Rc::new(result));
        }
        val
    }

    /// The result of a call that is not followed because its function is already running: taint
    /// passes through, structure does not. What the function does to places is done by the running
    /// activation.
    fn recursive_result(&mut self, args: &[Val]) -> Val {
        let mut tags = TagSet::EMPTY;
        for &a in args {
            if !self.is_context_pointer(a) {
                let d = self.deep_tags(a);
                tags = self.v.tags.union(tags, d);
            }
        }
        self.v.opaque(tags, TyId::UNKNOWN)
    }

    fn is_context_pointer(&mut self, v: Val) -> bool {
        let c = self.content(v);
        self.is_context(c)
    }

    fn replay(&mut self, hit: &CallResult) -> Val {
        self.effects += u64::from(hit.effects);
        self.tells += u64::from(hit.tells);
        self.deeds.extend_from_slice(&hit.deeds);
        match &hit.cells {
            Some(cells) => {
                for &(c, v) in cells {
                    self.st.set(c, v);
                }
                self.st.set_events(hit.flags);
                hit.val
            }
            None => {
                self.st_dead = true;
                Val::BOTTOM
            }
        }
    }

    fn diff(&self, before: &State, val: Val, since: Mark, deeds: Rc<[Done]>) -> CallResult {
        let mut cells = Vec::new();
        for (i, &v) in self.st.stack.iter().enumerate() {
            let c = Cell::Stack(u32::try_from(i).unwrap_or(u32::MAX));
            if before.get(c) != v {
                cells.push((c, v));
            }
        }
        for (i, &v) in self.st.heap.iter().enumerate() {
            let c = Cell::Heap(u32::try_from(i).unwrap_or(u32::MAX));
            if before.get(c) != v {
                cells.push((c, v));
            }
        }
        CallResult {
            val,
            cells: Some(cells),
            flags: self.st.events(),
            effects: self.acted_since(since),
            tells: self.told_since(since),
            deeds,
        }
    }

    /// The input of a call: arguments, statics, and all cells reachable from them.
    fn call_key(&self, act: &Activation<'p>) -> CallKey {
        let mut ptrs: Vec<Ptr> = Vec::new();
        let mut seen = FxHashSet::default();
        for &a in &act.args {
            self.v.pointers(a, &mut seen, &mut ptrs);
        }
        let mut cells: Vec<(Cell, Val)> = Vec::new();
        for &s in &self.static_order {
            let v = self.st.get(Cell::Heap(s));
            cells.push((Cell::Heap(s), v));
            self.v.pointers(v, &mut seen, &mut ptrs);
        }
        let mut known: FxHashSet<Cell> = cells.iter().map(|c| c.0).collect();
        let mut i = 0;
        while i < ptrs.len() {
            let c = ptrs[i].cell;
            i += 1;
            if known.insert(c) {
                let v = self.st.get(c);
                cells.push((c, v));
                self.v.pointers(v, &mut seen, &mut ptrs);
            }
        }
        CallKey {
            func: act.func,
            path: act.path.clone(),
            args: act.args.clone(),
            ctrl: act.ctrl,
            env: act.env.clone(),
            flags: self.st.events(),
            cells,
        }
    }

    /// Runs a body in a new frame; gives its exits, the conditions that choose between results, and
    /// the results.
    pub(crate) fn run_body(
        &mut self,
        act: Activation<'p>,
        split: bool,
    ) -> (Vec<(State, Val)>, TagSet, Vec<Outcome>) {
        let base = self.st.stack.len();
        self.st
            .stack
            .resize(base + act.body.locals.len(), Val::BOTTOM);
        self.runs += 1;
        self.look = None;
        for (i, &a) in act.args.iter().enumerate().take(act.body.locals.len()) {
            self.st.stack[base + i] = a;
        }
        let module = self.r.program.functions[act.func.index()].module;
        let this = act.args.first().copied();
        let lent = !act.ctrl.is_empty() && !this.is_some_and(|a| self.is_context_pointer(a));
        self.frames.push(Frame {
            func: act.func,
            body: act.body,
            path: act.path,
            base: u32::try_from(base).unwrap_or(u32::MAX),
            module,
            env: act.env,
            ctrl: act.ctrl,
            ctrl_inherited: !act.ctrl.is_empty(),
            lent,
            ret_ctrl: TagSet::EMPTY,
            proven: Vec::new(),
            rets: Vec::new(),
            returned: 0,
            exits: Vec::new(),
            split,
            slots: Vec::new(),
            loops: FxHashMap::default(),
            elsewhere: 0,
            continued: 0,
            open: Vec::new(),
            left: Vec::new(),
            leaving: Vec::new(),
            breaks: Vec::new(),
            call_span: act.span,
            args: act.args,
        });
        let alive = self.block(&act.body.block);
        // The slots go to somebody else.
        self.look = None;
        if alive {
            // A body that ends without a return gives `()`.
            let unit = self.v.known(Known::Unit);
            let st = self.st.clone();
            let frame = self.frame_mut();
            frame.rets.push(Outcome {
                value: unit,
                place: u32::MAX,
                repeated: false,
            });
            frame.exits.push((st, unit));
        }
        let Some(frame) = self.frames.pop() else {
            return (Vec::new(), TagSet::EMPTY, Vec::new());
        };
        // Where the results differ it is for whoever gets them to act or tell.
        let carried = self.differ(&frame.rets);
        self.settle(frame.leaving, carried);
        let mut exits = frame.exits;
        for (s, v) in &mut exits {
            if self.v.has_ptr(*v) {
                std::mem::swap(&mut self.st, s);
                *v = self.escape(*v, frame.base, 0);
                std::mem::swap(&mut self.st, s);
            }
            s.stack.truncate(base);
        }
        self.st.stack.truncate(base);
        (exits, frame.ret_ctrl, frame.rets)
    }

    /// A value that leaves its frame: references to the frame's own slots (promoted constants, such
    /// as `&["a", "b"]`) become what they lead to.
    pub(crate) fn escape(&mut self, v: Val, base: u32, depth: u32) -> Val {
        if depth > 6 || !self.v.has_ptr(v) {
            return v;
        }
        let mut n = self.v.node(v).clone();
        let mut out = Val::BOTTOM;
        let mut kept = Vec::with_capacity(n.ptrs.len());
        for p in std::mem::take(&mut n.ptrs) {
            if matches!(p.cell, Cell::Stack(i) if i >= base) {
                let t = Target {
                    cell: p.cell,
                    path: p.path.to_vec(),
                };
                let c = self.load_target(&t);
                let c = self.escape(c, base, depth + 1);
                out = self.v.join(out, c);
            } else {
                kept.push(p);
            }
        }
        n.ptrs = kept;
        for slot in &mut n.fields {
            slot.1 = self.escape(slot.1, base, depth + 1);
        }
        let tags = n.tags.0;
        let empty = n.ptrs.is_empty() && n.fields.is_empty() && n.fns.is_empty() && !n.opaque;
        if out != Val::BOTTOM && empty {
            return self.v.taint(out, tags);
        }
        let rest = self.v.make(n);
        self.v.join(rest, out)
    }
}
