//! Reads that the host answers otherwise than the plugin expects: `request-headers-not-readable-here`,
//! `route-read-outside-stream`, `route-read-after-own-reroute`, `unchecked-route-property`.

use super::wording::{list, property, shortened, unique};
use crate::finding::{Confidence, Finding, Help, Label, Level, Step, StepKind};
use crate::flow::{Flow, MisreadFact, MisreadKind, UNNAMED};
use crate::sdk::{Phase, PropertyClass};
use crate::source::Span;

/// What a rule says about one read.
struct Wording {
    rule: &'static str,
    /// The level, when it is not that of the rule.
    level: Option<Level>,
    message: String,
    label: String,
    note: String,
    help: String,
}

/// Reads at one place that are wrong for one reason.
struct Group<'a> {
    /// That in the first callback, in host order.
    first: &'a MisreadFact,
    /// All callbacks, in host order.
    callbacks: Vec<(Phase, &'a str)>,
}

impl Group<'_> {
    /// `a`, `b` and 3 more callbacks.
    fn callbacks(&self) -> String {
        let names = self.callbacks.iter().map(|(_, name)| format!("`{name}`"));
        list(&shortened(unique(names)))
    }
}

/// The findings, one for each place.
pub(super) fn check(flow: &Flow) -> Vec<Finding> {
    let mut groups: Vec<Group> = Vec::new();
    for m in &flow.misreads {
        // A read that is there for nothing at all says it once.
        let said = |g: &&mut Group| {
            let nothing = MisreadKind::Outside;
            let same = g.first.kind == m.kind || g.first.kind <= nothing && m.kind <= nothing;
            g.first.span == m.span && same
        };
        let Some(known) = groups.iter_mut().find(said) else {
            groups.push(Group {
                first: m,
                callbacks: vec![(m.phase, &m.callback)],
            });
            continue;
        };
        if known.first.kind == m.kind && known.first.property == m.property {
            known.callbacks.push((m.phase, &m.callback));
            known.callbacks.sort_by_key(|c| c.0);
            if m.phase < known.first.phase {
                known.first = m;
            }
        }
    }
    groups.iter().map(|g| of_group(g, flow)).collect()
}

fn of_group(group: &Group, flow: &Flow) -> Finding {
    let m = group.first;
    let at = group.callbacks();
    let wording = match m.kind {
        MisreadKind::Gone => gone(m, &at),
        MisreadKind::Outside => outside(m, &at),
        MisreadKind::Rerouted => rerouted(m, &at),
        MisreadKind::Unchecked => unchecked(m, &at),
    };
    let reroutes: Vec<Span> = flow
        .reroutes
        .iter()
        .filter(|r| m.kind == MisreadKind::Rerouted && r.callback == m.callback)
        .map(|r| r.span)
        .collect();
    finding(m, wording, &reroutes)
}

/// `request-headers-not-readable-here`
fn gone(m: &MisreadFact, at: &str) -> Wording {
    let what = match (m.property.as_str(), m.is_header) {
        (UNNAMED, true) => property(UNNAMED, PropertyClass::Request),
        (name, true) => format!("request header `{name}`"),
        (name, false) => format!("property `{name}`"),
    };
    let effect = if m.is_header {
        "the SDK panics there and the client gets a 503"
    } else {
        "it is absent there"
    };
    let why = match m.phase {
        Phase::Construct => "a stream context is built before its request headers can be read",
        Phase::VmStart | Phase::Configure | Phase::Tick | Phase::Queue => {
            "no stream is current in a callback of the root context"
        }
        _ => "the request headers went on when `on_http_request_headers` returned",
    };
    Wording {
        rule: "request-headers-not-readable-here",
        // An absent property is a surprise, a trap is an outage.
        level: (!m.is_header).then_some(Level::Warn),
        message: format!("{what} is read in {at}, where the host has none: {effect}"),
        label: format!("read here, in {at}"),
        note: why.to_owned(),
        help: "read it in `on_http_request_headers` and keep it in the stream context".to_owned(),
    }
}

/// `route-read-outside-stream`
fn outside(m: &MisreadFact, at: &str) -> Wording {
    Wording {
        rule: "route-read-outside-stream",
        level: None,
        message: format!(
            "`{}` is read in {at}, where no stream is current: the host has no value for it",
            m.property
        ),
        label: format!("read here, in {at}"),
        note: "callbacks of the root context run outside of any stream; only plugin and node \
               properties can be read there"
            .to_owned(),
        help: "read it in a callback of the stream context, or make the stream current with \
               `set_effective_context` first"
            .to_owned(),
    }
}

/// `route-read-after-own-reroute`
fn rerouted(m: &MisreadFact, at: &str) -> Wording {
    Wording {
        rule: "route-read-after-own-reroute",
        level: None,
        message: format!(
            "`{}` is read after the plugin made the host drop the route: in the same callback the \
             host still gives the old one",
            m.property
        ),
        label: format!("the old route, in {at}"),
        note:
            "the host picks the new route when a later filter asks for it; no host call makes it \
               do so now"
                .to_owned(),
        help: "read it before the write when the old route is meant, or in a later callback when \
               the new one is"
            .to_owned(),
    }
}

/// `unchecked-route-property`
fn unchecked(m: &MisreadFact, at: &str) -> Wording {
    Wording {
        rule: "unchecked-route-property",
        level: None,
        message: format!(
            "`{}` can be absent and is unwrapped in {at}: the plugin traps and the client gets a 503",
            m.property
        ),
        label: "traps when there is no value".to_owned(),
        note: "a request that matches no route has none, a direct response has no cluster, and \
               nothing has an upstream before one is picked"
            .to_owned(),
        help: "handle the absent value: log it and let the request go on as one without a route"
            .to_owned(),
    }
}

fn finding(m: &MisreadFact, wording: Wording, reroutes: &[Span]) -> Finding {
    let (rule, default) = super::named(wording.rule);
    let mut trace: Vec<Step> = reroutes
        .iter()
        .map(|&span| Step {
            kind: StepKind::Window,
            span: Some(span),
            text: format!(
                "the plugin itself makes the host drop the route, in `{}`",
                m.callback
            ),
        })
        .collect();
    trace.extend(m.stack.iter().map(|(span, callee)| Step {
        kind: StepKind::Passed,
        span: Some(*span),
        text: format!("`{callee}`"),
    }));
    trace.push(Step {
        kind: StepKind::Read,
        span: Some(m.span),
        text: format!("in `{}`", m.callback),
    });
    let mut secondary: Vec<Label> = reroutes
        .iter()
        .take(1)
        .map(|&span| Label {
            span,
            text: "makes the host drop the route".to_owned(),
        })
        .collect();
    secondary.extend(m.stack.iter().rev().take(3).map(|(span, callee)| Label {
        span: *span,
        text: format!("through `{callee}`"),
    }));
    Finding {
        rule,
        level: wording.level.map_or(default, |l| default.min(l)),
        confidence: if m.low {
            Confidence::Low
        } else {
            Confidence::High
        },
        message: wording.message,
        primary: Label {
            span: m.span,
            text: wording.label,
        },
        secondary,
        trace,
        notes: vec![wording.note],
        fixes: Vec::new(),
        help: Some(Help {
            text: wording.help,
            replacement: None,
        }),
        group: None,
        item: super::item(&m.stack, &m.callback),
        suppressed: None,
        subject: m.property.clone(),
        properties: vec![m.property.clone()],
    }
}
