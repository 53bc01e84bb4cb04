//! Small questions about source text.

/// The longest line that rustfmt writes.
pub(super) const LINE: usize = 100;

/// The longest chain of calls that rustfmt leaves on one line.
pub(super) const CHAIN: usize = 60;

/// The line break that a text uses.
pub(super) fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The white space at the start of the line that byte `at` stands in.
pub(super) fn indent_at(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let rest = &text[start..];
    let end = rest
        .find(|c: char| c != ' ' && c != '\t')
        .unwrap_or(rest.len());
    &rest[..end]
}

/// The byte where the line of byte `at` starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |n| n + 1)
}

/// The range of whole lines around `lo..hi` when nothing else stands on them, else `lo..hi` with the
/// blanks behind it, or before it at the end of a line.
pub(super) fn whole_lines(text: &str, lo: usize, hi: usize) -> (usize, usize) {
    let start = line_start(text, lo);
    let alone_before = text[start..lo].trim().is_empty();
    let rest = &text[hi..];
    let line = rest.find('\n').map_or(rest.len(), |n| n + 1);
    let alone_behind = rest[..line].trim().is_empty();
    if alone_before && alone_behind {
        return (start, hi + line);
    }
    if alone_behind {
        // The last one on its line takes the blanks before it along.
        return (text[..lo].trim_end_matches([' ', '\t']).len(), hi);
    }
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    (lo, hi + blanks)
}

/// `text` with the indentation of its lines, the first left out, changed from `old` to `new`.
pub(super) fn reindent(text: &str, old: &str, new: &str) -> String {
    if old == new {
        return text.to_owned();
    }
    let mut lines = text.split('\n');
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        match line.strip_prefix(old) {
            Some(rest) => {
                out.push_str(new);
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Whether a word stands in a text.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::{indent_at, reindent, whole_lines};

    #[test]
    fn lines_go_whole_only_when_nothing_else_is_on_them() {
        let text = "a;\n    b;\n    c; d;\n";
        assert_eq!(whole_lines(text, 7, 9), (3, 10));
        let at = text.find("c;").unwrap_or_default();
        assert_eq!(whole_lines(text, at, at + 2), (at, at + 3));
        let at = text.find("d;").unwrap_or_default();
        assert_eq!(whole_lines(text, at, at + 2), (at - 1, at + 2));
        assert_eq!(indent_at(text, 7), "    ");
    }

    #[test]
    fn later_lines_follow_the_first() {
        assert_eq!(
            reindent("a(\n        b,\n    )", "    ", "\t"),
            "a(\n\t    b,\n\t)"
        );
    }
}
