//! Reads where the host has nothing to give: `request-headers-not-readable-here` and
//! `route-read-outside-stream`.

use crate::finding::{Confidence, Finding, Help, Label, Level, Step, StepKind};
use crate::flow::{Flow, UnreadableFact};
use crate::sdk::Phase;
use crate::source::SourceMap;

/// The findings, one for each read.
pub(super) fn check(flow: &Flow, _sources: &SourceMap) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for u in &flow.unreadable {
        if out.iter().any(|f| f.primary.span == u.span) {
            continue;
        }
        out.push(finding(u));
    }
    for u in &flow.outside {
        if !out.iter().any(|f| f.primary.span == u.span) {
            out.push(outside(u));
        }
    }
    out
}

/// `route-read-outside-stream`: a property of a stream where no stream is current.
fn outside(u: &UnreadableFact) -> Finding {
    let (rule, level) = super::named("route-read-outside-stream");
    let mut f = finding(u);
    f.rule = rule;
    f.level = level;
    f.message = format!(
        "`{}` is read in `{}`, where no stream is current: the host has no value for it",
        u.property, u.callback
    );
    f.notes = vec![
        "callbacks of the root context run outside of any stream; only plugin and node properties \
         can be read there"
            .to_owned(),
    ];
    f.help = Some(Help {
        text: "read it in a callback of the stream context, or make the stream current with \
               `set_effective_context` first"
            .to_owned(),
        replacement: None,
    });
    f
}

fn finding(u: &UnreadableFact) -> Finding {
    let (rule, default) = super::named("request-headers-not-readable-here");
    let why = match u.phase {
        Phase::Construct => "a stream context is built before its request headers can be read",
        Phase::VmStart | Phase::Configure | Phase::Tick | Phase::Queue => {
            "no stream is current in a callback of the root context"
        }
        _ => "the request headers went on when `on_http_request_headers` returned",
    };
    let what = if u.is_header {
        "request header"
    } else {
        "property"
    };
    let effect = if u.is_header {
        "the SDK panics there and the client gets a 503"
    } else {
        "it is absent there"
    };
    let mut trace: Vec<Step> = u
        .stack
        .iter()
        .map(|(span, callee)| Step {
            kind: StepKind::Passed,
            span: Some(*span),
            text: format!("`{callee}`"),
        })
        .collect();
    trace.push(Step {
        kind: StepKind::Read,
        span: Some(u.span),
        text: format!("in `{}`", u.callback),
    });
    Finding {
        rule,
        level: if u.is_header {
            default
        } else {
            default.min(Level::Warn)
        },
        confidence: Confidence::High,
        message: format!(
            "{what} `{}` is read in `{}`, where the host has none: {effect}",
            u.property, u.callback
        ),
        primary: Label {
            span: u.span,
            text: format!("read here, in `{}`", u.callback),
        },
        secondary: u
            .stack
            .iter()
            .rev()
            .take(3)
            .map(|(span, callee)| Label {
                span: *span,
                text: format!("through `{callee}`"),
            })
            .collect(),
        trace,
        notes: vec![why.to_owned()],
        fixes: Vec::new(),
        help: Some(Help {
            text: "read it in `on_http_request_headers` and keep it in the stream context"
                .to_owned(),
            replacement: None,
        }),
        group: None,
        item: u
            .stack
            .last()
            .map_or_else(|| u.callback.clone(), |(_, callee)| callee.clone()),
        suppressed: None,
        subject: u.property.clone(),
        properties: vec![u.property.clone()],
    }
}
