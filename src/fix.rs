//! Cures as edits of the user's own text.
//!
//! [`propose`] gives findings the fixes that can be written, and says why where none can; [`apply`]
//! works rounds of them into the text, keeping only those after which the finding is gone and no new
//! one is there. Nothing here prints the user's code anew: an edit replaces the bytes that it must.

mod again;
pub mod apply;
mod atomic;
mod caution;
mod closure;
pub mod diff;
mod doubt;
mod layout;
mod leaves;
mod local;
mod logged;
mod method;
mod moved;
mod pair;
mod refresh;
mod remove;
mod served;
mod shared;
mod slice;
mod text;
mod token;
mod unseen;
mod unwrap;
mod writers;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::finding::{Edit, Finding, Fix};
use crate::flow::{Deed, Flow, StoreFact};
use crate::project::Related;
use crate::rust::{Function, Outline, outline};
use crate::sdk::Sdk;
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// No edit is made of what is stored in more places than this: nobody would read it.
const MAX_STORES: usize = 32;

/// A fix, or the reason why there is none.
type Outcome = Result<Fix, String>;

/// What proposals are made from.
struct Context<'a> {
    flow: &'a Flow,
    sources: &'a SourceMap,
    sdk: &'a Sdk,
    /// The files whose code may have to do with what is to be fixed.
    files: Vec<FileId>,
    outlines: Outlines,
    /// The files in which a function of a name is declared.
    declared: OnceCell<FxHashMap<String, Vec<FileId>>>,
    /// The files in which a word occurs.
    mentioned: RefCell<FxHashMap<String, Vec<FileId>>>,
    /// Stores that are read later, by place.
    stores: FxHashMap<&'a str, Vec<&'a StoreFact>>,
    /// What is written, by place.
    writes: BTreeMap<&'a str, Vec<(Span, &'a Deed)>>,
    /// What slices ask of functions.
    indexes: RefCell<FxHashMap<(FileId, usize), Rc<slice::Index>>>,
    /// Whether some method may change a field of a name once streams run.
    written: RefCell<FxHashMap<String, bool>>,
}

/// The outlines of files that were read.
type Outlines = Rc<RefCell<FxHashMap<FileId, Option<Rc<Outline>>>>>;

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

impl<'a> Context<'a> {
    /// What proposals for findings in the file `at` are made from.
    fn new(
        flow: &'a Flow,
        sources: &'a SourceMap,
        sdk: &'a Sdk,
        (at, related): (FileId, &Related),
        outlines: &Outlines,
    ) -> Self {
        let files = sources.iter().map(|(id, _)| id);
        let files: Vec<FileId> = files.filter(|id| related.are(at, *id)).collect();
        let mut stores: FxHashMap<&str, Vec<&StoreFact>> = FxHashMap::default();
        let here = |span: Span| related.are(at, span.file);
        for fact in flow.stores.iter().filter(|s| here(s.span)) {
            stores.entry(&fact.subject).or_default().push(fact);
        }
        let mut writes: BTreeMap<&str, Vec<(Span, &Deed)>> = BTreeMap::new();
        for (span, deeds) in flow.doing.iter().filter(|(span, _)| here(**span)) {
            for deed in deeds {
                if let Deed::Write { subject, .. } = deed {
                    writes.entry(subject).or_default().push((*span, deed));
                }
            }
        }
        Self {
            flow,
            sources,
            sdk,
            files,
            outlines: Rc::clone(outlines),
            declared: OnceCell::new(),
            mentioned: RefCell::default(),
            stores,
            writes,
            indexes: RefCell::default(),
            written: RefCell::default(),
        }
    }

    /// The files whose code may have to do with what is to be fixed.
    fn files(&self) -> impl Iterator<Item = (FileId, &'a SourceFile)> {
        self.files.iter().map(|&id| (id, self.sources.file(id)))
    }

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
            for (id, file) in self.files() {
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

    /// What slices ask of a function.
    fn index(&self, within: &Within) -> Rc<slice::Index> {
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes
            .entry((within.file, within.index))
            .or_insert_with(|| Rc::new(slice::Index::of(within.function())));
        Rc::clone(index)
    }

    /// The files in which a word occurs at all.
    fn files_with(&self, word: &str) -> Vec<FileId> {
        if let Some(known) = self.mentioned.borrow().get(word) {
            return known.clone();
        }
        let found: Vec<FileId> = self
            .files()
            .filter(|(_, f)| f.path.extension().is_some_and(|e| e == "rs") && f.text.contains(word))
            .map(|(id, _)| id)
            .collect();
        let mut mentioned = self.mentioned.borrow_mut();
        mentioned.insert(word.to_owned(), found.clone());
        found
    }

    /// The stores to a place that are read later.
    fn stores_to(&self, place: &str) -> &[&'a StoreFact] {
        self.stores.get(place).map_or(&[], Vec::as_slice)
    }

    /// What writes a place, a part of it or one that holds it, and where.
    fn writes_touching<'s>(&'s self, place: &'s str) -> impl Iterator<Item = (Span, &'a Deed)> {
        let ends = place.match_indices(['.', '[']).map(|(at, _)| at);
        let around = ends.filter_map(|end| self.writes.get(&place[..end]));
        let parts = self.writes.range(place..);
        let parts = parts.take_while(move |(other, _)| other.starts_with(place));
        around
            .chain(parts.map(|(_, deeds)| deeds))
            .flatten()
            .copied()
            .filter(move |(_, deed)| deed.touches(place))
    }

