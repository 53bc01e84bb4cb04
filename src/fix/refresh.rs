//! Storing again before the value is used, where its reads can't be replaced.
//!
//! The user's own statements that ask the host and store the answer run once more at the start of each
//! callback that reads it, so that every reader finds the present value, through whatever helpers.

use super::again::{Again, again, candidates, part};
use super::caution::{is_included, may_change, receiver_start};
use super::doubt::doubt;
use super::layout::{at_start, tidy};
use super::moved::not_each_time;
use super::token::Token;
use super::writers::Writers;
use super::{Context, Outcome, Within};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::flow::{Deed, ReadFact, Storage, StoreFact};
use crate::source::Span;

/// The fix of one finding.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let fact = &known(cx, finding)?;
    let again = again(cx, fact)?;
    let readers = entries(cx, fact, &again)?;
    let edits = everywhere(cx, fact, &again, &readers)?;
    let shared = matches!(fact.storage, Storage::Static | Storage::Root).then(|| {
        format!(
            "`{}` is still shared by all streams; a field of the stream's own context would be better",
            fact.subject
        )
    });
    let reason = shared
        .or_else(|| not_each_time(cx, &again.within, &again.spans, fact))
        .or_else(|| {
            doubt(
                cx,
                &again.within,
                &again.spans,
                readers.iter(),
                &fact.sources,
                false,
            )
        });
    Ok(Fix {
        title: format!("store `{}` again where it is used", fact.subject),
        safety: Safety::of(&reason),
        reason,
        edits,
    })
}

/// The store that a finding is about, when storing again replaces what is there.
fn known(cx: &Context<'_>, finding: &Finding) -> Result<StoreFact, String> {
    let fact = cx
        .stores_to(&finding.subject)
        .iter()
        .find(|s| s.span == finding.primary.span)
        .ok_or("the store is not known")?;
    let fact = StoreFact {
        subject: place(cx, fact),
        ..(*fact).clone()
    };
    if fact.adds {
        return Err(format!(
            "`{}` is added to or set once, so storing again does not replace it",
            fact.subject
        ));
    }
    Ok(fact)
}

/// The edits that store it again before each use.
fn everywhere(
    cx: &Context<'_>,
    fact: &StoreFact,
    again: &Again,
    entries: &[Within],
) -> Result<Vec<Edit>, String> {
    let repeats = reads(cx, fact).any(|r| !RUNS_ONCE.iter().any(|c| r.callback.ends_with(c)));
    Writers {
        subject: &fact.subject,
        spans: &again.spans,
        within: &again.within,
        entries,
        may_use_up: !repeats,
    }
    .are_alone(cx)?;
    if let Some(entry) = entries.iter().find(|e| repeats && may_use_up(cx, fact, e)) {
        return Err(format!(
            "`{}` may use it up, and runs several times",
            entry.function().name
        ));
    }
    let mut edits = again.edits.clone();
    let call = &again.call;
    for entry in entries {
        let text = &cx.sources.file(entry.file).text;
        edits.push(at_start(text, entry.function(), call));
    }
    edits.sort();
    tidy(cx, &mut edits);
    Ok(edits)
}

/// The same behind a guard, for a cache that is kept on purpose: stored again when the property that it
/// is made of has changed.
pub(super) fn guarded(cx: &Context<'_>, finding: &Finding) -> Option<Fix> {
    let fact = &known(cx, finding).ok()?;
    if fact.storage != Storage::Stream {
        return None;
    }
    let token = Token::of(cx, fact)?;
    let lead = token.check();
    let again = candidates(cx, fact)
        .iter()
        .find_map(|within| part(cx, fact, within, &lead).ok().filter(|a| a.mutable))?;
    let readers = entries(cx, fact, &again).ok()?;
    let mut edits = everywhere(cx, fact, &again, &readers).ok()?;
    edits.extend(token.declare(cx, &again.within)?);
    edits.sort();
    Some(Fix {
        title: format!(
            "keep `{}`, and store it again when `{}` has changed",
            fact.subject, token.property
        ),
        safety: Safety::Unsafe,
        reason: Some(format!(
            "it is right as long as nothing but `{}` decides the value",
            token.property
        )),
        edits,
    })
}

