//! Values kept across callbacks: one finding for each store that a later callback reads.

use crate::finding::{Confidence, Finding, Label, Level, Step, StepKind};
use crate::flow::{Flow, ReadFact, SourceFact, Storage, StoreFact};
use crate::sdk::{PropertyClass, Sdk};
use crate::source::{SourceMap, Span};

use super::served;
use super::wording::{help, list, plural, property, shortened, unique};

/// How many later reads a finding marks in the source.
const MARKED_READS: usize = 6;

/// The findings about kept values.
pub(super) fn check(flow: &Flow, sdk: &Sdk, sources: &SourceMap) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut groups: Vec<(Span, Span)> = Vec::new();
    for store in &flow.stores {
        // What is nothing at all times is never old.
        let mut store = store.clone();
        store.sources.retain(|s| served::never(s, sdk).is_none());
        let store = &store;
        if let Some(mut f) = finding(store, (flow, sources)) {
            f.notes.extend(guard_note(flow, store, &f.properties));
            // Stores of one host read that go through the same decision are one problem.
            let key = group_key(store);
            let group = groups.iter().position(|g| *g == key).unwrap_or_else(|| {
                groups.push(key);
                groups.len() - 1
            });
            f.group = u32::try_from(group).ok();
            out.push(f);
        }
    }
    // A group of one is no group.
    let counts = |g: Option<u32>, all: &[Finding]| all.iter().filter(|f| f.group == g).count();
    let lonely: Vec<bool> = out.iter().map(|f| counts(f.group, &out) < 2).collect();
    for (f, lonely) in out.iter_mut().zip(lonely) {
        if lonely {
            f.group = None;
        }
    }
    out
}

/// Where a kept token is compared with a fresh read and the finding is there all the same: what the guard
/// lacks.
fn guard_note(flow: &Flow, store: &StoreFact, properties: &[String]) -> Option<String> {
    let owner = |subject: &str| subject.split('.').next().unwrap_or_default().to_owned();
    let mine = owner(&store.subject);
    let mut tokens = flow
        .compared
        .iter()
        .filter(|(subject, _)| owner(subject) == mine);
    let own = tokens.clone().find(|(_, p)| properties.contains(p));
    if let Some((token, compared)) = own {
        return Some(if *token == store.subject {
            format!(
                "`{token}` is compared with a fresh `{compared}`, but also used where they differ or before they are compared"
            )
        } else {
            format!(
                "`{token}` is compared with a fresh `{compared}`, but `{}` is used before that, or not replaced when they differ",
                store.subject
            )
        });
    }
    let (token, compared) = tokens.next()?;
    Some(format!(
        "the guard does not cover it: `{token}` is compared with a fresh `{compared}`, which can stay the same while {} changes",
        list(
            &properties
                .iter()
                .map(|p| property(p, PropertyClass::Unknown))
                .collect::<Vec<_>>()
        )
    ))
}

fn group_key(store: &StoreFact) -> (Span, Span) {
    let first = relevant(store).first().map_or(store.span, |s| s.span);
    let scope = relevant(store)
        .first()
        .and_then(|s| s.stack.first().map(|c| c.0))
        .unwrap_or(store.span);
    (first, scope)
}

/// What makes a kept value worth a finding, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// The host may resolve the route again.
    Route,
    /// A configuration update or another plugin instance meets the old configuration.
    Configuration,
    /// Another stream meets what belonged to this one.
    StreamValue,
    /// Any filter may have written it since.
    Dynamic,
    /// A later filter may have rewritten the request.
    Request,
}

const FAMILIES: [Family; 5] = [
    Family::Route,
    Family::Configuration,
    Family::StreamValue,
    Family::Dynamic,
    Family::Request,
];

fn family(store: &StoreFact, source: &SourceFact) -> Option<Family> {
    if source.reads.is_empty() {
        return None;
    }
    let shared = matches!(store.storage, Storage::Static | Storage::Root);
    let foreign = source.reads.iter().any(|r| r.foreign);
    match source.class {
        PropertyClass::Route | PropertyClass::Upstream | PropertyClass::Unknown => {
            // What streams hand in one by one when it is final, and the root context hands on, is a queue.
            let queue = store.adds && source.is_final && source.reads.iter().all(|r| r.in_root);
            let kept = store.storage != Storage::SharedData || foreign;
            (kept && !queue).then_some(Family::Route)
        }
        PropertyClass::Configuration => {
            (store.storage == Storage::Static && !source.decided).then_some(Family::Configuration)
        }
        PropertyClass::Request | PropertyClass::Connection | PropertyClass::Stream if shared => {
            (foreign && !store.adds && !source.decided).then_some(Family::StreamValue)
        }
        PropertyClass::Request if store.storage != Storage::SharedData => {
            source.routing.then_some(Family::Request)
        }
        PropertyClass::Dynamic if store.storage != Storage::SharedData => Some(Family::Dynamic),
        _ => None,
    }
}

