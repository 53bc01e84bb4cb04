//! Fields that nothing needs any more.

use std::collections::BTreeSet;

use super::Context;
use super::caution::{code_of, is_constant};
use super::text::{line_start, whole_lines};
use crate::finding::Edit;
use crate::rust::Outline;
use crate::source::{FileId, Span};

/// A field, and what is known of its uses.
pub(super) struct Unused<'a> {
    /// The type.
    pub(super) owner: &'a str,
    /// The field.
    pub(super) field: &'a str,
    /// The left side of its only store.
    pub(super) store: Span,
    /// Ends of the reads that are replaced.
    pub(super) replaced: &'a BTreeSet<(FileId, u32)>,
    /// The outline of the file that declares it.
    pub(super) outline: &'a Outline,
}

impl Unused<'_> {
    /// Whether the field can go.
    pub(super) fn can_go(&self, cx: &Context<'_>) -> bool {
        self.has_no_uses(cx) && self.is_private_business(cx)
    }

    /// Whether nothing but the store and the replaced reads uses the field.
    fn has_no_uses(&self, cx: &Context<'_>) -> bool {
        for file in cx.files_with(self.field) {
            let Some(outline) = cx.outline(file) else {
                return false;
            };
            let used = outline.members.iter().any(|(name, span)| {
                *name == self.field
                    && !self.store.contains(*span)
                    && !self.replaced.contains(&(file, span.hi))
                    && !self.is_of_another(cx, &outline, *span)
            });
            let public = outline
                .fields
                .iter()
                .any(|f| f.owner == self.owner && f.name == self.field && f.public);
            let taken_apart = outline.destructured.iter().any(|d| d == self.owner);
            let shorthand = outline.initialisers.iter().any(|i| {
                i.owner == self.owner && i.name == self.field && cx.text(i.span) == self.field
            });
            if used || public || taken_apart || shorthand {
                return false;
            }
        }
        true
    }

    /// Whether `.field` is surely the field of another struct: `self.field` in a method of another
    /// type.
    fn is_of_another(&self, cx: &Context<'_>, outline: &Outline, span: Span) -> bool {
        let text = &cx.sources.file(span.file).text;
        let holder = || outline.innermost(span).map(|i| &outline.functions[i]);
        text[..span.lo as usize].ends_with("self.")
            && holder().is_some_and(|f| f.owner.as_deref() != Some(self.owner))
    }

    /// Whether nothing that is not seen here uses it.
    fn is_private_business(&self, cx: &Context<'_>) -> bool {
        let (owner, field) = (self.owner, self.field);
        let mut structs = 0;
        for (file, source) in cx.sources.iter() {
            if !source.text.contains(owner) {
                continue;
            }
            let Some(outline) = cx.outline(file) else {
                return false;
            };
            structs += outline
                .fields
                .iter()
                .filter(|f| f.owner == owner && f.name == field)
                .count();
            let aliased = source.text.contains(&format!("= {owner};"));
            let compiled_otherwise = source.text.contains("#[cfg");
            let computed = outline
                .initialisers
                .iter()
                .filter(|i| i.owner == owner && i.name == field)
                .any(|i| !is_constant(cx.text(i.value)));
            if aliased || compiled_otherwise || computed {
                return false;
            }
        }
        // Derived code of other traits looks at each field; an attribute speaks to some of it.
        let harmless = |d: &String| matches!(d.as_str(), "Default" | "Clone" | "Copy");
        let derives_more = self
            .outline
            .derives
            .iter()
            .any(|(name, derived)| *name == owner && !derived.iter().all(harmless));
        // Words about something else that stands inside of it.
        let commented = cx.sources.iter().any(|(file, source)| {
            source.text.contains(field)
                && cx.outline(file).is_some_and(|o| {
                    let mut all = o.fields.iter().chain(&o.initialisers);
                    all.any(|f| f.owner == owner && f.name == field && has_comment(cx.text(f.span)))
                })
        });
        let attributed = self
            .outline
            .fields
            .iter()
            .any(|f| f.owner == owner && f.name == field && cx.text(f.span).starts_with('#'));
        structs == 1 && !derives_more && !attributed && !commented
    }

    /// Takes the field and its values in literals out.
    pub(super) fn remove(&self, cx: &Context<'_>, edits: &mut Vec<Edit>) {
        for file in cx.files_with(self.field) {
            let Some(outline) = cx.outline(file) else {
                continue;
            };
            for f in outline.fields.iter().chain(&outline.initialisers) {
                if f.owner == self.owner && f.name == self.field {
                    edits.push(without(cx, f.span));
                }
            }
        }
    }
}

/// Whether there is a comment in some code, its documentation apart.
fn has_comment(text: &str) -> bool {
    let mut lines = text.lines().filter(|l| !l.trim_start().starts_with("///"));
    lines.any(|l| {
        let code = code_of(l);
        code.contains("//") || code.contains("/*")
    })
}

/// Takes one part of a list in braces out, with the comma: the one behind, or for the last the one
/// before.
fn without(cx: &Context<'_>, span: Span) -> Edit {
    let text = &cx.sources.file(span.file).text;
    let (mut lo, mut hi) = (span.lo as usize, span.hi as usize);
    let behind = text[hi..].trim_start();
    if behind.starts_with(',') {
        hi = text.len() - behind.len() + 1;
        (lo, hi) = whole_lines(text, lo, hi);
    } else if text[line_start(text, lo)..lo].trim().is_empty() {
        // On a line of its own: the comma before it may stay, and the comments between do.
        (lo, hi) = whole_lines(text, lo, hi);
    } else if let Some(before) = text[..lo].trim_end().strip_suffix(',') {
        lo = before.len();
    } else {
        (lo, hi) = whole_lines(text, lo, hi);
    }
    let (before, behind) = (text[..lo].trim_end(), text[hi..].trim_start());
    if before.ends_with('{') && behind.starts_with('}') {
        // The last one leaves `{}`.
        (lo, hi) = (before.len(), text.len() - behind.len());
    }
    Edit {
        span: Span::new(span.file, lo, hi),
        text: String::new(),
    }
}

/// Takes a statement out, with its line when nothing else stands there.
pub(super) fn removal(cx: &Context<'_>, span: Span) -> Edit {
    let text = &cx.sources.file(span.file).text;
    let (lo, hi) = whole_lines(text, span.lo as usize, span.hi as usize);
    Edit {
        span: Span::new(span.file, lo, hi),
        text: String::new(),
    }
}
