//! Host reads: where taint starts, and reads that the host answers with nothing or an old value.

use crate::flow::interp::Done;
use crate::ir::Symbol;
use crate::sdk::{Answer, Phase, PropertyClass, Shape};
use crate::source::Span;

use crate::flow::facts::{MisreadKind, UNNAMED};
use crate::flow::interp::{Interp, Misread};
use crate::flow::state::Happened;
use crate::flow::tag::{Kind, Source, SourceId, Storage, Tag, TagSet};
use crate::flow::types::TyId;
use crate::flow::value::{Key, Known, Node, TagSet0, Val};

use super::{ROUTING_HEADERS, ROUTING_PROPERTIES};

/// What there is of an upstream only once it is connected to: its handshake, and the address on this side.
const OF_UPSTREAM_CONNECTION: [&str; 10] = [
    "upstream.local_address",
    "upstream.negotiated_protocol",
    "upstream.tls_version",
    "upstream.subject_local_certificate",
    "upstream.subject_peer_certificate",
    "upstream.dns_san_local_certificate",
    "upstream.dns_san_peer_certificate",
    "upstream.uri_san_local_certificate",
    "upstream.uri_san_peer_certificate",
    "upstream.sha256_peer_certificate_digest",
];

/// How many paths of a table are told apart.
const MAX_PATHS: usize = 16;

