//! Reads that the chosen host answers with nothing or with an old route: `property-not-served`,
//! `host-serves-stale-route`.

use super::wording::{list, shortened, unique};
use crate::finding::{Confidence, Finding, Help, Label, Step, StepKind};
use crate::flow::{Flow, SourceFact};
use crate::sdk::{Answer, Phase, PropertyClass, Sdk, Unserved};

/// The findings, one for each read.
pub(super) fn check(flow: &Flow, sdk: &Sdk) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for source in &flow.sources {
        let found = [unserved(source, flow, sdk), old_route(source, sdk)];
        for f in found.into_iter().flatten() {
            let said = |o: &Finding| o.rule == f.rule && o.primary.span == f.primary.span;
            if !out.iter().any(said) {
                out.push(f);
            }
        }
    }
    out
}

/// What is known of a read that the chosen host always answers with nothing.
pub(super) fn never(source: &SourceFact, sdk: &Sdk) -> Option<Unserved> {
    // Header names and SDK wrappers are no property paths.
    let listed = sdk.is_listed(&source.property);
    listed.then(|| sdk.host().unserved(&source.property))?
}

/// `property-not-served`
fn unserved(source: &SourceFact, flow: &Flow, sdk: &Sdk) -> Option<Finding> {
    let host = sdk.host();
    let known = never(source, sdk)?;
    let help = match &known.instead {
        Some(name) => format!("read `{name}`"),
        None => "leave the read out, or make the plugin work without the value".to_owned(),
    };
    let message = format!(
        "{} does not serve `{}`: the read always gives nothing",
        host.title, source.property
    );
    let mut f = finding("property-not-served", source, message, known.source, help);
    let read = |s: &SourceFact| s.span == source.span && s.property == source.property;
    let stores = flow.stores.iter().filter(|s| s.sources.iter().any(read));
    let kept = shortened(unique(stores.map(|s| format!("`{}`", s.subject))));
    if !kept.is_empty() {
        f.notes.push(format!(
            "{} outlives the callback and depends on it: with a name that is served it can get stale",
            list(&kept)
        ));
    }
    Some(f)
}

/// `host-serves-stale-route`
fn old_route(source: &SourceFact, sdk: &Sdk) -> Option<Finding> {
    let host = sdk.host();
    if source.class != PropertyClass::Route
        || !matches!(source.phase, Phase::RequestHeaders | Phase::Construct)
        || host.unserved(&source.property).is_some()
    {
        return None;
    }
    let known = host.after_reroute(&source.property)?;
    if known.answer == Answer::New {
        return None;
    }
    let message = format!(
        "{} answers `{}` with the old route here when an earlier filter made it drop the route",
        host.title, source.property
    );
    let help = known.advice.unwrap_or_else(|| {
        "act in a later callback, or let the plugin run before the one that reroutes".to_owned()
    });
    Some(finding(
        "host-serves-stale-route",
        source,
        message,
        known.source,
        help,
    ))
}

fn finding(
    rule: &'static str,
    source: &SourceFact,
    message: String,
    note: String,
    help: String,
) -> Finding {
    let (rule, level) = super::named(rule);
    let mut trace: Vec<Step> = source
        .stack
        .iter()
        .map(|(span, callee)| Step {
            kind: StepKind::Passed,
            span: Some(*span),
            text: format!("`{callee}`"),
        })
        .collect();
    trace.push(Step {
        kind: StepKind::Obtained,
        span: Some(source.span),
        text: format!("`{}` in `{}`", source.property, source.callback),
    });
    Finding {
        rule,
        level,
        confidence: Confidence::High,
        message,
        primary: Label {
            span: source.span,
            text: format!("read here, in `{}`", source.callback),
        },
        secondary: Vec::new(),
        trace,
        notes: vec![note],
        fixes: Vec::new(),
        help: Some(Help {
            text: help,
            replacement: None,
        }),
        group: None,
        item: super::item(&source.stack, &source.callback),
        suppressed: None,
        subject: source.property.clone(),
        properties: vec![source.property.clone()],
    }
}
