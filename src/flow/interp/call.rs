//! Calls: finding what runs, running it once per distinct input.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{
    Body, Call, Callee, FnId, ModuleId, Operand, Param, Path, Receiver, Symbol, Type, TypeDefKind,
};
use crate::source::Span;

use super::consequence::Mark;
use super::models::is_pointer_function;
use super::place::{Located, Target};
use super::{
    CallKey, CallResult, Done, Frame, Interp, MAX_FRAMES, MAX_RECURSION, MAX_SPLIT, MAX_SPLITS,
    Outcome, Tail,
};
use crate::flow::resolve::{Def, Method};
use crate::flow::state::State;
use crate::flow::tag::TagSet;
use crate::flow::types::{TraitRef, TyEnv, TyId, TyKind};
use crate::flow::value::{Callable, Cell, Key, Known, Mapped, Node, Ptr, PtrKind, TagSet0, Val};

/// A body about to run.
pub(crate) struct Activation<'p> {
    pub(crate) func: FnId,
    pub(crate) body: &'p Body,
    pub(crate) path: Rc<[u32]>,
    pub(crate) env: Rc<TyEnv>,
    pub(crate) args: Vec<Val>,
    pub(crate) span: Span,
    pub(crate) ctrl: TagSet,
}

impl<'p> Interp<'p> {
    /// Resolves a path, `Self` and type parameters included. The second part is the type through
    /// which a member was named.
    pub(crate) fn resolve_path(&mut self, module: ModuleId, path: &Path) -> Option<(Def, TyId)> {
        let env = self.frame().env.clone();
        let first = path.segments.first()?.name;
        let owner = if let Some(q) = &path.qself {
            let ty = self.r.ty(&mut self.tys, module, q, &env);
            if let Some(pointer) = self.r.pointer(module, q) {
                // `<Box<T>>::default()` is a function of the box, not of what it holds.
                let full = Symbol::new(&format!("{pointer}::{}", path.last()));
                if is_pointer_function(full) {
                    return Some((Def::External(full), ty));
                }
            }
            Some(ty)
        } else {
            env.get(first)
                .filter(|_| path.segments.len() > 1 || first == "Self")
        };
        if let Some(ty) = owner {
            let TyKind::Adt(t, _) = *self.tys.kind(ty) else {
                let name = path.last();
                if path.segments.len() > 1 || path.qself.is_some() {
                    if let Some(Def::Fn(f)) = self.trait_member(ty, name) {
                        return Some((Def::Fn(f), ty));
                    }
                    return Some((Def::External(Symbol::new(&format!("?::{name}"))), ty));
                }
                return None;
            };
            if path.qself.is_none() && path.segments.len() == 1 {
                return Some((Def::Type(t), ty));
            }
            return Some((self.member_of(t, path.last()), ty));
        }
        let def = self.r.path(module, path)?;
        let mut ty = TyId::UNKNOWN;
        if path.segments.len() > 1 {
            let prefix = Path {
                global: path.global,
                qself: None,
                segments: path.segments[..path.segments.len() - 1].to_vec(),
            };
            let names_type = match self.r.path(module, &prefix) {
                Some(Def::Type(_)) => true,
                // `Box::<T>::default()`.
                Some(Def::External(_)) => {
                    prefix.segments.last().is_some_and(|s| !s.args.is_empty())
                }
                _ => false,
            };
            if names_type {
                ty = self.r.ty(&mut self.tys, module, &Type::Path(prefix), &env);
            }
        }
        if ty == TyId::UNKNOWN
            && let Def::Type(_) | Def::Variant(..) = def
        {
            ty = self
                .r
                .ty(&mut self.tys, module, &Type::Path(path.clone()), &env);
        }
        Some((def, ty))
    }

    fn member_of(&self, t: crate::ir::TypeId, name: Symbol) -> Def {
        if let TypeDefKind::Enum(vs) = &self.r.program.types[t.index()].kind
            && vs.iter().any(|v| v.name == name)
        {
            return Def::Variant(t, name);
        }
        if let Some(m) = self.r.methods(t, name).first() {
            return Def::Fn(m.func);
        }
        for &i in self.r.impls_of(t) {
            let imp = &self.r.program.impls[i.index()];
            if let Some(&(_, g)) = imp.consts.iter().find(|(n, _)| *n == name) {
                return Def::Global(g);
            }
        }
        Def::Member(t, name)
    }