/// The place that is written. What a closure captured is kept where the closure is.
fn place(cx: &Context<'_>, fact: &StoreFact) -> String {
    let statement = cx.function_at(fact.span).and_then(|w| {
        let mut top = w.function().top();
        top.find(|s| s.span.contains(fact.span)).map(|s| s.span)
    });
    let written = |span: Span| {
        let mut all = cx.flow.doing_in(span);
        let mut subjects: Vec<&String> = Vec::new();
        let only_writes = all.all(|(_, deeds)| {
            deeds.iter().all(|d| match d {
                Deed::Write { subject, .. } => {
                    subjects.push(subject);
                    true
                }
                Deed::Ask { .. } => true,
                Deed::Host => false,
            })
        });
        subjects.sort();
        subjects.dedup();
        match subjects[..] {
            [one] if only_writes => Some(one.clone()),
            _ => None,
        }
    };
    match (fact.storage, statement) {
        (Storage::Capture, Some(span)) => written(span).unwrap_or_else(|| fact.subject.clone()),
        _ => fact.subject.clone(),
    }
}

/// Whether a function does more than look at the field.
fn may_use_up(cx: &Context<'_>, fact: &StoreFact, within: &Within) -> bool {
    let text = &cx.sources.file(within.file).text;
    let field = fact.subject.rsplit('.').next().unwrap_or_default();
    let mut members = within.outline.members.iter();
    members.any(|(name, span)| {
        let start = receiver_start(text, span.lo as usize);
        name == field
            && within.function().body.contains(*span)
            && may_change(text, start, span.hi as usize)
    })
}

/// Ends of the names of callbacks that run once in a stream.
const RUNS_ONCE: [&str; 4] = ["_headers", "_trailers", "on_log", "on_done"];

/// All reads of what is stored there.
fn reads<'a>(cx: &'a Context<'_>, fact: &'a StoreFact) -> impl Iterator<Item = &'a ReadFact> {
    let stores = cx.stores_to(&fact.subject).iter().copied();
    stores
        .chain([fact])
        .flat_map(|s| &s.sources)
        .flat_map(|s| &s.reads)
}

/// The callbacks that read it, or the methods of the type by which they do.
fn entries(cx: &Context<'_>, fact: &StoreFact, again: &Again) -> Result<Vec<Within>, String> {
    let owner = again.within.function().owner.as_deref();
    let mut out: Vec<Within> = Vec::new();
    for read in reads(cx, fact) {
        if read.in_root {
            return Err(format!(
                "`{}` reads it, where the stream that it belongs to can't be asked",
                read.callback
            ));
        }
        let frames = read.stack.iter().map(|(call, _)| *call).chain([read.span]);
        let entry = frames.filter_map(|s| cx.function_at(s)).find(|w| {
            let f = w.function();
            f.owner.as_deref() == owner
                && f.has_self
                && !f.is_async
                && (f.mutable || !again.mutable)
                && !is_included(cx, w.file)
        });
        let Some(entry) = entry else {
            return Err(format!(
                "no method of `{}` leads to the read in `{}`",
                owner.unwrap_or_default(),
                read.function
            ));
        };
        if entry.is(&again.within) {
            return Err("it is stored and read in one function that runs several times".to_owned());
        }
        let module = |w: &Within| w.outline.module(w.function().span);
        if entry.file != again.within.file || module(&entry) != module(&again.within) {
            return Err(format!(
                "`{}` reads it in another module",
                entry.function().name
            ));
        }
        if !out.iter().any(|o| o.is(&entry)) {
            out.push(entry);
        }
    }
    if out.is_empty() {
        return Err("no later read stands in the text".to_owned());
    }
    out.sort_by_key(|w| w.index);
    Ok(out)
}
