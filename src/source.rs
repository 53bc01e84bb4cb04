//! Source files, byte spans and line numbers: the one place where offsets become positions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts that stand for files on the disk, by path.
pub type Overlay = std::collections::BTreeMap<PathBuf, Arc<str>>;

/// A loaded file, an index into [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in a file, `lo..hi`, 0-based, counted in the file as it is on disk (a byte
/// order mark and a `#!` line included).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl Span {
    /// From byte `lo` up to but not including `hi`.
    pub fn new(file: FileId, lo: usize, hi: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            file,
            lo: clamp(lo),
            hi: clamp(hi),
        }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.lo <= other.lo && other.hi <= self.hi
    }

    /// As a range of `usize`.
    pub fn range(self) -> std::ops::Range<usize> {
        self.lo as usize..self.hi as usize
    }
}

/// One file: its path, its text and where its lines start.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as it was found (absolute, or relative to the working directory).
    pub path: PathBuf,
    /// The path as shown: relative to the working directory when it lies below, with `/`.
    pub name: String,
    /// The text as on disk.
    pub text: Arc<str>,
    /// Byte offset of the start of each line.
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// A file with its line index.
    pub fn new(path: PathBuf, name: String, text: Arc<str>) -> Self {
        let line_starts = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|&(_, b)| b == b'\n')
                    .map(|(i, _)| u32::try_from(i + 1).unwrap_or(u32::MAX)),
            )
            .collect();
        Self {
            path,
            name,
            text,
            line_starts,
        }
    }

    /// The 0-based line that holds byte `offset`.
    pub fn line_index(&self, offset: usize) -> usize {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.line_starts
            .partition_point(|&start| start <= offset)
            .saturating_sub(1)
    }

    /// 1-based line and 1-based column (in Unicode scalar values) of byte `offset`.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_index(offset);
        let start = self.line_starts[line] as usize;
        let column = self
            .text
            .get(start..offset)
            .map_or(offset - start, |s| s.chars().count());
        (line + 1, column + 1)
    }

    /// The byte range of 0-based line `index`, its line ending included; `None` past the end.
    pub fn line_range(&self, index: usize) -> Option<std::ops::Range<usize>> {
        let start = *self.line_starts.get(index)? as usize;
        let end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |&e| e as usize);
        Some(start..end)
    }

    /// How many lines there are.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

/// All loaded files.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(file);
        id
    }

    /// The file with this id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(i, f)| (FileId(u32::try_from(i).unwrap_or(u32::MAX)), f))
    }

    /// How many of the files are Rust source.
    pub fn rust_files(&self) -> usize {
        self.files
            .iter()
            .filter(|f| f.path.extension().is_some_and(|e| e == "rs"))
            .count()
    }

    /// The text of a span; empty if it does not lie on character boundaries.
    pub fn snippet(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or("")
    }

    /// `path:line:column`, 1-based.
    pub fn place(&self, span: Span) -> String {
        let file = self.file(span.file);
        let (line, column) = file.line_column(span.lo as usize);
        format!("{}:{line}:{column}", file.name)
    }

    /// The name under which a path is shown: relative to `cwd` when it lies below, with `/`.
    pub fn display_name(path: &Path, cwd: &Path) -> String {
        let shown = path.strip_prefix(cwd).unwrap_or(path);
        shown.to_string_lossy().replace('\\', "/")
    }
}
