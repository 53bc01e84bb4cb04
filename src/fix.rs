//! Cures as edits of the user's own text.
//!
//! [`propose`] gives findings the fixes that can be written, and says why where none can; [`apply`]
//! works rounds of them into the text, keeping only those after which the finding is gone and no new
//! one is there. Nothing here prints the user's code anew: an edit replaces the bytes that it must.

pub mod apply;
mod atomic;
mod caution;
pub mod diff;
mod layout;
mod route;
mod served;
mod text;
mod unwrap;

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Fix};
use crate::flow::Flow;
use crate::rust::{Outline, outline};
use crate::sdk::Sdk;
use crate::source::{FileId, SourceMap, Span};

/// A fix, or the reason why there is none.
type Outcome = Result<Fix, String>;

/// What proposals are made from.
struct Context<'a> {
    flow: &'a Flow,
    sources: &'a SourceMap,
    sdk: &'a Sdk,
    outlines: RefCell<FxHashMap<FileId, Option<Rc<Outline>>>>,
}

impl Context<'_> {
    /// The outline of a file, read when it is first asked for.
    fn outline(&self, file: FileId) -> Option<Rc<Outline>> {
        if let Some(known) = self.outlines.borrow().get(&file) {
            return known.clone();
        }
        let read = outline(file, &self.sources.file(file).text).map(Rc::new);
        self.outlines.borrow_mut().insert(file, read.clone());
        read
    }

    /// The files in which a word occurs at all.
    fn files_with(&self, word: &str) -> Vec<FileId> {
        self.sources
            .iter()
            .filter(|(_, f)| f.path.extension().is_some_and(|e| e == "rs") && f.text.contains(word))
            .map(|(id, _)| id)
            .collect()
    }

    fn text(&self, span: Span) -> &str {
        self.sources.snippet(span)
    }
}

/// Gives findings their fixes. Where a rule's cure can be written in principle and is not here, a note
/// says why.
pub fn propose(findings: &mut [Finding], flow: &Flow, sources: &SourceMap, sdk: &Sdk) {
    let cx = Context {
        flow,
        sources,
        sdk,
        outlines: RefCell::default(),
    };
    for finding in findings {
        let outcome = match finding.rule {
            "route-in-stream-context" | "stale-match-decision" => route::cure(&cx, finding),
            "unchecked-route-property" => unwrap::cure(&cx, finding),
            "property-not-served" => served::cure(&cx, finding),
            _ => continue,
        };
        match outcome {
            Ok(fix) => finding.fixes.push(fix),
            Err(reason) => finding.notes.push(format!("no edit is offered: {reason}")),
        }
    }
}
