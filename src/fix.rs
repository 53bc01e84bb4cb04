//! Cures as edits of the user's own text.
//!
//! [`propose`] gives findings the fixes that can be written, and says why where none can; [`apply`]
//! works rounds of them into the text, keeping only those after which the finding is gone and no new
//! one is there. Nothing here prints the user's code anew: an edit replaces the bytes that it must.

mod again;
pub mod apply;
mod atomic;
mod caution;
pub mod diff;
mod layout;
mod local;
mod logged;
mod method;
mod moved;
mod refresh;
mod remove;
mod served;
mod text;
mod token;
mod unit;
mod unwrap;
mod writers;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Fix};
use crate::flow::Flow;
use crate::rust::{Function, Outline, outline};
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
    /// The files in which a function of a name is declared.
    declared: OnceCell<FxHashMap<String, Vec<FileId>>>,
}

/// A function of an outline.
#[derive(Clone)]
struct Within {
    file: FileId,
    outline: Rc<Outline>,
    index: usize,
}

impl Within {
    fn function(&self) -> &Function {
        &self.outline.functions[self.index]
    }

    fn is(&self, other: &Self) -> bool {
        self.file == other.file && self.index == other.index
    }
}

impl Context<'_> {
    /// The innermost function whose body holds a span.
    fn function_at(&self, span: Span) -> Option<Within> {
        let outline = self.outline(span.file)?;
        let index = outline.innermost(span)?;
        Some(Within {
            file: span.file,
            outline,
            index,
        })
    }

    /// The files in which a function of this name is declared, by the text.
    fn declaring(&self, name: &str) -> &[FileId] {
        let index = self.declared.get_or_init(|| {
            let mut index: FxHashMap<String, Vec<FileId>> = FxHashMap::default();
            for (id, file) in self.sources.iter() {
                for rest in file.text.split("fn ").skip(1) {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    let files = index
                        .entry(rest[..end.unwrap_or(rest.len())].to_owned())
                        .or_default();
                    if files.last() != Some(&id) {
                        files.push(id);
                    }
                }
            }
            index
        });
        index.get(name).map_or(&[], Vec::as_slice)
    }

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
        declared: OnceCell::new(),
    };
    for finding in findings {
        let outcome = match finding.rule {
            "route-in-stream-context"
            | "stale-match-decision"
            | "route-in-static"
            | "route-in-root-context"
            | "route-in-async-callback" => kept(&cx, finding),
            "route-in-shared-data" => {
                Err("what streams share can't be the route of one of them".to_owned())
            }
            "unchecked-route-property" => unwrap::cure(&cx, finding),
            "property-not-served" => served::cure(&cx, finding),
            "match-without-route-log" => logged::cure(&cx, finding),
            _ => continue,
        };
        match outcome {
            Ok(fix) => {
                finding.fixes.push(fix);
                if matches!(
                    finding.rule,
                    "route-in-stream-context" | "stale-match-decision"
                ) {
                    finding.fixes.extend(refresh::guarded(&cx, finding));
                }
            }
            Err(reason) => finding.notes.push(format!("no edit is offered: {reason}")),
        }
    }
}

/// The value is asked for where it is used; where its reads can't be replaced, it is stored again
/// before them.
fn kept(cx: &Context<'_>, finding: &Finding) -> Outcome {
    local::cure(cx, finding).or_else(|_| refresh::cure(cx, finding))
}
