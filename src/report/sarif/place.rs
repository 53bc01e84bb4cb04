//! Places in files, as SARIF writes them.

use std::path::Path;

use serde_json::{Value, json};

use super::super::uri::locate;
use super::plain;
use crate::source::{SourceFile, SourceMap, Span};

/// The name of the directory that relative URIs are relative to.
pub(super) const BASE: &str = "%SRCROOT%";

/// A byte order mark at the start of a file is no column.
const MARK: char = '\u{feff}';

/// Makes locations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    pub(super) sources: &'a SourceMap,
    pub(super) cwd: &'a Path,
    pub(super) root: &'a Path,
}

impl Places<'_> {
    /// A place in a loaded file, with what is there.
    pub(super) fn location(&self, span: Span, message: Option<&str>) -> Value {
        let file = self.sources.file(span.file);
        let mut location = self.file(&file.path);
        location["physicalLocation"]["region"] = region(file, span);
        if let Some(text) = message.filter(|text| !text.is_empty()) {
            location["message"] = json!({ "text": plain(text) });
        }
        location
    }

    /// A file as a whole.
    pub(super) fn file(&self, path: &Path) -> Value {
        json!({ "physicalLocation": { "artifactLocation": self.artifact(path) } })
    }

    /// The name of a file.
    pub(super) fn artifact(&self, path: &Path) -> Value {
        let found = locate(path, self.cwd, self.root);
        if found.relative {
            json!({ "uri": found.uri, "uriBaseId": BASE })
        } else {
            json!({ "uri": found.uri })
        }
    }

    /// The part of its file that a span covers, without the text.
    pub(super) fn region(&self, span: Span) -> Value {
        bare_region(self.sources.file(span.file), span)
    }
}

fn region(file: &SourceFile, span: Span) -> Value {
    let mut region = bare_region(file, span);
    let text = file.text.get(span.range()).unwrap_or_default();
    if !text.is_empty() {
        region["snippet"] = json!({ "text": text });
    }
    region
}

fn bare_region(file: &SourceFile, span: Span) -> Value {
    let (start_line, start_column) = position(file, span.lo as usize);
    let (end_line, end_column) = position(file, span.hi.max(span.lo) as usize);
    json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

/// 1-based line and 1-based column, counted in UTF-16 code units.
fn position(file: &SourceFile, offset: usize) -> (usize, usize) {
    let offset = offset.min(file.text.len());
    let line = file.line_index(offset);
    let start = file.line_range(line).map_or(0, |range| range.start);
    let before = file.text.get(start..offset).unwrap_or_default();
    let before = if start == 0 {
        before.trim_start_matches(MARK)
    } else {
        before
    };
    (line + 1, before.encode_utf16().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::position;
    use crate::source::SourceFile;

    #[test]
    fn columns_are_utf16_code_units() {
        let text = "\u{feff}a\r\n🦀ü x\n";
        let file = SourceFile::new("a.rs".into(), "a.rs".into(), text.into());
        let at = |needle| position(&file, text.find(needle).unwrap_or(0));
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("🦀"), (2, 1));
        assert_eq!(at("ü"), (2, 3));
        assert_eq!(at("x"), (2, 5));
        assert_eq!(position(&file, 999), (3, 1));
    }
}
