//! The lines of source that a snippet shows, in the form the snippet renderer reads.
//!
//! The renderer prints lines as they are. A view holds copies of the few lines around the labels
//! of one diagnostic, with long ones cut and control characters made visible, and translates
//! between its own offsets and those of the files.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files, Location};

use super::text::{printable, substitute};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// How many characters of a line are shown.
const WIDTH: usize = 140;
/// What stands for the rest.
const CUT: &str = "...";
/// How much is shown before a label that is itself too long.
const LEAD: usize = 20;

/// A byte order mark at the start of a file is no part of its text.
const MARK: char = '\u{feff}';

/// The lines that one diagnostic shows.
#[derive(Debug)]
pub(super) struct View<'a> {
    sources: &'a SourceMap,
    files: BTreeMap<FileId, ViewFile>,
}

#[derive(Debug, Default)]
struct ViewFile {
    text: String,
    /// By index in the source file.
    lines: BTreeMap<usize, ViewLine>,
}

#[derive(Debug)]
struct ViewLine {
    /// Where the line is in the view's text, its line ending included.
    range: Range<usize>,
    /// Where it starts in the source file.
    source_start: usize,
    /// The offset in the view's line of each byte of the source line, and of its end.
    map: Vec<usize>,
}

impl<'a> View<'a> {
    /// The lines around `spans`. A line that has to be cut is cut around the first of its spans.
    pub(super) fn new(sources: &'a SourceMap, spans: &[Span]) -> Self {
        let mut wanted: BTreeMap<FileId, BTreeMap<usize, Option<Range<usize>>>> = BTreeMap::new();
        for &span in spans {
            let file = sources.file(span.file);
            let range = within(file, span);
            let (first, last) = (file.line_index(range.start), file.line_index(range.end));
            let lines = wanted.entry(span.file).or_default();
            for line in first.saturating_sub(1)..=(last + 1).min(file.line_count() - 1) {
                let focus = lines.entry(line).or_default();
                let touched = (first..=last).contains(&line);
                if touched && focus.is_none() {
                    *focus = Some(range.clone());
                }
            }
        }
        let files = wanted
            .into_iter()
            .map(|(id, lines)| (id, ViewFile::new(sources.file(id), lines)))
            .collect();
        Self { sources, files }
    }

    /// Where `span`, one of those the view was made for, is in the view.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let file = self.sources.file(span.file);
        let range = within(file, span);
        let translate = |offset: usize| {
            let line = self
                .files
                .get(&span.file)?
                .lines
                .get(&file.line_index(offset))?;
            let column = (offset - line.source_start).min(line.map.len() - 1);
            Some(line.range.start + line.map[column])
        };
        let start = translate(range.start).unwrap_or(0);
        start..translate(range.end).unwrap_or(start).max(start)
    }

    fn get(&self, id: FileId) -> Result<&ViewFile, Error> {
        self.files.get(&id).ok_or(Error::FileMissing)
    }
}

impl ViewFile {
    fn new(file: &SourceFile, wanted: BTreeMap<usize, Option<Range<usize>>>) -> Self {
        let mut result = Self::default();
        for (index, focus) in wanted {
            let Some(range) = file.line_range(index) else {
                continue;
            };
            let source = file.text[range.clone()].trim_end_matches(['\n', '\r']);
            let local = |offset: usize| offset.saturating_sub(range.start).min(source.len());
            let focus = focus.map_or(0..0, |focus| local(focus.start)..local(focus.end));
            let start = result.text.len();
            let map = copy_line(source, focus, &mut result.text);
            result.text.push('\n');
            let line = ViewLine {
                range: start..result.text.len(),
                source_start: range.start,
                map,
            };
            result.lines.insert(index, line);
        }
        result
    }

    /// The line that holds an offset of the view's text, with its index in the source file.
    fn line_at(&self, offset: usize) -> Option<(usize, &ViewLine)> {
        let mut lines = self.lines.iter();
        lines
            .find(|(_, line)| offset < line.range.end)
            .or_else(|| self.lines.last_key_value())
            .map(|(&index, line)| (index, line))
    }
}

