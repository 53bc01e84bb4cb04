//! An estimate of how deeply a source text nests, made before the recursive parser sees it.

use std::ops::Range;

/// The deepest nesting that is parsed, in levels of delimiters and operators.
pub const MAX_DEPTH: usize = 20_000;

/// Words that nest the expression after them.
const NESTING: &[&str] = &[
    "as", "return", "break", "yield", "if", "match", "while", "dyn", "impl", "ref", "unsafe",
    "async", "move", "box", "mut", "in", "fn", "for",
];

/// Where the text becomes deeper than [`MAX_DEPTH`], if it does. The depth is the number of open
/// delimiters and, in each of them, of operators since the last separator: a chain `a + b + c` is
/// as deep a tree as it is long.
pub(super) fn too_deep(text: &str) -> Option<Range<usize>> {
    deeper_than(text, MAX_DEPTH)
}

/// Where code is nested more deeply than `limit`.
pub(super) fn deeper_than(text: &str, limit: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut frames = vec![0_usize];
    let mut depth = 0_usize;
    let mut after_block = false;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at = skip_token(text, at);
        let token = &text[start..at];
        let first = bytes[start];
        if first.is_ascii_whitespace() || token.starts_with("//") || token.starts_with("/*") {
            continue;
        }
        // After `}` a word begins a new statement, unless it goes on with the old one.
        let word = first.is_ascii_alphanumeric() || matches!(first, b'_' | b'#' | b'}');
        if after_block && word && !matches!(token, "else" | "as") {
            depth -= reset(&mut frames);
        }
        after_block = false;
        match first {
            b'(' | b'[' | b'{' => {
                frames.push(0);
                depth += 1;
            }
            b')' | b']' | b'}' => {
                if frames.len() > 1 {
                    depth -= reset(&mut frames) + 1;
                    frames.pop();
                }
                after_block = first == b'}';
            }
            b';' | b',' => depth -= reset(&mut frames),
            // The second half of `==`, `->`, `..`.
            b'=' | b'>' | b'.' if joined(bytes, start) => {}
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'&' | b'|' | b'!' | b'=' | b'<' | b'>'
            | b'.' | b'?' | b'@' => depth += add(&mut frames),
            _ if NESTING.contains(&token) => depth += add(&mut frames),
            _ => {}
        }
        if depth > limit {
            return Some(start..at);
        }
    }
    None
}

/// Whether the byte belongs to the operator before it.
fn joined(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(0, |n| bytes[n]);
    match bytes[at] {
        b'.' => before == b'.',
        b'=' => b"=!<>+-*/%^&|".contains(&before),
        _ => b"=-".contains(&before),
    }
}

fn add(frames: &mut [usize]) -> usize {
    match frames.last_mut() {
        Some(count) => {
            *count += 1;
            1
        }
        None => 0,
    }
}

fn reset(frames: &mut [usize]) -> usize {
    frames.last_mut().map_or(0, std::mem::take)
}

/// The end of the token, comment or run of blanks that begins at `at`.
pub(super) fn skip_token(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    let next = |n: usize| rest.get(n).copied().unwrap_or(0);
    match rest[0] {
        b'/' if next(1) == b'/' => rest
            .iter()
            .position(|&b| b == b'\n')
            .map_or(bytes.len(), |n| at + n),
        b'/' if next(1) == b'*' => skip_comment(bytes, at),
        b'"' => skip_string(bytes, at + 1),
        b'\'' => skip_quote(text, at),
        b if b == b'_' || b.is_ascii_alphanumeric() || b >= 0x80 => {
            let end = at
                + rest
                    .iter()
                    .position(|&b| !(b == b'_' || b.is_ascii_alphanumeric() || b >= 0x80))
                    .unwrap_or(rest.len());
            skip_prefixed(text, at, end)
        }
        _ => at + 1,
    }
}

/// A literal whose prefix (`r`, `b`, `br`, `c`, `cr`) is `at..end`, or just the word.
fn skip_prefixed(text: &str, at: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let prefix = &text[at..end];
    match bytes.get(end) {
        Some(b'"') if matches!(prefix, "b" | "c") => skip_string(bytes, end + 1),
        Some(b'\'') if prefix == "b" => skip_quote(text, end),
        Some(b'"' | b'#') if matches!(prefix, "r" | "br" | "cr") => {
            let hashes = bytes[end..].iter().take_while(|&&b| b == b'#').count();
            if bytes.get(end + hashes) != Some(&b'"') {
                return end;
            }
            let close = format!("\"{}", "#".repeat(hashes));
            let from = end + hashes + 1;
            text[from..]
                .find(&close)
                .map_or(text.len(), |n| from + n + close.len())
        }
        _ => end,
    }
}

fn skip_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&b) = bytes.get(at) {
        match b {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A character literal, or the quote of a lifetime.
fn skip_quote(text: &str, at: usize) -> usize {
    let mut chars = text[at + 1..].char_indices();
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            chars
                .find(|&(_, c)| c == '\'' || c == '\n')
                .map_or(text.len(), |(n, _)| at + 1 + n + 1)
        }
        Some(_) => match chars.next() {
            Some((n, '\'')) => at + 1 + n + 1,
            _ => at + 1,
        },
        None => at + 1,
    }
}

fn skip_comment(bytes: &[u8], mut at: usize) -> usize {
    let mut open = 0_usize;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => {
                open += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                open -= 1;
                at += 2;
                if open == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}
