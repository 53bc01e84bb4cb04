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

/// Where the comments start that stand on lines of their own directly above the line of byte `at`; the
/// start of that line when there are none, or when other code stands before `at`.
pub(super) fn comments_above(text: &str, at: usize) -> usize {
    let mut start = line_start(text, at);
    if !text[start..at].trim().is_empty() {
        return start;
    }
    while let Some(end) = start.checked_sub(1) {
        let above = line_start(text, end);
        let line = text[above..end].trim();
        let plain = line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!");
        if !plain {
            break;
        }
        start = above;
    }
    start
}

/// Where the comment ends that stands behind byte `at` on its line; `at` when there is none.
pub(super) fn comment_behind(text: &str, at: usize) -> usize {
    let line = text[at..].lines().next().unwrap_or_default();
    match line.trim_start().starts_with("//") {
        true => at + line.trim_end().len(),
        false => at,
    }
}

/// Where the comments start that belong to the lines `lo..hi` alone: nothing else that they may be about
/// follows, or they mention a part of one of the names. The start of the line when they do not.
pub(super) fn own_comments(text: &str, lo: usize, hi: usize, names: &[&str]) -> usize {
    let start = line_start(text, lo);
    let above = comments_above(text, lo);
    let mut behind = text[hi..].splitn(3, '\n');
    let rest = behind.next().unwrap_or_default();
    let next = behind.next().unwrap_or_default().trim();
    let alone = next.is_empty() || next.starts_with(['}', ')', '/', '#']);
    let words = text[above..start].to_lowercase();
    let mut parts = names
        .iter()
        .flat_map(|n| n.split('_'))
        .filter(|p| p.len() > 2);
    let mentions = parts.any(|p| words.contains(&p.to_lowercase()));
    let whole =
        rest.trim_start_matches([',', ';']).trim().is_empty() || comment_behind(text, hi) > hi;
    match whole && (alone || mentions) {
        true => above,
        false => start,
    }
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
