//! Host calls: where taint starts, where reroutes happen, where kept values act.

mod errors;
mod reads;
mod shared;

use crate::ir::Symbol;
use crate::sdk::{CallKind, HostCall, How, PropertyClass, Shape, SourceData};
use crate::source::Span;

use super::{Interp, Registered, Registration, Reroute};
use crate::flow::state::Happened;
use crate::flow::tag::{Kind, Tag, TagSet};
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{Known, Val};

/// Request headers that every route match looks at.
const ROUTING_HEADERS: [&str; 6] = [
    ":path",
    ":authority",
    ":method",
    ":scheme",
    "host",
    "x-envoy-original-path",
];
const ROUTING_PROPERTIES: [&str; 6] = [
    "request.path",
    "request.url_path",
    "request.host",
    "request.query",
    "request.method",
    "request.url",
];

impl Interp<'_> {
    /// The host call that a method name means on this receiver, if it means one.
    pub(crate) fn host_method(&mut self, recv: Val, name: Symbol) -> Option<HostCall> {
        let host = self.sdk.call(name)?;
        let tys = self.v.node(recv).tys.clone();
        let mut known_other = false;
        let mut is_context = false;
        for t in &tys {
            match self.tys.kind(*t) {
                TyKind::Adt(t, _) => {
                    if self.r.implements_any(*t, |tr| self.is_sdk_trait(tr)) {
                        is_context = true;
                    } else {
                        known_other = true;
                    }
                }
                TyKind::Traits(ts) => {
                    is_context |= ts.iter().any(|t| self.is_context_bound(*t, 0));
                    known_other |= !is_context;
                }
                TyKind::Unknown => {}
                TyKind::External(..) | TyKind::Tuple(_) | TyKind::Function => known_other = true,
            }
        }
        let distinctive = matches!(
            host.kind,
            CallKind::Property
                | CallKind::RequestHeaders
                | CallKind::RequestHeader
                | CallKind::Reroute
                | CallKind::Reply
                | CallKind::ResumeRequest
        );
        (is_context || (tys.is_empty() && distinctive) || (!known_other && distinctive))
            .then(|| host.clone())
    }

    /// Whether a value is a context object: of a type that implements an SDK's context trait.
    pub(crate) fn is_context(&self, v: Val) -> bool {
        self.v.node(v).tys.iter().any(|t| match self.tys.kind(*t) {
            TyKind::Adt(t, _) => self.r.implements_any(*t, |tr| self.is_sdk_trait(tr)),
            _ => false,
        })
    }

    /// Whether a trait is one of an SDK's context traits.
    pub(crate) fn is_sdk_trait(&self, t: crate::flow::types::TraitRef) -> bool {
        self.sdk.role(t.name).is_some() && (self.sdk.is_sdk_crate(t.krate) || t.krate == t.name)
    }

    /// Whether a bound makes a type a context: an SDK trait, or an in-tree trait below one.
    fn is_context_bound(&self, t: crate::flow::types::TraitRef, depth: u32) -> bool {
        if self.is_sdk_trait(t) {
            return true;
        }
        let Some(id) = t.in_tree else { return false };
        if depth > 4 {
            return false;
        }
        let tr = &self.r.program.traits[id.index()];
        tr.supers.iter().any(|p| {
            self.r
                .trait_ref(tr.module, p)
                .is_some_and(|s| self.is_context_bound(s, depth + 1))
        })
    }

    /// Evaluates a host call. `args` are without the receiver; `is_function` is set for
    /// `hostcalls::name`, whose results are wrapped in one more `Result`.
    pub(crate) fn host_call(
        &mut self,
        call: &HostCall,
        args: &[Val],
        span: Span,
        is_function: bool,
    ) -> Val {
        let mut shape = call.shape.clone();
        let always_result = shape.first() == Some(&Shape::Result);
        if is_function && !always_result {
            shape.insert(0, Shape::Result);
        }
        match call.kind {
            CallKind::Property => {
                self.note_asked(args, span);
                let path = args.last().copied().unwrap_or(Val::BOTTOM);
                let names = match call.reads {
                    Some(name) => vec![name],
                    None => self.property_paths(path),
                };
                let mut out = Val::BOTTOM;
                for &name in &names {
                    let v = self.property(Some(name), span, args, &shape);
                    out = self.v.join(out, v);
                }
                if names.is_empty() {
                    out = self.property(None, span, args, &shape);
                }
                out
            }
            CallKind::RequestHeaders => {
                self.header(Some(Symbol::new("request headers")), span, args, &shape)
            }
            CallKind::RequestHeader => {
                self.note_asked(args, span);
                let name = match call.reads {
                    Some(name) => Some(name),
                    None => args.last().and_then(|&a| self.text(a)),
                };
                self.header(name, span, args, &shape)
            }
            CallKind::Map | CallKind::MapValue => {
                self.note_asked(args, span);
                let is_request = args.first().is_some_and(|&a| self.is_request_map(a));
                if !is_request {
                    return self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY);
                }
                if call.kind == CallKind::Map {
                    self.header(Some(Symbol::new("request headers")), span, args, &shape)
                } else {
                    let name = args.get(1).and_then(|&a| self.text(a));
                    self.header(name, span, args, &shape)
                }
            }
            CallKind::SetMap => {
                if args.first().is_some_and(|&a| self.is_request_map(a)) {
                    self.reroute(span);
                }
                self.act(args, span);
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::Reroute => {
                self.reroute(span);
                self.act(args, span);
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::Reply => {
                self.act(args, span);
                self.st.replied = Happened::Yes;
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::ResumeRequest => {
                self.note_host_deed();
                self.st.resumed = Happened::Yes;
                self.open_windows();
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::Tell => {
                let mut tags = TagSet::EMPTY;
                for &a in args {
                    let d = self.deep_tags(a);
                    tags = self.v.tags.union(tags, d);
                }
                self.note_read_through(args, span);
                self.note_tell(tags);
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::SetProperty => {
                let path = args
                    .first()
                    .and_then(|&a| self.property_paths(a).first().copied());
                if path.is_some_and(|p| p.as_str().starts_with("trace_span_tag")) {
                    let mut tags = TagSet::EMPTY;
                    for &a in args {
                        let d = self.deep_tags(a);
                        tags = self.v.tags.union(tags, d);
                    }
                    self.note_read_through(args, span);
                    self.note_tell(tags);
                } else {
                    self.act(args, span);
                    if let (Some(p), Some(&v)) = (path, args.get(1)) {
                        self.hand_on(p, v, span);
                    }
                }
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::EffectiveContext => {
                self.st.effective = Happened::Yes;
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::SharedSet => {
                self.note_host_deed();
                self.note_read_through(args, span);
                if let [key, v, rest @ ..] = args {
                    self.note_asked(&[*key], span);
                    self.share(*key, *v, rest.first().copied(), span);
                }
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::SharedGet => {
                self.note_asked(args, span);
                let v = args.first().map_or(Val::BOTTOM, |&k| self.shared(k, span));
                self.shaped(&shape, v, TagSet::EMPTY)
            }
            CallKind::Act => {
                self.act(args, span);
                for &a in args {
                    self.keep_callbacks(a);
                }
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::Callout => {
                self.act(args, span);
                for &a in args {
                    self.keep_callbacks(a);
                }
                let token = self.token(span);
                self.dispatches = true;
                self.st.awaited = self.st.awaited.more();
                // Whether there is a token says whether an answer will come.
                let sent = self.v.tags.map(self.v.root(token), |t| {
                    Some(Tag {
                        kind: Kind::Presence,
                        ..t
                    })
                });
                let v = self.shaped(&shape, token, TagSet::EMPTY);
                self.v.taint(v, sent)
            }
            CallKind::Clean => {
                self.note_asked(args, span);
                self.note_read_through(args, span);
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::Configuration => {
                let name = Symbol::new("plugin configuration");
                let source = self.new_source(name, PropertyClass::Configuration, span);
                let tag = Tag::fresh(source);
                let tags = self.v.tags.one(tag);
                let v = self.v.opaque(tags, TyId::UNKNOWN);
                self.shaped(&shape, v, TagSet::EMPTY)
            }
            CallKind::RegisterRoot | CallKind::RegisterStream => {
                if let Some(&constructor) = args.first() {
                    self.registrations.push(Registration {
                        kind: if call.kind == CallKind::RegisterRoot {
                            Registered::Root
                        } else {
                            Registered::Stream
                        },
                        constructor,
                        span,
                    });
                }
                self.v.known(Known::Unit)
            }
            CallKind::Source => match &call.source {
                Some(s) => {
                    let v = self.sdk_value(&s.clone(), span);
                    self.shaped(&shape, v, TagSet::EMPTY)
                }
                None => self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY),
            },
            // Those of an SDK's types: `sdk_call` knows them.
            CallKind::Handle
            | CallKind::Wrap
            | CallKind::Ready
            | CallKind::Hold
            | CallKind::LetGo
            | CallKind::RequestFilter
            | CallKind::ResponseFilter
            | CallKind::UpstreamFilter
            | CallKind::DownstreamFilter
            | CallKind::CreateState
            | CallKind::DoneFilter
            | CallKind::Launch
            | CallKind::Carry => self.sdk_call(call, Symbol::new(""), None, args, span),
        }
    }

    /// A value that an SDK outside of the tree made from host reads.
    pub(crate) fn sdk_value(&mut self, s: &SourceData, span: Span) -> Val {
        let name = Symbol::new(&s.properties.join(", "));
        let source = self.new_source(name, s.class, span);
        let kind = match s.how {
            How::Copied => Kind::Copied,
            How::Decided => Kind::Decided,
        };
        let tags = self.v.tags.one(Tag {
            kind,
            ..Tag::fresh(source)
        });
        self.v.opaque(tags, TyId::UNKNOWN)
    }

    fn act(&mut self, args: &[Val], span: Span) {
        self.note_host_deed();
        for &a in args {
            let d = self.deep_tags(a);
            self.note_act(d);
        }
        self.note_read_through(args, span);
    }

    /// References handed to the host are read there.
    fn note_read_through(&mut self, args: &[Val], span: Span) {
        for &a in args {
            self.note_value_read(a, span);
        }
    }

    fn reroute(&mut self, span: Span) {
        self.st.rerouted = Happened::Yes;
        let event = Reroute {
            span,
            callback: self.callback,
        };
        if !self.facts.reroutes.contains(&event) {
            self.facts.reroutes.push(event);
        }
    }

    fn is_request_map(&mut self, v: Val) -> bool {
        let c = self.content(v);
        matches!(
            self.v.node(c).known.as_slice(),
            [Known::Variant(n)] if *n == "HttpRequestHeaders"
        )
    }

    /// Closures handed to an SDK outside of the tree run when the callout is answered.
    fn keep_callbacks(&mut self, v: Val) {
        let c = self.content(v);
        if self.v.node(c).fns.is_empty() {
            return;
        }
        let old = self.pending;
        self.pending = self.v.join(old, c);
    }
}
