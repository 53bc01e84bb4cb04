//! Calls of paths: finding what runs, constructors, default values, and what types stand for in it.

use std::rc::Rc;

use crate::ir::{Body, Call, Callee, FnId, ModuleId, Operand, Path, Symbol, Type, TypeDefKind};
use crate::source::Span;

use super::Interp;
use super::models::is_pointer_function;
use crate::flow::resolve::{Def, Method};
use crate::flow::tag::TagSet;
use crate::flow::types::{TyEnv, TyId, TyKind};
use crate::flow::value::{Callable, Key, Known, Node, Val};

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
    pub(super) fn is_modelled(&self, f: FnId) -> bool {
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

    pub(super) fn dead(&mut self) -> bool {
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

    pub(super) fn run_generic(
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