    fn trait_member(&self, ty: TyId, name: Symbol) -> Option<Def> {
        let TyKind::Traits(traits) = self.tys.kind(ty) else {
            return None;
        };
        traits.iter().find_map(|t| {
            let tr = &self.r.program.traits[t.in_tree?.index()];
            tr.methods
                .iter()
                .copied()
                .find(|f| self.r.program.functions[f.index()].name == name)
                .map(Def::Fn)
        })
    }

    /// Evaluates a call; `None` when it never returns.
    pub(crate) fn call(&mut self, call: &'p Call) -> Option<Val> {
        let deeds = self.deeds.len();
        let value = self.evaluate(call);
        self.charge(call.span, deeds);
        value
    }

    fn evaluate(&mut self, call: &'p Call) -> Option<Val> {
        match &call.callee {
            Callee::Path(path) => self.call_path(call, path),
            Callee::Method(name) => self.call_method(call, *name),
            Callee::Value(op) => {
                let callee = self.operand(op);
                let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
                self.call_value(callee, args, call.span)
            }
        }
    }

    fn call_path(&mut self, call: &'p Call, path: &'p Path) -> Option<Val> {
        let module = self.frame().module;
        let def = self.resolve_path(module, path);
        match def {
            Some((Def::Fn(f), ty)) => {
                let func = &self.r.program.functions[f.index()];
                // `Trait::method(x)`: the receiver decides.
                if func.trait_id.is_some() && func.receiver.is_some() && !call.args.is_empty() {
                    return self.call_method(call, func.name);
                }
                let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
                let f = self.conversion_for(f, args.first().copied());
                self.enter_fn(f, ty, args, call, path)
            }
            Some((Def::Type(_) | Def::Variant(..), _)) => Some(self.construct(path, &call.args)),
            Some((Def::Member(..) | Def::External(_), _)) | None
                if !call.args.is_empty() && self.names_host_method(path) =>
            {
                self.call_method(call, path.last())
            }
            Some((Def::Member(t, name), ty)) => {
                let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
                Some(self.derived_member(t, ty, name, &args))
            }
            Some((Def::Global(g), _)) => {
                let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
                let v = self.const_value(g);
                self.call_value(v, args, call.span)
            }
            Some((Def::External(full), ty)) => {
                if let Some((owner, host)) = self.sdk_function(path) {
                    let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
                    return Some(self.sdk_call(&host, owner, None, &args, call.span));
                }
                if matches!(full.as_str(), "Some" | "Ok" | "Err") {
                    return Some(self.construct(path, &call.args));
                }
                self.call_external(call, full, ty)
            }
            _ => {
                let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
                self.unknown_call(None, &args, call.span)
            }
        }
    }

    /// `Context::get_property(self, ..)`, `<Self as Context>::..`, `Self::get_property(self, ..)`: a
    /// host call whose receiver comes first.
    fn names_host_method(&self, path: &Path) -> bool {
        let owner = path.segments.iter().rev().nth(1).map(|s| s.name);
        let of_context = path.qself.is_some()
            || owner.is_some_and(|o| o == "Self" || self.sdk.role(o).is_some());
        of_context && self.sdk.call(path.last()).is_some()
    }

    fn construct(&mut self, path: &'p Path, args: &'p [Operand]) -> Val {
        let fields: Vec<(Symbol, Val, Span)> = args
            .iter()
            .enumerate()
            .map(|(i, a)| (Symbol::new(&i.to_string()), self.operand(a), a.span()))
            .collect();
        self.aggregate(path, &fields, None)
    }

