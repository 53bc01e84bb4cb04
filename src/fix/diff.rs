//! Edits as text: applied, and shown as a difference.

use ::similar::TextDiff;

use crate::finding::Edit;

/// A text with edits worked in. They are of this text, sorted, and do not overlap.
pub fn edited(text: &str, edits: &[&Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for e in edits {
        let (lo, hi) = (e.span.lo as usize, e.span.hi as usize);
        out.push_str(&text[at..lo]);
        out.push_str(&e.text);
        at = hi;
    }
    out.push_str(&text[at..]);
    out
}

/// A unified difference between two texts of one file, in the form that `patch -p1` and `git apply`
/// take. `name` is the path below the folder in which that is run, with forward slashes.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    // A tab ends a name that has blanks in it.
    let end = if name.contains(' ') { "\t" } else { "" };
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}{end}"), &format!("b/{name}{end}"))
        .to_string()
}

/// The changed lines alone with one line of context, for a report.
pub fn small(old: &str, new: &str) -> String {
    let text = TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(1)
        .to_string();
    text.lines()
        .filter(|l| !l.starts_with("---") && !l.starts_with("+++"))
        .map(|l| l.trim_end())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::{edited, unified};
    use crate::finding::Edit;
    use crate::source::{FileId, Span};

    #[test]
    fn every_byte_outside_of_the_edits_stays() {
        let text = "a\r\nb\tc\r\n";
        let edit = Edit {
            span: Span::new(FileId(0), 3, 4),
            text: "B".to_owned(),
        };
        let new = edited(text, &[&edit]);
        assert_eq!(new, "a\r\nB\tc\r\n");
        assert!(unified("src/lib.rs", text, &new).contains("-b\tc\r\n+B\tc\r\n"));
    }
}
