//! The way out of a kept value, in the names of the user's own code.

use std::collections::BTreeSet;

use super::{fresh, list, shortened};
use crate::checks::kept::Family;
use crate::finding::Help;
use crate::flow::{Flow, ReadFact, SourceFact, Storage, StoreFact};
use crate::sdk::{Phase, PropertyClass};
use crate::source::SourceMap;

/// What to do about a store: `first` is the source that the finding names first, `reads` are all later
/// reads.
pub(in crate::checks) fn help(
    family: Family,
    decided: bool,
    store: &StoreFact,
    first: &SourceFact,
    reads: &[&ReadFact],
    at: (&Flow, &SourceMap),
) -> Help {
    let text = match family {
        Family::Route => of_route(decided, store, first, reads, at.0),
        Family::Configuration => {
            "keep the configuration in the root context and hand it to the stream contexts"
                .to_owned()
        }
        Family::StreamValue => {
            "keep it in the stream context, or in a map keyed by the context id".to_owned()
        }
        Family::Request => "keep it only if the first value is the one that is wanted".to_owned(),
        Family::Dynamic => "read it where it is used".to_owned(),
    };
    // Not where it would be asked in vain, and not a call that stores in its turn.
    let in_root = first.reads.iter().any(|r| r.in_root);
    let replacement = if in_root || !matches!(family, Family::Route | Family::Dynamic) {
        None
    } else {
        fresh(decided, store, first, at)
    };
    Help { text, replacement }
}

fn of_route(
    decided: bool,
    store: &StoreFact,
    first: &SourceFact,
    reads: &[&ReadFact],
    flow: &Flow,
) -> String {
    let subject = &store.subject;
    let (owner, _) = subject.split_once(['.', '[']).unwrap_or((subject, ""));
    // What is gone by then has to be kept; the route can be asked for again.
    let gone: BTreeSet<&str> = store
        .sources
        .iter()
        .filter(|s| s.class == PropertyClass::Request)
        .map(|s| s.property.as_str())
        .collect();
    let is_stream = matches!(store.storage, Storage::Stream | Storage::Capture);
    if is_stream && !gone.is_empty() && !reads.is_empty() {
        let fields = if gone.len() == 1 { "a field" } else { "fields" };
        let gone: Vec<String> = gone
            .into_iter()
            .map(|p| match p.contains(' ') {
                true => format!("the {p}"),
                false => format!("`{p}`"),
            })
            .collect();
        let again = match asking(store, first, flow) {
            Some(function) => format!("call `{function}` with that again"),
            None => format!("ask for `{}` again", first.property),
        };
        return format!(
            "keep {} in {fields} of `{owner}`, since the host can't be asked for that later, and \
             {again} in {}",
            list(&gone),
            later(reads)
        );
    }
    if is_stream && first.phase == Phase::Construct && !reads.is_empty() {
        let what = match decided {
            true => "hand over what the decision is made with, and decide",
            false => "do not hand it over, but ask for it",
        };
        return format!(
            "`{owner}` gets it when it is built, in `{}`: {what} in {}",
            store.callback,
            later(reads)
        );
    }
    match decided {
        false => {
            format!("ask the host in the callback that uses it, instead of reading `{subject}`")
        }
        true => format!(
            "decide again in the callback that uses it, or keep the route beside `{subject}` and \
             compare it with a fresh read before each use"
        ),
    }
}

/// The outermost function on the way to the host that does not store in its turn.
fn asking<'a>(store: &StoreFact, first: &'a SourceFact, flow: &Flow) -> Option<&'a str> {
    let mut calls = first.stack.iter();
    let found = calls.find(|(call, _)| !flow.writes(*call, &store.subject));
    found.map(|(_, function)| function.as_str())
}

/// The callbacks that read it.
fn later(reads: &[&ReadFact]) -> String {
    let mut names: Vec<String> = Vec::new();
    for read in reads {
        let name = format!("`{}`", read.callback);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    list(&shortened(names))
}