/// The sources that the finding is about, those of the gravest family. A path that is not known is
/// only taken for a route when nothing better is known, and what is not sure is not told beside what is.
fn relevant(store: &StoreFact) -> Vec<&SourceFact> {
    let of = |wanted: Family, known: bool| -> Vec<&SourceFact> {
        store
            .sources
            .iter()
            .filter(|s| (s.class != PropertyClass::Unknown) == known)
            .filter(|s| family(store, s) == Some(wanted))
            .collect()
    };
    let mut list = FAMILIES
        .iter()
        .map(|&f| of(f, true))
        .chain([of(Family::Route, false)])
        .find(|list| !list.is_empty())
        .unwrap_or_default();
    if list.iter().any(|s| !s.low) {
        list.retain(|s| !s.low);
    }
    list
}

fn finding(store: &StoreFact, at: (&Flow, &SourceMap)) -> Option<Finding> {
    let about = relevant(store);
    let first = *about.first()?;
    let family = family(store, first)?;
    let decided = about.iter().all(|s| s.decided);
    let (rule, mut level) = super::named(match (family, store.storage) {
        (Family::Route, Storage::Capture) => "route-in-async-callback",
        (Family::Route, Storage::Static) => "route-in-static",
        (Family::Route, Storage::Root) => "route-in-root-context",
        (Family::Route, Storage::SharedData) => "route-in-shared-data",
        (Family::Route, Storage::Stream) if decided => "stale-match-decision",
        (Family::Route, Storage::Stream) => "route-in-stream-context",
        (Family::Configuration, _) => "plugin-config-in-static",
        (Family::StreamValue, _) => "stream-value-in-plugin-state",
        (Family::Dynamic, _) => "dynamic-metadata-in-stream-context",
        (Family::Request, _) => "request-value-in-stream-context",
    });
    let acts = about.iter().any(|s| s.acts);
    let tells = about.iter().any(|s| s.tells);
    // What a log says of another stream's route is wrong from the first one on.
    let own = !matches!(store.storage, Storage::Static | Storage::Root);
    let only_tells = tells && !acts && own;
    if only_tells && level == Level::Deny {
        level = Level::Warn;
    }
    let reads = all_reads(store, &about);
    let low = about
        .iter()
        .all(|s| s.low || s.class == PropertyClass::Unknown)
        || reads.iter().all(|r| r.low);
    let properties: Vec<String> = about.iter().map(|s| s.property.clone()).collect();
    let named: Vec<String> = unique(about.iter().map(|s| property(&s.property, s.class)));
    let later = unique(reads.iter().map(|r| format!("`{}`", r.callback)));
    let what = if decided { "a decision made from " } else { "" };
    let waits = store.storage == Storage::Capture && later == [format!("`{}`", store.callback)];
    let used = if waits {
        "there when it resumes".to_owned()
    } else {
        format!("in {}", list(&shortened(later)))
    };
    let message = format!(
        "`{}` keeps {what}{}: stored in `{}`, used {used}",
        store.subject,
        list(&named),
        store.callback,
    );
    let mut secondary = Vec::new();
    for s in &about {
        secondary.push(Label {
            span: s.span,
            text: format!(
                "{} is obtained here, in `{}`",
                property(&s.property, s.class),
                s.callback
            ),
        });
    }
    for r in reads.iter().take(MARKED_READS) {
        secondary.push(Label {
            span: r.span,
            text: format!("and read here, in `{}`", r.callback),
        });
    }
    let trace = trace(family, store, &about, &reads);
    let mut notes = vec![why_open(family, store, &about)];
    if reads.len() > MARKED_READS {
        let more = reads.len() - MARKED_READS;
        notes.push(format!(
            "{} not marked above",
            plural(more, "more later read")
        ));
    }
    if only_tells {
        notes.push("the later reads only log or count it, so this is a warning".to_owned());
    }
    if low {
        notes.push("certainty was lost on the way: an unknown call, path or receiver".to_owned());
    }
    Some(Finding {
        rule,
        level,
        confidence: if low {
            Confidence::Low
        } else {
            Confidence::High
        },
        message,
        primary: Label {
            span: store.span,
            text: format!(
                "`{}` is stored here, in `{}`",
                store.subject, store.callback
            ),
        },
        secondary,
        trace,
        notes,
        fixes: Vec::new(),
        help: Some(help(family, decided, store, first, &reads, at)),
        group: None,
        item: store.function.clone(),
        suppressed: None,
        subject: store.subject.clone(),
        properties: {
            let mut p = properties;
            p.sort();
            p.dedup();
            p
        },
    })
}

/// The later reads, those first that the author of the store will recognise: in its own file, in
/// the callback itself.
fn all_reads<'a>(store: &StoreFact, about: &[&'a SourceFact]) -> Vec<&'a ReadFact> {
    let mut out: Vec<&ReadFact> = Vec::new();
    for s in about {
        for r in &s.reads {
            if !out
                .iter()
                .any(|o| o.span == r.span && o.callback == r.callback)
            {
                out.push(r);
            }
        }
    }
    out.sort_by_key(|r| (r.span.file != store.span.file, r.stack.len()));
    out
}