    /// An associated function that the tree does not spell out: derived or from a std trait.
    fn derived_member(
        &mut self,
        t: crate::ir::TypeId,
        ty: TyId,
        name: Symbol,
        args: &[Val],
    ) -> Val {
        let ty = if ty == TyId::UNKNOWN {
            self.tys.intern(TyKind::Adt(t, Vec::new()))
        } else {
            ty
        };
        if name == "default" && args.is_empty() {
            return self.default_value(ty, 0);
        }
        let mut tags = TagSet::EMPTY;
        for &a in args {
            let d = self.deep_tags(a);
            tags = self.v.tags.union(tags, d);
        }
        self.v.opaque(tags, ty)
    }

    /// `T::default()` of a derived impl: nothing is in it yet.
    pub(crate) fn default_value(&mut self, ty: TyId, depth: u32) -> Val {
        match self.tys.kind(ty).clone() {
            TyKind::Adt(t, args) if depth < 4 => {
                let default = Symbol::new("default");
                if let Some(m) = self.r.methods(t, default).first().copied() {
                    let span = self.frame().call_span;
                    return self.run_fn(m.func, Vec::new(), ty, span, TagSet::EMPTY);
                }
                let def = &self.r.program.types[t.index()];
                let TypeDefKind::Struct(fields) = &def.kind else {
                    return self.v.opaque(TagSet::EMPTY, ty);
                };
                let mut env = TyEnv::default();
                for (g, a) in def.generics.iter().zip(&args) {
                    env.set(g.name, *a);
                }
                let parts = fields
                    .iter()
                    .map(|f| {
                        let fty = self.r.ty(&mut self.tys, def.module, &f.ty, &env);
                        let v = self.default_value(fty, depth + 1);
                        let v = self.shared_as_declared(def.module, f, v);
                        self.name_cells(v, f.name, || def.name.to_string());
                        (Key::Field(f.name), v)
                    })
                    .collect();
                self.v.make(Node {
                    fields: parts,
                    tys: vec![ty],
                    ..Node::default()
                })
            }
            TyKind::External(name, _) if name == "Option" => self.none(),
            TyKind::External(name, _) if name == "bool" => self.v.known(Known::Bool(false)),
            _ => self.v.opaque(TagSet::EMPTY, ty),
        }
    }

    /// `None`.
    pub(crate) fn none(&mut self) -> Val {
        self.v.make(Node {
            known: vec![Known::Variant(Symbol::new("None"))],
            complete: true,
            ..Node::default()
        })
    }

    /// Whether a function belongs to an SDK that is modelled rather than followed.
    fn is_modelled(&self, f: FnId) -> bool {
        let func = &self.r.program.functions[f.index()];
        let krate = self.r.program.modules[func.module.index()].krate;
        let package = self.r.crate_package(krate);
        self.sdk.is_sdk_crate(package)
            && !self.sdk.is_followed(package)
            && self.sdk.call(func.name).is_some()
    }

    fn enter_fn(
        &mut self,
        f: FnId,
        ty: TyId,
        args: Vec<Val>,
        call: &'p Call,
        path: &'p Path,
    ) -> Option<Val> {
        let func = &self.r.program.functions[f.index()];
        if self.is_modelled(f)
            && let Some(host) = self.sdk.call(func.name).cloned()
        {
            let skip = usize::from(func.receiver.is_some());
            let args: Vec<Val> = args.into_iter().skip(skip).collect();
            return Some(self.host_call(&host, &args, call.span, func.receiver.is_none()));
        }
        let ctrl = if self.lends_state(&func.params, &args) {
            self.direct_ctrl()
        } else {
            TagSet::EMPTY
        };
        let turbofish = path.segments.last().map_or(&[][..], |s| &s.args);
        self.enters(f);
        Some(self.run_generic(f, args, ty, call.span, ctrl, turbofish)).filter(|_| !self.dead())
    }

    fn dead(&mut self) -> bool {
        std::mem::take(&mut self.st_dead)
    }

    /// Runs a function on arguments.
    pub(crate) fn run_fn(
        &mut self,
        f: FnId,
        args: Vec<Val>,
        self_ty: TyId,
        span: Span,
        ctrl: TagSet,
    ) -> Val {
        self.run_generic(f, args, self_ty, span, ctrl, &[])
    }

