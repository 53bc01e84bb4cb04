//! The token of a guarded cache: a field that remembers for which value the cache was filled.

use super::again::field_of;
use super::caution::code_of;
use super::remove::{code_with, is_written_plainly};
use super::text::{indent_at, line_break, line_start};
use super::unseen::{is_named_elsewhere, is_named_in_tests};
use super::{Context, Within};
use crate::finding::Edit;
use crate::flow::StoreFact;
use crate::rust::Field;
use crate::source::Span;

/// The property that a cache is made of, and the field that remembers it.
pub(super) struct Token {
    /// The property, dotted.
    pub(super) property: String,
    /// `self.get_property(..)`, in the user's words.
    read: String,
    /// The field that the cache is in.
    cache: String,
    /// The new field.
    field: String,
}

impl Token {
    /// The token of a store that depends on one property, which its own type asks the host for.
    pub(super) fn of(cx: &Context<'_>, fact: &StoreFact) -> Option<Self> {
        let (first, rest) = fact.sources.split_first()?;
        let read = cx.text(first.span);
        let code = code_of(read);
        let literal = code.strip_prefix("self.get_property(vec![")?;
        let plain = literal.strip_suffix("])")?;
        if rest.iter().any(|s| s.property != first.property)
            || plain.contains(|c: char| c.is_alphanumeric() || c == '_')
        {
            return None;
        }
        let cache = field_of(&fact.subject);
        Some(Self {
            property: first.property.clone(),
            read: read.to_owned(),
            field: format!("{cache}_for"),
            cache,
        })
    }

    /// The lines that leave the cache alone while the property is what it was. That it was absent is
    /// something else than that nobody has asked yet.
    pub(super) fn check(&self) -> Vec<String> {
        let field = &self.field;
        vec![
            format!("let now = Some({});", self.read),
            format!("if self.{field} == now {{"),
            "    return;".to_owned(),
            "}".to_owned(),
            format!("self.{field} = now;"),
        ]
    }

    /// The new field beside that of the cache, in the type and in its literals.
    pub(super) fn declare(&self, cx: &Context<'_>, within: &Within) -> Option<Vec<Edit>> {
        let owner = within.function().owner.as_deref()?;
        let outline = &within.outline;
        let is_cache = |f: &&Field| f.owner == owner && f.name == self.cache;
        let declared = outline.fields.iter().find(is_cache)?;
        let known = |f: &Field| f.owner == owner && f.name == self.field;
        if outline.fields.iter().any(known) || outline.destructured.iter().any(|d| d == owner) {
            return None;
        }
        let unseen = is_named_elsewhere(cx, &self.cache) || is_named_in_tests(cx, &self.cache);
        if unseen || !is_written_plainly(cx, owner, &self.cache) {
            return None;
        }
        let mut edits = vec![self.beside(cx, declared, "Option<Option<Vec<u8>>>")];
        for file in code_with(cx, owner) {
            let outline = cx.outline(file)?;
            let values = outline.initialisers.iter().filter(is_cache);
            edits.extend(values.map(|f| self.beside(cx, f, "None")));
        }
        Some(edits)
    }

    fn beside(&self, cx: &Context<'_>, field: &Field, value: &str) -> Edit {
        let text = &cx.sources.file(field.span.file).text;
        let (lo, hi) = (field.span.lo as usize, field.span.hi as usize);
        let alone = text[line_start(text, lo)..lo].trim().is_empty();
        let gap = match alone {
            true => format!("{}{}", line_break(text), indent_at(text, lo)),
            false => " ".to_owned(),
        };
        Edit {
            span: Span::new(field.span.file, hi, hi),
            text: format!(",{gap}{}: {value}", self.field),
        }
    }
}