/// Appends what is shown of a line and gives the map of its offsets.
fn copy_line(source: &str, focus: Range<usize>, out: &mut String) -> Vec<usize> {
    let start = out.len();
    let keep = kept(source, focus);
    let mut map = Vec::with_capacity(source.len() + 1);
    if keep.start > 0 {
        out.push_str(CUT);
    }
    for (at, c) in source.char_indices() {
        let column = if at < keep.start {
            0
        } else {
            out.len() - start
        };
        map.extend(std::iter::repeat_n(column, c.len_utf8()));
        match c {
            _ if !keep.contains(&at) => {}
            MARK if at == 0 => {}
            '\t' => out.push('\t'),
            c => out.push(substitute(c).unwrap_or(c)),
        }
    }
    map.push(out.len() - start);
    if keep.end < source.len() {
        out.push_str(CUT);
    }
    map
}

/// The bytes of a line that are shown: all, or [`WIDTH`] characters with `focus` in the middle.
fn kept(source: &str, focus: Range<usize>) -> Range<usize> {
    let length = source.chars().count();
    if length <= WIDTH {
        return 0..source.len();
    }
    let column = |offset: usize| source[..offset].chars().count();
    let (from, to) = (column(focus.start), column(focus.end));
    let lead = WIDTH.saturating_sub(to - from) / 2;
    let first = from.saturating_sub(lead.max(LEAD)).min(length - WIDTH);
    let offset = |column: usize| {
        let mut indices = source.char_indices().map(|(at, _)| at);
        indices.nth(column).unwrap_or(source.len())
    };
    offset(first)..offset(first + WIDTH)
}

/// The bytes of a span, with ends that lie in the file, on characters, and not on the line after
/// the last one it covers.
fn within(file: &SourceFile, span: Span) -> Range<usize> {
    let text = &file.text;
    let floor = |offset: usize| {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let lo = floor(span.lo as usize);
    let hi = floor(span.hi as usize).max(lo);
    let trimmed = text[lo..hi].trim_end_matches(['\n', '\r']).len();
    lo..lo + trimmed
}

impl<'v> Files<'v> for View<'_> {
    type FileId = FileId;
    type Name = String;
    type Source = &'v str;

    fn name(&'v self, id: FileId) -> Result<String, Error> {
        Ok(printable(&self.sources.file(id).name).into_owned())
    }

    fn source(&'v self, id: FileId) -> Result<&'v str, Error> {
        Ok(&self.get(id)?.text)
    }

    fn line_index(&'v self, id: FileId, offset: usize) -> Result<usize, Error> {
        let line = self.get(id)?.line_at(offset);
        line.map(|(index, _)| index).ok_or(Error::FileMissing)
    }

    fn location(&'v self, id: FileId, offset: usize) -> Result<Location, Error> {
        let (_, line) = self.get(id)?.line_at(offset).ok_or(Error::FileMissing)?;
        let shown = offset.saturating_sub(line.range.start);
        let column = line.map.partition_point(|&at| at < shown);
        let (line_number, column_number) = self
            .sources
            .file(id)
            .line_column(line.source_start + column);
        Ok(Location {
            line_number,
            column_number,
        })
    }

    fn line_range(&'v self, id: FileId, index: usize) -> Result<Range<usize>, Error> {
        let line = self.get(id)?.lines.get(&index);
        line.map(|line| line.range.clone())
            .ok_or(Error::LineTooLarge {
                given: index,
                max: self.sources.file(id).line_count(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, kept};

    #[test]
    fn long_lines_are_cut_around_the_focus() {
        let line = "ü".repeat(1000);
        assert_eq!(kept(&line, 0..2), 0..2 * WIDTH);
        assert_eq!(kept(&line, 1998..2000), 2000 - 2 * WIDTH..2000);
        assert_eq!(kept(&line, 1000..1002).len(), 2 * WIDTH);
        assert!(kept(&line, 1000..1002).contains(&1000));
        assert!(kept(&line, 1000..1900).contains(&1000));
        assert_eq!(kept("short", 1..2), 0..5);
    }
}
