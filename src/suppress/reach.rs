//! Which suppressions can concern a place, without asking each: a file may have as many of them as it
//! has lines.

use std::collections::HashMap;

use super::Suppression;
use super::comment::Scope;
use crate::source::{FileId, SourceMap, Span};

/// Suppressions, as indices, by what they speak of.
#[derive(Debug, Default)]
pub(super) struct Reach {
    files: HashMap<FileId, Vec<usize>>,
    lines: HashMap<(FileId, usize), Vec<usize>>,
    items: HashMap<FileId, Vec<ItemReach>>,
}

/// An item with a suppression. Items are nested or apart, never across each other.
#[derive(Debug)]
struct ItemReach {
    span: Span,
    is_type: bool,
    suppression: usize,
    /// The index of the next item before this one that is not within it and may be around it.
    outer: Option<usize>,
}

impl Reach {
    pub(super) fn of(suppressions: &[Suppression<'_>], sources: &SourceMap) -> Self {
        let mut this = Self::default();
        for (index, suppression) in suppressions.iter().enumerate() {
            let comment = suppression.comment;
            let file = comment.span.file;
            if suppression.scope == Scope::File {
                this.files.entry(file).or_default().push(index);
                continue;
            }
            let line = sources.file(file).line_index(comment.line_at as usize);
            this.lines.entry((file, line)).or_default().push(index);
            if let Some(item) = comment.item {
                this.items.entry(file).or_default().push(ItemReach {
                    span: item.span,
                    is_type: item.is_type,
                    suppression: index,
                    outer: None,
                });
            }
        }
        for items in this.items.values_mut() {
            items.sort_by_key(|item| (item.span.lo, std::cmp::Reverse(item.span.hi)));
            for n in 1..items.len() {
                let mut outer = Some(n - 1);
                while let Some(m) = outer.filter(|&m| items[m].span.hi <= items[n].span.lo) {
                    outer = items[m].outer;
                }
                items[n].outer = outer;
            }
        }
        this
    }

    /// Those that speak of a finding at `primary` about what is declared at `declared`, in order and
    /// each once.
    pub(super) fn concerned(
        &self,
        primary: Span,
        declared: &[Span],
        sources: &SourceMap,
    ) -> Vec<usize> {
        let mut found = self.files.get(&primary.file).cloned().unwrap_or_default();
        let mut on_line = |file: FileId, offset: u32| {
            let line = sources.file(file).line_index(offset as usize);
            found.extend(self.lines.get(&(file, line)).into_iter().flatten());
        };
        // A long statement has its comment above it, or behind its last line where formatters
        // put it.
        on_line(primary.file, primary.lo);
        on_line(primary.file, primary.hi.saturating_sub(1).max(primary.lo));
        for place in declared {
            on_line(place.file, place.lo);
        }
        found.extend(self.around(primary).map(|item| item.suppression));
        for &place in declared {
            let types = self.around(place).filter(|item| item.is_type);
            found.extend(types.map(|item| item.suppression));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The items around a place, from inside out.
    fn around(&self, place: Span) -> impl Iterator<Item = &ItemReach> {
        let items = self.items.get(&place.file).map_or(&[][..], Vec::as_slice);
        let after = items.partition_point(|item| item.span.lo <= place.lo);
        std::iter::successors(after.checked_sub(1), |&n| items[n].outer)
            .map(|n| &items[n])
            .filter(move |item| item.span.contains(place))
    }
}