impl Interp<'_> {
    /// The one text that a value is.
    pub(crate) fn text(&mut self, v: Val) -> Option<Symbol> {
        let c = self.content(v);
        let n = self.v.node(c);
        match n.known.as_slice() {
            [Known::Str(s)] if !n.opaque => Some(*s),
            _ => None,
        }
    }

    /// The dotted forms that a property path may have, if all of it is known: more than one where it
    /// comes from a table. None when it is not known.
    pub(crate) fn property_paths(&mut self, v: Val) -> Vec<Symbol> {
        let c = self.content(v);
        if let Some(names) = self.texts(c) {
            return names;
        }
        let n = self.v.node(c).clone();
        if n.opaque {
            return Vec::new();
        }
        self.note_form(&n);
        let mut paths: Vec<Vec<Symbol>> = vec![Vec::new()];
        let mut shorter: Vec<Vec<Symbol>> = Vec::new();
        let mut certain = true;
        for i in 0..32 {
            let Some(&(_, part)) = n.fields.iter().find(|(k, _)| *k == Key::Index(i)) else {
                break;
            };
            let Some(names) = self.texts(part) else {
                return Vec::new();
            };
            certain &= names.len() == 1;
            if i > 0 {
                shorter.extend(paths.iter().cloned());
            }
            paths = paths
                .iter()
                .flat_map(|p| {
                    names.iter().map(|&n| {
                        let mut p = p.clone();
                        p.push(n);
                        p
                    })
                })
                .take(MAX_PATHS)
                .collect();
        }
        let dotted = |p: &Vec<Symbol>| {
            let parts: Vec<&str> = p.iter().map(|s| s.as_str()).collect();
            Symbol::new(&parts.join("."))
        };
        if certain {
            return paths.iter().filter(|p| !p.is_empty()).map(dotted).collect();
        }
        // Paths of several lengths met: those that name something are meant, in their shortest form.
        let mut named: Vec<Symbol> = Vec::new();
        for p in shorter.iter().chain(&paths).map(dotted) {
            let longer = named.iter().any(|n| {
                p.as_str()
                    .strip_prefix(n.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
            });
            if !longer && !named.contains(&p) && self.sdk.is_listed(p.as_str()) {
                named.push(p);
            }
        }
        named
    }

    /// Notes what the form of a path says of the host.
    fn note_form(&mut self, path: &Node) {
        let part = |i| path.fields.iter().find(|(k, _)| *k == Key::Index(i));
        if part(1).is_some() {
            self.dialect.parted = true;
        } else if let Some(&(_, first)) = part(0)
            && let Some(name) = self.text(first)
        {
            let of_message = ["request.", "response."];
            self.dialect.dotted |= of_message.iter().any(|m| name.as_str().starts_with(m));
        }
    }

    /// The texts that a value may be, if it is nothing else.
    fn texts(&mut self, v: Val) -> Option<Vec<Symbol>> {
        let c = self.content(v);
        let n = self.v.node(c);
        if n.opaque || n.known.is_empty() || !n.fields.is_empty() {
            return None;
        }
        n.known
            .iter()
            .map(|k| match k {
                Known::Str(s) => Some(*s),
                _ => None,
            })
            .collect()
    }

    pub(super) fn property(
        &mut self,
        name: Option<Symbol>,
        span: Span,
        args: &[Val],
        shape: &[Shape],
    ) -> Val {
        let (property, class) = match name {
            Some(n) => (n, self.sdk.class(n.as_str())),
            None => (Symbol::new(UNNAMED), PropertyClass::Unknown),
        };
        // A name that nobody has heard of may be the host's own, served everywhere.
        let of_stream = !matches!(
            class,
            PropertyClass::Plugin | PropertyClass::Node | PropertyClass::Unknown
        ) && self.sdk.is_listed(property.as_str());
        let root_phase = self.phase.is_of_root() || (self.phase == Phase::Callout && self.in_root);
        let at = self.naming_span(span, args);
        if of_stream && root_phase {
            if self.st.effective == Happened::No {
                self.note_misread(MisreadKind::Outside, property, at);
            }
        } else if class == PropertyClass::Request {
            self.check_readable(property, at, false, false);
        } else if class == PropertyClass::Route
            && self.st.rerouted == Happened::Yes
            && !self.route_is_final()
            && self.gives_old_route(property)
        {
            self.note_misread(MisreadKind::Rerouted, property, at);
        }
        let routing = class == PropertyClass::Request
            && (ROUTING_PROPERTIES.contains(&property.as_str())
                || property.as_str().starts_with("request.headers"));
        let v = self.sourced(property, class, routing, at, span, shape);
        // What this plugin wrote there itself.
        let handed = self.handed_on(property, span);
        self.v.join(v, handed)
    }

    /// What the plugin wrote under a property's name, if it did.
    pub(super) fn handed_on(&mut self, property: Symbol, span: Span) -> Val {
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

    /// Remembers a read that the host answers otherwise than the plugin expects.
    fn note_misread(&mut self, kind: MisreadKind, property: Symbol, span: Span) {
        let event = self.misread(kind, property, span);
        self.add_misread(event);
    }

    /// Such a read, of a property, in the callback that runs.
    fn misread(&mut self, kind: MisreadKind, property: Symbol, span: Span) -> Misread {
        Misread {
            kind,
            span,
            property,
            callback: self.callback,
            phase: self.phase,
            is_header: false,
            low: false,
            stack: self.call_stack(),
        }
    }

    fn add_misread(&mut self, event: Misread) {
        if !self.facts.misreads.contains(&event) {
            self.facts.misreads.push(event);
        }
    }

    pub(super) fn header(
        &mut self,
        name: Option<Symbol>,
        span: Span,
        args: &[Val],
        shape: &[Shape],
    ) -> Val {
        let property = name.unwrap_or_else(|| Symbol::new(UNNAMED));
        let at = self.naming_span(span, args);
        let handed_over = shape.first() == Some(&Shape::Result) && self.heeds_status();
        self.check_readable(property, at, true, handed_over);
        let text = property.as_str();
        let routing = text == "request headers" || ROUTING_HEADERS.contains(&text);
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
            kind,
            low,
            ..Tag::fresh(source)
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

    pub(super) fn new_source_at(
        &mut self,
        property: Symbol,
        class: PropertyClass,
        routing: bool,
        span: Span,
        host_span: Span,
    ) -> SourceId {
        let stack = self.call_stack();
        let fixed = class == PropertyClass::Route && !self.sdk.host().route_moves;
        let is_final = fixed || self.route_is_final() || self.is_connected(property, class);
        let source = self.v.tags.source(Source {
            span,
            host_span,
            property,
            class,
            callback: self.callback,
            phase: self.phase,
            routing,
            is_final,
            stack,
        });
        self.deeds.push(Done::Ask(source));
        source
    }

    /// Whether the host answers with the route from before a reroute that this callback made. Stock
    /// Envoy does, so it is what is taken for a host that is not known.
    fn gives_old_route(&self, property: Symbol) -> bool {
        let host = self.sdk.host();
        let answer = host.after_reroute(property.as_str()).map(|a| a.answer);
        host.route_moves && answer != Some(Answer::New)
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

    /// Whether the connection to the upstream stands, so that cluster and host move no more. Envoy's
    /// `tcp_proxy` picks both again for each attempt to connect, and makes another attempt only when
    /// one fails: once connected, a connection that the upstream closes ends the client's, too
    /// (`initializeUpstreamConnection` and `onUpstreamEvent` in source/common/tcp_proxy/tcp_proxy.cc).
    /// Bytes from the client prove nothing: it may be configured to take them before it connects. What it
    /// tells of the connection itself does: that is set when one stands (`onGenericPoolReady`), and absent
    /// before, so that who keeps it keeps what stays.
    fn is_connected(&self, property: Symbol, class: PropertyClass) -> bool {
        match class {
            PropertyClass::Upstream if OF_UPSTREAM_CONNECTION.contains(&property.as_str()) => {
                self.phase.is_of_connection()
            }
            PropertyClass::Route | PropertyClass::Upstream => {
                matches!(self.phase, Phase::Upstream | Phase::Close)
            }
            _ => false,
        }
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
    pub(super) fn shaped(&mut self, shape: &[Shape], v: Val, presence: TagSet) -> Val {
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

    /// Unwrapping a host's answer traps when there is none. A route, and even more an upstream, can be
    /// absent in every callback.
    pub(in crate::flow::interp) fn check_present(&mut self, v: Val, span: Span) {
        if self.is_variant(v, Symbol::new("Some")) == Some(true) {
            return;
        }
        let root = self.v.root(v);
        for tag in self.v.tags.list(root) {
            let source = self.v.tags.source_of(tag.source);
            let absent = matches!(source.class, PropertyClass::Route | PropertyClass::Upstream);
            let property = source.property;
            if absent && tag.kind == Kind::Presence && !tag.low {
                self.note_misread(MisreadKind::Unchecked, property, span);
            }
        }
    }

    fn check_readable(&mut self, property: Symbol, span: Span, is_header: bool, low: bool) {
        if self.request_always_readable && !self.phase.is_of_root() {
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
        let gone = self.misread(MisreadKind::Gone, property, span);
        self.add_misread(Misread {
            is_header,
            low,
            ..gone
        });
    }
}