/// Whether a network filter is at work, which has a connection and no request: read or used in one of
/// its callbacks.
fn is_of_connection(about: &[&SourceFact]) -> bool {
    let used = |s: &&SourceFact| s.reads.iter().any(|r| r.phase.is_of_connection());
    about.iter().any(|s| s.phase.is_of_connection() || used(s))
}

/// What may happen between the store and the later reads.
fn between(family: Family, about: &[&SourceFact]) -> String {
    let foreign = about.iter().any(|s| s.reads.iter().any(|r| r.foreign));
    match family {
        Family::Route if foreign => {
            "other streams, with routes of their own, store here and read here"
        }
        Family::Route if is_of_connection(about) => {
            "the host may fail to connect and pick another cluster or upstream"
        }
        Family::Route => "a later filter may write a request header or clear the route cache",
        Family::Configuration => {
            "the configuration may be updated; another instance of the plugin may share the VM"
        }
        Family::StreamValue => "other streams, with values of their own, store here and read here",
        Family::Dynamic => "any filter may write it",
        Family::Request => "a later filter may rewrite the request",
    }
    .to_owned()
}

fn trace(
    family: Family,
    store: &StoreFact,
    about: &[&SourceFact],
    reads: &[&ReadFact],
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut push = |kind, span, text: String| {
        let step = Step {
            kind,
            span: Some(span),
            text,
        };
        if !steps.contains(&step) {
            steps.push(step);
        }
    };
    for s in about {
        push(
            StepKind::Obtained,
            s.span,
            format!("{} from the host", property(&s.property, s.class)),
        );
        if s.host_span != s.span {
            push(
                StepKind::Passed,
                s.host_span,
                "the host call itself".to_owned(),
            );
        }
    }
    for s in about {
        for (span, callee) in s.stack.iter().rev() {
            if *span != s.span {
                push(StepKind::Passed, *span, format!("`{callee}`"));
            }
        }
    }
    if about.iter().all(|s| s.decided) {
        let mut left = 3;
        for s in about {
            for &c in &s.conditions {
                if left > 0 && before(c, store, s) {
                    push(
                        StepKind::Chosen,
                        c,
                        format!("this condition on {}", property(&s.property, s.class)),
                    );
                    left -= 1;
                }
            }
        }
    }
    push(
        StepKind::Stored,
        store.span,
        format!("`{}` in `{}`", store.subject, store.function),
    );
    // What else is kept does not move with the route.
    let reroutes = store.reroutes.iter().filter(|_| family == Family::Route);
    for r in reroutes.take(2) {
        push(
            StepKind::Window,
            r.span,
            format!(
                "the plugin itself makes the host drop the route, in `{}`",
                r.callback
            ),
        );
    }
    steps.push(Step {
        kind: StepKind::Window,
        span: None,
        text: between(family, about),
    });
    for r in reads.iter().take(2 * MARKED_READS) {
        let via = if r.stack.is_empty() {
            String::new()
        } else {
            format!(" (`{}`)", r.function)
        };
        steps.push(Step {
            kind: StepKind::Read,
            span: Some(r.span),
            text: format!("in `{}`{via}", r.callback),
        });
    }
    steps
}

/// Whether a condition can have led to the store: one in a later read has not.
fn before(condition: Span, store: &StoreFact, source: &SourceFact) -> bool {
    !source
        .reads
        .iter()
        .any(|r| condition.contains(r.span) || r.span.contains(condition))
        && condition != store.span
}

fn why_open(family: Family, store: &StoreFact, about: &[&SourceFact]) -> String {
    match (family, store.storage) {
        (Family::Route, Storage::Static | Storage::Root | Storage::SharedData)
        | (Family::StreamValue, _) => {
            "streams share it: what one stream leaves here is wrong for the next one".to_owned()
        }
        (Family::Route, _) if is_of_connection(about) => format!(
            "the host picks cluster and upstream anew for each attempt to connect, and in `{}` none \
             need have succeeded: what it says from the upstream's first bytes on stays",
            store.callback
        ),
        (Family::Route, _) => format!(
            "the host may resolve the route again after `{}`: any filter that writes a request \
             header, and any call that clears the route cache, makes it do so",
            store.callback
        ),
        (Family::Configuration, _) => "a static outlives a configuration update and is shared by \
             all plugin instances of the VM; a root context is built anew for each"
            .to_owned(),
        (Family::Request, _) => "a later filter may rewrite the request; the host can't be asked \
             again once the headers went on, so keeping it is often all that can be done"
            .to_owned(),
        (Family::Dynamic, _) => {
            "any filter may write metadata or filter state at any time".to_owned()
        }
    }
}