    fn text(&self, span: Span) -> &str {
        self.sources.snippet(span)
    }
}

/// Gives findings their fixes. Where a rule's cure can be written in principle and is not here, a note
/// says why.
pub fn propose(
    findings: &mut [Finding],
    flow: &Flow,
    sources: &SourceMap,
    sdk: &Sdk,
    related: &Related,
) {
    let outlines = Outlines::default();
    // Plugins that know nothing of each other may use the same names.
    let mut contexts: FxHashMap<&[usize], Context<'_>> = FxHashMap::default();
    for finding in &mut *findings {
        let at = finding.primary.span.file;
        let cx = contexts
            .entry(related.home(at))
            .or_insert_with(|| Context::new(flow, sources, sdk, (at, related), &outlines));
        let cx = &*cx;
        let outcome = match finding.rule {
            "route-in-stream-context"
            | "stale-match-decision"
            | "route-in-static"
            | "route-in-root-context"
            | "route-in-async-callback" => kept(cx, finding),
            "route-in-shared-data" => {
                Err("what streams share can't be the route of one of them".to_owned())
            }
            "unchecked-route-property" => unwrap::cure(cx, finding),
            "property-not-served" => served::cure(cx, finding),
            "match-without-route-log" => logged::cure(cx, finding),
            _ => continue,
        };
        match outcome {
            Ok(fix) if overlap(&fix.edits) => {
                let reason = "no edit is offered: the places to change overlap".to_owned();
                finding.notes.push(reason);
            }
            Ok(fix) => {
                finding.fixes.push(fix);
                if matches!(
                    finding.rule,
                    "route-in-stream-context" | "stale-match-decision"
                ) {
                    let guarded = refresh::guarded(cx, finding);
                    finding.fixes.extend(guarded.filter(|f| !overlap(&f.edits)));
                }
            }
            Err(reason) => finding.notes.push(format!("no edit is offered: {reason}")),
        }
    }
    pair::downgrade(findings, flow);
}

/// Whether two of some edits are about the same text.
fn overlap(edits: &[Edit]) -> bool {
    let mut spans: Vec<Span> = edits.iter().map(|e| e.span).collect();
    spans.sort();
    let meet = |w: &[Span]| w[0].file == w[1].file && w[0].hi > w[1].lo;
    spans.windows(2).any(meet)
}

/// The value is asked for where it is used; where its reads can't be replaced, it is stored again
/// before them.
fn kept(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let stores = cx.stores_to(&finding.subject).len();
    if stores > MAX_STORES {
        return Err(format!(
            "`{}` is stored in {stores} places",
            finding.subject
        ));
    }
    if let Some(Ok(fix)) = pair::cure(cx, finding) {
        return Ok(fix);
    }
    if let Ok(fix) = shared::cure(cx, finding) {
        return Ok(fix);
    }
    if finding.rule == "route-in-async-callback" {
        // What the closure does later is nothing that the code which stores it does.
        return closure::cure(cx, finding)
            .or_else(|reason| refresh::cure(cx, finding).map_err(|_| reason));
    }
    let first = match local::cure(cx, finding, false) {
        Ok(fix) => return Ok(fix),
        Err(first) => first,
    };
    let again = refresh::cure(cx, finding);
    if let (Err(_), local::Refused::Empty) = (&again, &first) {
        // Better an empty method than a stale value.
        return local::cure(cx, finding, true).map_err(local::Refused::reason);
    }
    again.map_err(|second| match first {
        // What no other way of writing the code would change.
        local::Refused::Code(_) if second.contains(moved::UNREADABLE) => second,
        local::Refused::Code(first) => first,
        local::Refused::Form | local::Refused::Empty => second,
    })
}
