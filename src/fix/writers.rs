//! Who else writes what a fix stores or reads afresh: what other code means to put there must stay.

use std::collections::BTreeSet;

use super::caution::{may_change, receiver_start, word_at, words_of};
use super::{Context, Within};
use crate::flow::Deed;
use crate::source::Span;

/// The store that a fix is about, and the functions that it changes.
pub(super) struct Writers<'a> {
    /// The place.
    pub(super) subject: &'a str,
    /// The code that stores.
    pub(super) spans: &'a [Span],
    /// The function that holds it.
    pub(super) within: &'a Within,
    /// The functions that find it filled again.
    pub(super) entries: &'a [Within],
    /// A single one of them may use it up: nobody comes after.
    pub(super) may_use_up: bool,
}

impl Writers<'_> {
    /// Whether no other code writes the place, once streams run.
    pub(super) fn are_alone(&self, cx: &Context<'_>) -> Result<(), String> {
        let own = words_of(cx, self.spans);
        let used_up = match self.entries {
            [one] if self.may_use_up => words_of(cx, &[one.function().body]),
            _ => Default::default(),
        };
        let place = self.place(cx);
        let late = |d: &Deed| matches!(d, Deed::Write { early: false, .. });
        let mut others: Vec<Span> = cx
            .writes_touching(place)
            .filter(|(span, deed)| late(deed) && !self.holds(*span))
            .map(|(span, _)| span)
            .collect();
        others.sort();
        others.dedup();
        for span in others {
            let Some(holder) = cx.function_at(span) else {
                continue;
            };
            let name = &holder.function().name;
            // A call of a function that is judged itself.
            let calls = |w: &Within| {
                let called = format!("{}(", w.function().name);
                cx.text(span).contains(&called)
            };
            let used = self.may_use_up
                && self.entries.len() == 1
                && (holder.is(&self.entries[0]) || used_up.contains(name));
            let leads = calls(self.within) || self.entries.iter().any(calls);
            if own.contains(name) && !holder.is(self.within) || leads || used {
                continue;
            }
            return Err(format!("`{name}` stores something else there"));
        }
        match self.changes(cx, &own, &used_up) {
            Some(who) => Err(format!("{who} may change it")),
            None => Ok(()),
        }
    }

    /// A method of the type that does more than look at the field, by its text: what a function outside
    /// of the tree does to it is not known.
    fn changes(
        &self,
        cx: &Context<'_>,
        own: &BTreeSet<String>,
        used_up: &BTreeSet<String>,
    ) -> Option<String> {
        let plain = self.subject.split('[').next().unwrap_or_default();
        let field = plain.rsplit('.').next().unwrap_or_default();
        let owner = &self.within.function().owner;
        cx.files_with(&format!(".{field}"))
            .into_iter()
            .find_map(|file| {
                let outline = cx.outline(file)?;
                let text = &cx.sources.file(file).text;
                let mut apart = outline.destructured.iter();
                if apart.any(|name| Some(name) == owner.as_ref()) {
                    return Some("a pattern that takes the type apart".to_owned());
                }
                outline.members.iter().find_map(|(name, span)| {
                    let holder = outline.innermost(*span).map(|i| &outline.functions[i])?;
                    let is_entry = |e: &Within| e.file == file && e.function().span == holder.span;
                    let judged = self.holds(*span)
                        || own.contains(&holder.name)
                        || used_up.contains(&holder.name)
                        || self.may_use_up && self.entries.len() == 1 && is_entry(&self.entries[0]);
                    let start = receiver_start(text, span.lo as usize);
                    let known =
                        word_at(text[span.hi as usize..].trim_start_matches(['.', ' ', '\n']));
                    let changes = name == field
                        && !judged
                        && holder.has_self
                        && holder.owner == *owner
                        && cx.declaring(&known).is_empty()
                        && may_change(text, start, span.hi as usize);
                    changes.then(|| format!("`{}`", holder.name))
                })
            })
    }

    fn holds(&self, span: Span) -> bool {
        self.spans.iter().any(|s| s.contains(span))
    }

    /// What the code writes: it may be more than the finding is about, a whole struct.
    fn place<'c>(&'c self, cx: &'c Context<'_>) -> &'c str {
        let spans = self.spans.iter();
        spans
            .flat_map(|s| cx.flow.doing_in(*s))
            .flat_map(|(_, deeds)| deeds)
            .filter(|d| d.writes(self.subject))
            .filter_map(|d| match d {
                Deed::Write { subject, .. } => Some(subject.as_str()),
                _ => None,
            })
            .min_by_key(|subject| subject.len())
            .unwrap_or(self.subject)
    }
}
