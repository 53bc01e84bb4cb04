//! Host calls: where taint starts, where reroutes happen, where kept values act.

use crate::ir::Symbol;
use crate::sdk::{CallKind, HostCall, How, Phase, PropertyClass, Shape, SourceData};
use crate::source::Span;

use super::place::{Located, Target};
use super::{Interp, Registration, Reroute, Unreadable};
use crate::flow::state::Happened;
use crate::flow::tag::{Age, Kind, Source, SourceId, Storage, Tag, TagSet};
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{Key, Known, Node, TagSet0, Val};

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
                let path = args.last().copied().unwrap_or(Val::BOTTOM);
                let name = self.property_path(path);
                self.property(name, span, args, &shape)
            }
            CallKind::RequestHeaders => {
                self.header(Some(Symbol::new("request headers")), span, args, &shape)
            }
            CallKind::RequestHeader => {
                let name = args.last().and_then(|&a| self.text(a));
                self.header(name, span, args, &shape)
            }
            CallKind::Map | CallKind::MapValue => {
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
                self.effects += 1;
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
                let path = args.first().and_then(|&a| self.property_path(a));
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
                self.effects += 1;
                self.note_read_through(args, span);
                if let [key, v, rest @ ..] = args {
                    self.share(*key, *v, rest.first().copied(), span);
                }
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::SharedGet => {
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
                self.shaped(&shape, token, TagSet::EMPTY)
            }
            CallKind::Clean => {
                self.note_read_through(args, span);
                self.shaped(&shape, Val::BOTTOM, TagSet::EMPTY)
            }
            CallKind::Configuration => {
                let name = Symbol::new("plugin configuration");
                let source = self.new_source(name, PropertyClass::Configuration, span);
                let tag = Tag {
                    source,
                    kind: Kind::Copied,
                    age: Age::Fresh(None),
                    low: false,
                };
                let tags = self.v.tags.one(tag);
                let v = self.v.opaque(tags, TyId::UNKNOWN);
                self.shaped(&shape, v, TagSet::EMPTY)
            }
            CallKind::RegisterRoot | CallKind::RegisterStream => {
                if let Some(&constructor) = args.first() {
                    self.registrations.push(Registration {
                        is_root: call.kind == CallKind::RegisterRoot,
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
            source,
            kind,
            age: Age::Fresh(None),
            low: false,
        });
        self.v.opaque(tags, TyId::UNKNOWN)
    }

    fn act(&mut self, args: &[Val], span: Span) {
        self.effects += 1;
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

    /// Remembers what the plugin writes under a property's name.
    fn hand_on(&mut self, property: Symbol, v: Val, span: Span) {
        let cell = self.named_cell(Symbol::new("property"), Storage::Stream);
        let c = self.content(v);
        let payload = self.project(c, Key::Element);
        let payload = self.content(payload);
        let target = Target {
            cell,
            path: vec![Key::Entry(property)],
        };
        let at = Located {
            targets: vec![target],
            ..Located::default()
        };
        self.store(&at, payload, span, false);
    }

    fn shared_place(&mut self, key: Val) -> (Target, TagSet) {
        let cell = self.named_cell(Symbol::new("shared data"), Storage::SharedData);
        let c = self.content(key);
        let k = match self.index_key(c) {
            e @ Key::Entry(_) => e,
            _ => Key::AnyEntry,
        };
        let tags = self.deep_tags(key);
        (
            Target {
                cell,
                path: vec![k],
            },
            tags,
        )
    }

    /// What a callout gives: no property, but it names the answer.
    fn token(&mut self, span: Span) -> Val {
        let source = self.new_source(Symbol::new("token"), PropertyClass::Token, span);
        let tags = self.v.tags.one(Tag {
            source,
            kind: Kind::Copied,
            age: Age::Fresh(None),
            low: false,
        });
        let v = self.v.live(TyId::UNKNOWN);
        self.v.taint(v, tags)
    }

    /// Remembers what is written as shared data. Without a number to compare with it surely
    /// overwrites.
    fn share(&mut self, key: Val, v: Val, cas: Option<Val>, span: Span) {
        let (target, keys) = self.shared_place(key);
        let c = self.content(v);
        let payload = self.project(c, Key::Element);
        let payload = self.blur(payload);
        let at = Located {
            targets: vec![target],
            ..Located::default()
        };
        let payload = self.unkeyed(payload, keys, &at.targets, span);
        let surely = cas.is_some_and(|cas| {
            let n = self.v.node(cas);
            !n.opaque && n.known == [Known::Variant(Symbol::new("None"))]
        });
        self.store(&at, payload, span, !surely);
    }

    /// What was written as shared data.
    fn shared(&mut self, key: Val, span: Span) -> Val {
        let (target, _) = self.shared_place(key);
        let whole = self.st.get(target.cell);
        let v = self.project(whole, target.path[0]);
        let tags = self.v.deep(v);
        self.note_read(tags, span);
        let v = self.v.opaque(tags, TyId::UNKNOWN);
        let some = self.v.make(Node {
            fields: vec![(Key::Element, v)],
            opaque: true,
            live: true,
            ..Node::default()
        });
        let cas = self.v.live(TyId::UNKNOWN);
        self.pair(some, cas)
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

    /// The one text that a value is.
    pub(crate) fn text(&mut self, v: Val) -> Option<Symbol> {
        let c = self.content(v);
        let n = self.v.node(c);
        match n.known.as_slice() {
            [Known::Str(s)] if !n.opaque => Some(*s),
            _ => None,
        }
    }

    /// The dotted form of a property path, if all of it is known.
    pub(crate) fn property_path(&mut self, v: Val) -> Option<Symbol> {
        let c = self.content(v);
        if let Some(s) = self.text(c) {
            return Some(s);
        }
        let n = self.v.node(c).clone();
        if n.opaque {
            return None;
        }
        let mut parts = Vec::new();
        for i in 0..32 {
            let Some(&(_, part)) = n.fields.iter().find(|(k, _)| *k == Key::Index(i)) else {
                break;
            };
            parts.push(self.text(part)?.as_str());
        }
        if parts.is_empty() {
            None
        } else {
            Some(Symbol::new(&parts.join(".")))
        }
    }

    fn property(&mut self, name: Option<Symbol>, span: Span, args: &[Val], shape: &[Shape]) -> Val {
        let (property, class) = match name {
            Some(n) => (n, self.sdk.class(n.as_str())),
            None => (Symbol::new("?"), PropertyClass::Unknown),
        };
        let of_stream = !matches!(
            class,
            PropertyClass::Plugin | PropertyClass::Node | PropertyClass::Unknown
        );
        let root_phase = matches!(
            self.phase,
            Phase::VmStart | Phase::Configure | Phase::Tick | Phase::Queue
        ) || (self.phase == Phase::Callout && self.in_root);
        if of_stream && root_phase {
            if self.st.effective == Happened::No {
                self.note_outside(property, span);
            }
        } else if class == PropertyClass::Request {
            self.check_readable(property, span, false);
        }
        let routing = class == PropertyClass::Request
            && (ROUTING_PROPERTIES.contains(&property.as_str())
                || property.as_str().starts_with("request.headers"));
        let at = self.naming_span(span, args);
        let v = self.sourced(property, class, routing, at, span, shape);
        // What this plugin wrote there itself.
        let handed = self.handed_on(property, span);
        self.v.join(v, handed)
    }

    /// What the plugin wrote under a property's name, if it did.
    fn handed_on(&mut self, property: Symbol, span: Span) -> Val {
        let known = self.named_cell(Symbol::new("property"), Storage::Stream);
        let v = self.st.get(known);
        let key = Key::Entry(property);
        if !self.v.node(v).fields.iter().any(|(k, _)| *k == key) {
            return Val::BOTTOM;
        }
        let part = self.project(v, key);
        let tags = self.v.deep(part);
        self.note_read(tags, span);
        let n = Node {
            fields: vec![(Key::Element, part)],
            opaque: true,
            ..Node::default()
        };
        self.v.make(n)
    }

    fn note_outside(&mut self, property: Symbol, span: Span) {
        let event = Unreadable {
            span,
            property,
            callback: self.callback,
            phase: self.phase,
            is_header: false,
            stack: self.call_stack(),
        };
        if !self
            .facts
            .outside
            .iter()
            .any(|u| u.span == span && u.callback == event.callback)
        {
            self.facts.outside.push(event);
        }
    }

    fn header(&mut self, name: Option<Symbol>, span: Span, args: &[Val], shape: &[Shape]) -> Val {
        let property = name.unwrap_or_else(|| Symbol::new("?"));
        self.check_readable(property, span, true);
        let text = property.as_str();
        let routing = text == "request headers" || ROUTING_HEADERS.contains(&text);
        let at = self.naming_span(span, args);
        self.sourced(property, PropertyClass::Request, routing, at, span, shape)
    }

    fn sourced(
        &mut self,
        property: Symbol,
        class: PropertyClass,
        routing: bool,
        at: Span,
        host_span: Span,
        shape: &[Shape],
    ) -> Val {
        let source = self.new_source_at(property, class, routing, at, host_span);
        let low = class == PropertyClass::Unknown;
        let tag = |kind| Tag {
            source,
            kind,
            age: Age::Fresh(None),
            low,
        };
        let copied = self.v.tags.one(tag(Kind::Copied));
        let presence = self.v.tags.one(tag(Kind::Presence));
        let v = self.v.opaque(copied, TyId::UNKNOWN);
        self.shaped(shape, v, presence)
    }

    pub(crate) fn new_source(
        &mut self,
        property: Symbol,
        class: PropertyClass,
        span: Span,
    ) -> SourceId {
        self.new_source_at(property, class, true, span, span)
    }

    fn new_source_at(
        &mut self,
        property: Symbol,
        class: PropertyClass,
        routing: bool,
        span: Span,
        host_span: Span,
    ) -> SourceId {
        let stack = self.call_stack();
        let is_final = self.route_is_final();
        self.v.tags.source(Source {
            span,
            host_span,
            property,
            class,
            callback: self.callback,
            routing,
            is_final,
            stack,
        })
    }

    /// From response headers on the route that served the request is known.
    fn route_is_final(&self) -> bool {
        matches!(
            self.phase,
            Phase::ResponseHeaders
                | Phase::ResponseBody
                | Phase::ResponseTrailers
                | Phase::Done
                | Phase::Log
        ) || (self.phase == Phase::Callout && self.callout_late)
    }

    /// Where the name of what is read is written: the innermost call on the stack that was not
    /// itself given the name as an argument.
    fn naming_span(&mut self, span: Span, args: &[Val]) -> Span {
        let Some(&wanted) = args.last() else {
            return span;
        };
        let wanted = self.content(wanted);
        if self.v.node(wanted).opaque {
            return span;
        }
        let mut at = span;
        let frames: Vec<(Vec<Val>, Span)> = self
            .frames
            .iter()
            .rev()
            .map(|f| (f.args.clone(), f.call_span))
            .collect();
        for (given, call_span) in frames {
            let passed = given.iter().any(|&g| {
                let c = self.content(g);
                c == wanted
                    || self
                        .v
                        .node(wanted)
                        .fields
                        .iter()
                        .any(|&(_, f)| f == c && c != Val::BOTTOM)
            });
            if !passed {
                break;
            }
            at = call_span;
        }
        at
    }

    /// A host result in its layers. Without a value it is clean and of this callback.
    fn shaped(&mut self, shape: &[Shape], v: Val, presence: TagSet) -> Val {
        let mut out = if v == Val::BOTTOM {
            self.v.live(TyId::UNKNOWN)
        } else {
            v
        };
        let live = v == Val::BOTTOM;
        for s in shape.iter().rev() {
            let fields = match s {
                Shape::Option => vec![(Key::Element, out)],
                Shape::Result => vec![(Key::Element, out)],
                Shape::Pairs => {
                    let deep = self.v.deep(out);
                    let name = self.v.opaque(deep, TyId::UNKNOWN);
                    let pair = self.pair(name, out);
                    let node = Node {
                        fields: vec![(Key::Element, pair)],
                        live,
                        ..Node::default()
                    };
                    out = self.v.make(node);
                    continue;
                }
            };
            let tags = if *s == Shape::Option {
                presence
            } else {
                TagSet::EMPTY
            };
            out = self.v.make(Node {
                tags: TagSet0(tags),
                fields,
                opaque: true,
                live,
                ..Node::default()
            });
        }
        out
    }

    fn check_readable(&mut self, property: Symbol, span: Span, is_header: bool) {
        if self.request_always_readable || self.quiet > 0 {
            return;
        }
        let gone = match self.phase {
            Phase::Construct | Phase::VmStart | Phase::Configure | Phase::Tick | Phase::Queue => {
                true
            }
            // An answer that comes late may be one that was waited for while the headers were held;
            // those of the request phase were looked at there.
            Phase::Callout if self.callout_late => false,
            _ => self.headers_gone,
        };
        if !gone {
            return;
        }
        let event = Unreadable {
            span,
            property,
            callback: self.callback,
            phase: self.phase,
            is_header,
            stack: self.call_stack(),
        };
        if !self
            .facts
            .unreadable
            .iter()
            .any(|u| u.span == span && u.callback == event.callback)
        {
            self.facts.unreadable.push(event);
        }
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