    fn run_generic(
        &mut self,
        f: FnId,
        args: Vec<Val>,
        self_ty: TyId,
        span: Span,
        ctrl: TagSet,
        turbofish: &[Type],
    ) -> Val {
        let func = &self.r.program.functions[f.index()];
        let (env, args, self_ty) = self.bind(f, args, self_ty, turbofish);
        if func.is_async {
            let args: Rc<[Val]> = args.into();
            return self.v.callable(Callable::Future {
                func: f,
                args,
                self_ty,
            });
        }
        self.run_now(f, args, env, span, ctrl)
    }

    /// What type parameters mean in a call, and the arguments with their declared types.
    pub(crate) fn bind(
        &mut self,
        f: FnId,
        args: Vec<Val>,
        self_ty: TyId,
        turbofish: &[Type],
    ) -> (TyEnv, Vec<Val>, TyId) {
        let func = &self.r.program.functions[f.index()];
        let method = Method {
            func: f,
            impl_id: func.impl_id,
        };
        let mut self_ty = self_ty;
        if self_ty == TyId::UNKNOWN
            && let Some(i) = func.impl_id
            && let Some(t) = self.r.impl_type(i)
        {
            self_ty = self.tys.intern(TyKind::Adt(t, Vec::new()));
        }
        let mut env = self.r.method_env(&mut self.tys, method, self_ty);
        let caller = self.frames.last().map(|fr| (fr.module, fr.env.clone()));
        for (i, g) in func.generics.iter().enumerate() {
            let mut ty = TyId::UNKNOWN;
            if let (Some(t), Some((m, e))) = (turbofish.get(i), &caller) {
                ty = self.r.ty(&mut self.tys, *m, t, e);
            }
            if ty == TyId::UNKNOWN {
                for (p, &a) in func.params.iter().zip(&args) {
                    if names_param(&p.ty, g.name) {
                        let c = self.content(a);
                        if let [one] = self.v.node(c).tys[..] {
                            ty = one;
                        }
                    }
                }
            }
            if ty == TyId::UNKNOWN {
                ty = self.r.bound_ty(&mut self.tys, func.module, g);
            }
            env.set(g.name, ty);
        }
        let args = self.typed_args(&func.params, args, func.module, &env);
        (env, args, self_ty)
    }

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
                let given = self.default_as(*v, ret);
                *v = self.declared(given, ret);
            }
            self.tail = Tail::Got(depth, exits);
        }
        let v = self.default_as(v, ret);
        self.declared(v, ret)
    }

    /// Arguments with the declared types of their parameters, where they had none.
    fn typed_args(
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
    fn enters(&mut self, f: FnId) {
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
            // Another call on the same level: the value is not that of the first alone.
            Tail::Got(depth, _) if *depth == self.frames.len() => {
                self.tail = Tail::Idle;
                false
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
        for (i, &a) in act.args.iter().enumerate().take(act.body.locals.len()) {
            self.st.stack[base + i] = a;
        }
        let module = self.r.program.functions[act.func.index()].module;
        self.frames.push(Frame {
            func: act.func,
            body: act.body,
            path: act.path,
            base: u32::try_from(base).unwrap_or(u32::MAX),
            module,
            env: act.env,
            ctrl: act.ctrl,
            ctrl_inherited: !act.ctrl.is_empty(),
            ret_ctrl: TagSet::EMPTY,
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

    /// Calls whatever a value can run.
    pub(crate) fn call_value(&mut self, callee: Val, args: Vec<Val>, span: Span) -> Option<Val> {
        let c = self.content(callee);
        let fns = self.v.node(c).fns.clone();
        if fns.is_empty() {
            return self.call_held(callee, c, &args, span);
        }
        self.fork(fns.len(), |this, i| {
            this.call_one(&fns[i], args.clone(), span)
        })
    }

    /// Calls what code outside of the tree gave: perhaps one of the functions that it was given.
    fn call_held(&mut self, callee: Val, content: Val, args: &[Val], span: Span) -> Option<Val> {
        let held = self
            .v
            .node(content)
            .fields
            .iter()
            .find(|f| f.0 == Key::Held);
        let fns = held.map_or_else(Vec::new, |&(_, v)| self.v.node(v).fns.clone());
        self.fork(fns.len() + 1, |this, i| {
            let Some(f) = fns.get(i) else {
                return this.unknown_call(Some(callee), args, span);
            };
            let v = this.call_one(f, args.to_vec(), span)?;
            let mut memo = crate::flow::value::Mapped::default();
            Some(this.v.map_tags(v, &mut memo, &mut |t| {
                Some(crate::flow::tag::Tag { low: true, ..t })
            }))
        })
    }

    /// What code outside of the tree gives for these values, with the functions among them.
    pub(crate) fn with_held(&mut self, v: Val, given: &[Val]) -> Val {
        let mut fns = Vec::new();
        for &g in given {
            let c = self.content(g);
            self.v.held_functions(c, 0, &mut fns);
        }
        if fns.is_empty() {
            return v;
        }
        let fns = self.v.make(Node {
            fns,
            ..Node::default()
        });
        self.v.with_field(v, Key::Held, fns, false)
    }

    /// Runs alternatives from the same state and joins what they leave.
    pub(crate) fn fork(
        &mut self,
        n: usize,
        mut run: impl FnMut(&mut Self, usize) -> Option<Val>,
    ) -> Option<Val> {
        if n == 1 {
            return run(self, 0);
        }
        let before = self.st.clone();
        let mut out: Option<State> = None;
        let mut val: Option<Val> = None;
        for i in 0..n {
            self.st = before.clone();
            if let Some(v) = run(self, i) {
                let st = std::mem::take(&mut self.st);
                crate::flow::state::join_into(&mut out, st, &mut self.v);
                val = Some(match val {
                    Some(old) => self.v.join(old, v),
                    None => v,
                });
            }
        }
        self.st = out.unwrap_or(before);
        val
    }

    fn call_one(&mut self, f: &Callable, args: Vec<Val>, span: Span) -> Option<Val> {
        match f {
            Callable::Fn(f, ty) => {
                let func = &self.r.program.functions[f.index()];
                if self.is_modelled(*f)
                    && let Some(host) = self.sdk.call(func.name).cloned()
                {
                    return Some(self.host_call(&host, &args, span, func.receiver.is_none()));
                }
                let v = self.run_fn(*f, args, *ty, span, TagSet::EMPTY);
                Some(v).filter(|_| !self.dead())
            }
            Callable::Closure {
                func,
                path,
                captures,
                env,
                is_async,
            } => {
                if *is_async {
                    return Some(self.v.callable(f.clone()));
                }
                self.run_closure(*func, path, captures, env, args, span)
            }
            Callable::Future { .. } | Callable::Wait(..) => Some(self.v.callable(f.clone())),
            Callable::Default(ty) => Some(self.default_value(*ty, 0)),
            Callable::Pointer(full, ty) => self
                .pointer_function(*full, *ty, &args, span)
                .or_else(|| self.unknown_call(None, &args, span)),
            Callable::Constructor(name) => {
                let is_variant = name.as_str().chars().next().is_some_and(char::is_uppercase);
                if !is_variant {
                    // `.map(String::from)`, `.map(ToString::to_string)`.
                    let copies = matches!(
                        name.as_str(),
                        "from" | "into" | "to_string" | "to_owned" | "clone" | "as_str" | "as_ref"
                    );
                    // A method that takes a function may be ready to hand it more than it wants.
                    if let (Some(&arg), true) = (args.first(), copies) {
                        self.note_copied(arg, span);
                        return Some(self.cloned(arg));
                    }
                    return self.unknown_call(None, &args, span);
                }
                if let Some(v) = self.carried_by_name(*name, &args, span) {
                    return Some(v);
                }
                let fields: Vec<(Symbol, Val, Span)> = args
                    .into_iter()
                    .enumerate()
                    .map(|(i, a)| (Symbol::new(&i.to_string()), a, span))
                    .collect();
                let path = Path::of(&[name.as_str()]);
                Some(self.aggregate(&path, &fields, None))
            }
        }
    }

    /// Evaluates a method call.
    fn call_method(&mut self, call: &'p Call, name: Symbol) -> Option<Val> {
        let (first, rest) = call.args.split_first()?;
        let at = match first {
            Operand::Place(p) => self.locate(p),
            Operand::Const(..) => Located {
                value: Some(self.operand_quiet(first)),
                ..Located::default()
            },
        };
        let raw = self.load(&at);
        if raw == Val::BOTTOM && at.value.is_none() {
            // A value that does not exist on this path, such as the payload of a known `None`.
            if !at.targets.is_empty() && self.v.node(raw).tys.is_empty() {
                let args: Vec<Val> = rest.iter().map(|a| self.operand(a)).collect();
                return self.unknown_call(None, &args, call.span);
            }
        }
        let recv = self.content(raw);
        if let Some((owner, host)) = self.sdk_method(recv, name) {
            let args: Vec<Val> = rest.iter().map(|a| self.operand(a)).collect();
            return Some(self.sdk_call(&host, owner, Some(recv), &args, call.span));
        }
        if let Some(found) = self.find_methods(recv, name) {
            let args: Vec<Val> = rest.iter().map(|a| self.operand(a)).collect();
            return self.run_methods(&found, &at, raw, recv, args, call, name);
        }
        if let Some(host) = self.host_method(recv, name) {
            let args: Vec<Val> = rest.iter().map(|a| self.operand(a)).collect();
            return Some(self.host_call(&host, &args, call.span, false));
        }
        if let Some(inner) = self.deref_of(&at, recv, call.span) {
            let at = Located {
                value: Some(inner),
                ..Located::default()
            };
            let recv = self.content(inner);
            if let Some(found) = self.find_methods(recv, name) {
                let args: Vec<Val> = rest.iter().map(|a| self.operand(a)).collect();
                return self.run_methods(&found, &at, inner, recv, args, call, name);
            }
            return self.model_method(call, name, at, inner, recv);
        }
        self.model_method(call, name, at, raw, recv)
    }

    /// The in-tree methods that a receiver can mean: target, type, certainty lost.
    fn find_methods(&mut self, recv: Val, name: Symbol) -> Option<Vec<(Method, TyId, bool)>> {
        let tys = self.v.node(recv).tys.clone();
        let mut out: Vec<(Method, TyId, bool)> = Vec::new();
        for &ty in &tys {
            if let TyKind::Adt(t, _) = *self.tys.kind(ty) {
                for m in self.r.methods(t, name) {
                    out.push((m, ty, false));
                }
            }
        }
        if !out.is_empty() {
            return Some(out);
        }
        for &ty in &tys {
            let TyKind::Traits(traits) = self.tys.kind(ty).clone() else {
                continue;
            };
            for t in traits {
                self.methods_of_trait(t, name, ty, &mut out);
            }
        }
        if out.is_empty() { None } else { Some(out) }
    }

    /// Nothing is known of the receiver but a trait: every implementation may be meant.
    fn methods_of_trait(
        &mut self,
        t: TraitRef,
        name: Symbol,
        ty: TyId,
        out: &mut Vec<(Method, TyId, bool)>,
    ) {
        let Some(id) = t.in_tree else { return };
        if !self.r.trait_declares(id, name) {
            return;
        }
        let krate = self.r.program.traits[id.index()].module;
        let package = self
            .r
            .crate_package(self.r.program.modules[krate.index()].krate);
        if self.sdk.is_sdk_crate(package) && !self.sdk.is_followed(package) {
            return;
        }
        let impls = self.r.impls_of_trait(t).to_vec();
        for i in impls.into_iter().take(16) {
            if let Some(ty_id) = self.r.impl_type(i) {
                let ty = self.tys.intern(TyKind::Adt(ty_id, Vec::new()));
                for m in self.r.methods(ty_id, name) {
                    out.push((m, ty, true));
                }
            }
        }
        if out.is_empty()
            && let Some(f) = self.r.trait_method(id, name)
        {
            out.push((
                Method {
                    func: f,
                    impl_id: None,
                },
                ty,
                false,
            ));
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn run_methods(
        &mut self,
        found: &[(Method, TyId, bool)],
        at: &Located,
        raw: Val,
        recv: Val,
        args: Vec<Val>,
        call: &'p Call,
        name: Symbol,
    ) -> Option<Val> {
        if let Some((m, _, _)) = found.first()
            && self.is_modelled(m.func)
            && let Some(host) = self.sdk.call(name).cloned()
        {
            return Some(self.host_call(&host, &args, call.span, false));
        }
        let (targets, through) = self.hop_tags(&at.targets);
        let through = self.v.tags.union(through, at.chosen.0);
        let lent = match call.args.first() {
            Some(Operand::Place(p)) => self.note_origin(&targets, p),
            _ => Vec::new(),
        };
        // Which of several implementations runs was decided by what chose the receiver.
        let chose = if found.len() > 1 {
            let root = self.v.root(recv);
            let chose = self.v.tags.union(through, root);
            let chose = self.v.tags.control(chose);
            if let Some(Operand::Place(p)) = call.args.first() {
                self.note_place_read(chose, at, p);
            }
            chose
        } else {
            TagSet::EMPTY
        };
        let since = self.mark();
        let is_self = self.is_self(&call.args);
        let ctrl = if is_self && found.len() == 1 {
            self.direct_ctrl()
        } else {
            TagSet::EMPTY
        };
        if let [(m, _, _)] = found {
            self.enters(m.func);
        }
        let found = found.to_vec();
        let value = self.fork(found.len(), |this, i| {
            let (m, ty, low) = found[i];
            let func = &this.r.program.functions[m.func.index()];
            let mut all = Vec::with_capacity(args.len() + 1);
            match func.receiver {
                Some(Receiver::Ref | Receiver::RefMut) => all.push(if targets.is_empty() {
                    if this.v.node(raw).ptrs.is_empty() {
                        recv
                    } else {
                        raw
                    }
                } else {
                    let p = this.pointer_to(&targets, PtrKind::Borrow);
                    this.v.taint(p, through)
                }),
                Some(Receiver::Value) => {
                    let v = this.cloned(raw);
                    let tags = this.v.deep(v);
                    if this.in_heap(at) {
                        this.note_read(tags, call.args[0].span());
                    }
                    all.push(v);
                }
                None => all.push(recv),
            }
            all.extend(args.iter().copied());
            let turbofish = &call.type_args;
            let v = this.run_method(m, all, ty, call.span, ctrl, turbofish);
            if this.dead() {
                return None;
            }
            if low {
                let mut memo = Mapped::default();
                return Some(this.v.map_tags(v, &mut memo, &mut |t| {
                    Some(crate::flow::tag::Tag { low: true, ..t })
                }));
            }
            Some(v)
        });
        // What the method did not give away was lent for the call alone.
        if value.is_none_or(|v| !self.v.has_ptr(v)) {
            self.origins.extend(lent);
        }
        self.judge(chose, since);
        value.map(|v| self.v.taint(v, chose))
    }

    /// Runs a method with `Self` and the impl's parameters in place. A default method of a trait
    /// sees the type that the impl is for.
    fn run_method(
        &mut self,
        m: Method,
        args: Vec<Val>,
        ty: TyId,
        span: Span,
        ctrl: TagSet,
        turbofish: &[Type],
    ) -> Val {
        self.run_generic(m.func, args, ty, span, ctrl, turbofish)
    }

    /// Whether the receiver is `self`, or a local that stands for it.
    fn is_self(&self, args: &[Operand]) -> bool {
        let Some(Operand::Place(p)) = args.first() else {
            return false;
        };
        let crate::ir::PlaceBase::Local(l) = p.base else {
            return false;
        };
        let frame = self.frame();
        let is_self = |l: &crate::ir::Local| l.name.is_some_and(|n| n == "self");
        let value = |l: usize| self.st.stack.get(frame.base as usize + l);
        let this = frame.body.locals.iter().position(is_self);
        // `let this = self;`
        p.proj.is_empty() && this.is_some_and(|this| value(this) == value(l.0 as usize))
    }

    /// Whether a function is given state that outlives the callback to write to.
    fn lends_state(&self, params: &[Param], args: &[Val]) -> bool {
        params.iter().zip(args).any(|(p, &a)| {
            matches!(p.ty, Type::Ref { mutable: true, .. })
                && self
                    .v
                    .node(a)
                    .ptrs
                    .iter()
                    .any(|p| matches!(p.cell, Cell::Heap(_)))
        })
    }

    /// The decisions that a method called on `self` inherits, or a function that is given state to
    /// write to: those of this function's own branches, not what it inherited itself.
    fn direct_ctrl(&mut self) -> TagSet {
        let frame = self.frame();
        if frame.ctrl_inherited {
            TagSet::EMPTY
        } else {
            frame.ctrl
        }
    }

    /// `Deref` of an in-tree wrapper: what it gives for the receiver.
    fn deref_of(&mut self, at: &Located, recv: Val, span: Span) -> Option<Val> {
        let deref = Symbol::new("deref");
        let found = self.find_methods(recv, deref)?;
        let (m, ty, _) = *found.first()?;
        let targets: Vec<Target> = self.hop(&at.targets);
        let this = if targets.is_empty() {
            recv
        } else {
            self.pointer_to(&targets, PtrKind::Borrow)
        };
        let v = self.run_fn(m.func, vec![this], ty, span, TagSet::EMPTY);
        if self.dead() || v == Val::BOTTOM {
            None
        } else {
            Some(v)
        }
    }

    /// Code outside of the tree: taint passes from what goes in to what comes out. Closures among
    /// the arguments may run, on clean parameters.
    pub(crate) fn unknown_call(
        &mut self,
        recv: Option<Val>,
        args: &[Val],
        span: Span,
    ) -> Option<Val> {
        let mut tags = TagSet::EMPTY;
        let mut live = false;
        for v in recv.iter().chain(args) {
            let d = self.deep_tags(*v);
            self.note_value_read(*v, span);
            live |= self.v.is_live(*v);
            tags = self.v.tags.union(tags, d);
        }
        // What it does with them is not known.
        self.note_act(tags);
        for &a in args {
            let ret = self.maybe_run(a, span);
            if let Some(v) = ret {
                let d = self.v.deep(v);
                tags = self.v.tags.union(tags, d);
            }
        }
        let v = self.v.make(Node {
            tags: TagSet0(tags),
            opaque: true,
            live,
            ..Node::default()
        });
        let given: Vec<Val> = recv.iter().chain(args).copied().collect();
        Some(self.with_held(v, &given))
    }

    /// Runs a closure that unknown code got, which may or may not call it.
    pub(crate) fn maybe_run(&mut self, callee: Val, span: Span) -> Option<Val> {
        let c = self.content(callee);
        if self.v.node(c).fns.is_empty() {
            return None;
        }
        let before = self.st.clone();
        let clean = self.v.live(TyId::UNKNOWN);
        let mut v = self.call_value(c, vec![clean; 4], span);
        // A future handed to an executor outside of the tree runs there.
        if let Some(f) = v
            && self.is_future(f)
        {
            v = self.await_value(f, span);
        }
        self.st.join(&before, &mut self.v);
        v
    }

    pub(crate) fn is_future(&self, v: Val) -> bool {
        self.v.node(v).fns.iter().any(|f| {
            matches!(
                f,
                Callable::Future { .. }
                    | Callable::Wait(..)
                    | Callable::Closure { is_async: true, .. }
            )
        })
    }
}

/// Whether a parameter type is a type parameter, perhaps behind references and pointers.
fn names_param(ty: &Type, name: Symbol) -> bool {
    match ty {
        Type::Path(p) if p.segments.len() == 1 => {
            p.segments[0].name == name
                || (matches!(p.segments[0].name.as_str(), "Box" | "Rc" | "Arc")
                    && p.segments[0]
                        .args
                        .first()
                        .is_some_and(|a| names_param(a, name)))
        }
        Type::Ref { inner, .. } => names_param(inner, name),
        _ => false,
    }
}
