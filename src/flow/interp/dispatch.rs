//! Methods: which implementations a receiver leads to, and what they inherit from the caller.

use crate::flow::resolve::Method;
use crate::flow::tag::{Storage, TagSet};
use crate::flow::types::{TraitRef, TyId, TyKind};
use crate::flow::value::{Cell, Mapped, PtrKind, Val};
use crate::ir::{Call, FnId, Operand, Param, Receiver, Symbol, Type};
use crate::source::Span;

use super::Interp;
use super::place::{Located, Target};

impl<'p> Interp<'p> {
    /// Evaluates a method call.
    pub(super) fn call_method(&mut self, call: &'p Call, name: Symbol) -> Option<Val> {
        let (first, rest) = call.args.split_first()?;
        let at = match first {
            Operand::Place(p) => self.locate(p),
            Operand::Const(..) => Located {
                value: Some(self.operand_quiet(first)),
                ..Located::default()
            },
        };
        let raw = self.load(&at);
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
        let ctrl = match found {
            [(m, _, _)] if self.is_self(&call.args) || self.sets_up(m.func, recv, &targets) => {
                self.direct_ctrl()
            }
            _ => TagSet::EMPTY,
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

    /// Whether a method writes to what one stream has: `self.options.enable()`, `builder.audit()`. What
    /// streams share counts, limits or remembers for all of them; a context that is handed a callback
    /// decides by itself.
    fn sets_up(&self, f: FnId, recv: Val, targets: &[Target]) -> bool {
        self.r.program.functions[f.index()].receiver == Some(Receiver::RefMut)
            && !self.is_context(recv)
            && targets.iter().all(|t| match t.cell {
                Cell::Heap(h) => self.cells[h as usize].storage == Storage::Stream,
                Cell::Stack(_) => true,
            })
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
    pub(super) fn lends_state(&self, params: &[Param], args: &[Val]) -> bool {
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

    /// The decisions that a method inherits, or a function that is given state to write to: those of
    /// this function's own branches, not what it inherited itself.
    pub(super) fn direct_ctrl(&mut self) -> TagSet {
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
}
