//! Methods that mean something on the types of an SDK: handles to the host, states, builders.
//!
//! A type of an SDK is known by its last name, in crates that depend on the SDK.

use crate::ir::{FnId, Path, Symbol, Type};
use crate::sdk::{CallKind, HostCall, Injected, PropertyClass};
use crate::source::Span;

use super::Interp;
use super::filters::part;
use crate::flow::tag::{Tag, TagSet};
use crate::flow::types::{TyEnv, TyId, TyKind};
use crate::flow::value::{Callable, Key, Node, Val, Wait};

impl Interp<'_> {
    /// What a method means on this receiver, if an SDK says so: with the type.
    pub(crate) fn sdk_method(&mut self, recv: Val, name: Symbol) -> Option<(Symbol, HostCall)> {
        if self.is_handed_in(recv) {
            let filtering = self.filtering.as_ref()?;
            return filtering
                .parameters
                .iter()
                .find_map(|&ty| Some((ty, self.sdk.method(ty, name)?.clone())));
        }
        self.v.node(recv).tys.iter().find_map(|&ty| {
            let owner = match self.tys.kind(ty) {
                TyKind::External(ty, _) => self.means_sdk(*ty).then_some(*ty),
                TyKind::Adt(t, _) => {
                    let def = &self.r.program.types[t.index()];
                    let krate = self.r.program.modules[def.module.index()].krate;
                    let package = self.r.crate_package(krate);
                    self.sdk
                        .owners(def.name)
                        .contains(&package)
                        .then_some(def.name)
                }
                TyKind::Traits(traits) => {
                    return traits.iter().find_map(|t| {
                        let known = self.sdk.is_sdk_crate(t.krate) || t.krate == t.name;
                        let host = self.sdk.method(t.name, name).filter(|_| known)?;
                        Some((t.name, host.clone()))
                    });
                }
                _ => None,
            }?;
            Some((owner, self.sdk.method(owner, name)?.clone()))
        })
    }

    /// What `Type::function` means, if the type is an SDK's.
    pub(crate) fn sdk_function(&mut self, path: &Path) -> Option<(Symbol, HostCall)> {
        let owner = match path.qself.as_deref() {
            Some(Type::Dyn(traits)) => traits.first()?.last(),
            Some(Type::Path(owner)) => owner.last(),
            _ => path.segments.iter().rev().nth(1)?.name,
        };
        let host = self.sdk.method(owner, path.last())?;
        self.means_sdk(owner).then(|| (path.last(), host.clone()))
    }

    /// Whether the running code can mean an SDK's type by this name.
    pub(super) fn means_sdk(&self, ty: Symbol) -> bool {
        let owners = self.sdk.owners(ty);
        let Some(frame) = self.frames.last().filter(|_| !owners.is_empty()) else {
            return !owners.is_empty();
        };
        let krate = self.r.program.modules[frame.module.index()].krate;
        let data = &self.r.program.crates[krate.index()];
        // A lone file has no dependencies that it could state.
        data.manifest.is_none()
            || data.external.iter().any(|(_, package)| {
                let package = Symbol::new(&package.replace('-', "_"));
                owners.contains(&package)
            })
            || data
                .deps
                .iter()
                .any(|(_, c)| owners.contains(&self.r.crate_package(*c)))
    }

    /// Evaluates what [`Interp::sdk_method`] or [`Interp::sdk_function`] found.
    pub(crate) fn sdk_call(
        &mut self,
        call: &HostCall,
        name: Symbol,
        recv: Option<Val>,
        args: &[Val],
        span: Span,
    ) -> Val {
        let ty = match call.gives {
            Some(name) => self.tys.intern(TyKind::External(name, Vec::new())),
            None => TyId::UNKNOWN,
        };
        let given = args.first().copied().unwrap_or(Val::BOTTOM);
        match call.kind {
            CallKind::Handle => match (call.gives, recv) {
                (None, Some(same)) => same,
                _ => self.v.live(ty),
            },
            CallKind::Wrap => self.v.make(Node {
                fields: vec![(Key::Element, given)],
                complete: true,
                ..Node::default()
            }),
            CallKind::Ready => self.future(ty, Wait::No),
            CallKind::Hold => self.future(ty, Wait::Holding),
            CallKind::LetGo => self.future(ty, Wait::LettingGo),
            CallKind::RequestFilter
            | CallKind::ResponseFilter
            | CallKind::UpstreamFilter
            | CallKind::DownstreamFilter
            | CallKind::CreateState
            | CallKind::DoneFilter => {
                let base = match recv {
                    Some(v) => v,
                    None => self.v.make(Node::default()),
                };
                let v = self.v.with_field(base, part(call.kind), given, true);
                let n = self.v.node(v).clone();
                self.v.make(Node {
                    tys: vec![ty],
                    opaque: false,
                    ..n
                })
            }
            CallKind::Launch => {
                self.launch(given, span);
                self.future(TyId::UNKNOWN, Wait::No)
            }
            CallKind::Carry => self.carry(name, given, span),
            CallKind::RegisterRoot | CallKind::RegisterStream if recv.is_some() => {
                self.host_call(call, args, span, false);
                self.v.live(ty)
            }
            _ => {
                let v = self.host_call(call, args, span, false);
                self.declared(v, ty)
            }
        }
    }

    fn future(&mut self, ty: TyId, wait: Wait) -> Val {
        let gives = self.v.live(ty);
        self.v.callable(Callable::Wait(gives, wait))
    }

    /// What the SDK hands to a parameter for which it looks by its type.
    pub(crate) fn handed_in(&mut self, v: Val, ty: TyId) -> Val {
        if ty == TyId::UNKNOWN || !self.is_handed_in(v) {
            return self.as_declared(v, ty);
        }
        let parameter = match self.tys.kind(ty) {
            TyKind::External(name, _) => self.sdk.parameter(*name),
            _ => None,
        };
        let Some(filtering) = self.filtering.clone() else {
            return self.v.live(ty);
        };
        let zero = Symbol::new("0");
        let (key, inner) = match parameter.map(|p| (p.kind, p.variant)) {
            Some((Injected::Carried, Some(variant))) => {
                (Key::Variant(variant, zero), filtering.carried)
            }
            Some((Injected::State, _)) => (Key::Field(zero), filtering.state),
            Some((Injected::Configuration, _)) => (Key::Field(zero), self.configuration()),
            _ => (Key::Element, Val::BOTTOM),
        };
        if inner == Val::BOTTOM {
            return self.v.live(ty);
        }
        self.v.make(Node {
            fields: vec![(key, inner)],
            tys: vec![ty],
            opaque: true,
            ..Node::default()
        })
    }

    /// The plugin's configuration, handed to the running function.
    fn configuration(&mut self) -> Val {
        let Some(span) = self.filtering.as_ref().map(|f| f.span) else {
            return Val::BOTTOM;
        };
        let name = Symbol::new("plugin configuration");
        let source = self.new_source(name, PropertyClass::Configuration, span);
        let tags: TagSet = self.v.tags.one(Tag::fresh(source));
        self.v.opaque(tags, TyId::UNKNOWN)
    }

    /// The arguments of a closure as what parameters with a written type say that they are: what the SDK
    /// hands in, a default of which the type was not known.
    pub(super) fn handed_to_closure(
        &mut self,
        func: FnId,
        path: &[u32],
        env: &TyEnv,
        mut args: Vec<Val>,
    ) -> Vec<Val> {
        let waits = |this: &mut Self, a: Val| this.is_handed_in(a) || this.v.is_untyped(a);
        if !args.iter().any(|&a| waits(self, a)) {
            return args;
        }
        let data = &self.r.program.functions[func.index()];
        let Some((last, outer)) = path.split_last() else {
            return args;
        };
        let mut body = data.body.as_deref();
        for &i in outer {
            body = body
                .and_then(|b| b.closures.get(i as usize))
                .map(|c| &c.body);
        }
        let Some(closure) = body.and_then(|b| b.closures.get(*last as usize)) else {
            return args;
        };
        for (a, ty) in args.iter_mut().zip(&closure.param_types) {
            if let Some(ty) = ty {
                let ty = self.r.ty(&mut self.tys, data.module, ty, env);
                *a = self.handed_in(*a, ty);
            }
        }
        args
    }
}
