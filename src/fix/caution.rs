//! Reasons to leave code where it is: what it says besides reading the route.
//!
//! All of it goes by the user's text and by names, so it errs to the side of refusing.

use std::collections::BTreeSet;

use super::Context;
use super::slice::words_in;
use crate::source::{FileId, Span};

/// Words after which a second evaluation may give something else, or do something.
const RESTLESS: [&str; 26] = [
    "get_current_time",
    "SystemTime",
    "UNIX_EPOCH",
    "elapsed",
    "now",
    "Instant",
    "get_shared_data",
    "get_http_request_body",
    "get_http_response_body",
    "get_http_call_response_body",
    "get_http_call_response_headers",
    "get_buffer",
    "get_http_response_header",
    "get_http_response_headers",
    "fetch_add",
    "fetch_sub",
    "fetch_or",
    "fetch_and",
    "increment_metric",
    "record_metric",
    "define_metric",
    "thread_local",
    "generate_random",
    "random",
    "rand",
    "get_metric",
];

/// Methods that only look at what they are called on.
const LOOKING: [&str; 47] = [
    "as_deref",
    "as_ref",
    "as_str",
    "as_bytes",
    "as_slice",
    "as_deref_or",
    "borrow",
    "clone",
    "cloned",
    "copied",
    "contains",
    "contains_key",
    "ends_with",
    "eq",
    "eq_ignore_ascii_case",
    "find",
    "first",
    "get",
    "is_empty",
    "is_err",
    "is_none",
    "is_ok",
    "is_some",
    "is_some_and",
    "is_none_or",
    "iter",
    "last",
    "len",
    "map",
    "map_or",
    "ne",
    "parse",
    "split",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
    "to_lowercase",
    "to_owned",
    "to_string",
    "to_vec",
    "trim",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "is_some_or",
    "keys",
    "values",
];

/// Source text with what stands in literals and comments blanked out, so that words in it are code.
/// What opens and closes them stays.
pub(super) fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let (shown, end) = match c {
            '/' if rest.starts_with("//") => (2, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (2, comment_end(rest)),
            '"' => (1, string_end(rest)),
            'r' if !is_word(before) => raw_string(rest).unwrap_or((1, 1)),
            '\'' => (1, char_end(rest).unwrap_or(1)),
            c => (c.len_utf8(), c.len_utf8()),
        };
        out.push_str(&rest[..shown]);
        let closing = match c {
            '"' | '\'' | 'r' if end > shown && rest[..end].ends_with(['"', '\'']) => 1,
            '/' if end > 3 && rest[..end].ends_with("*/") => 2,
            _ => 0,
        };
        let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
        let hidden = &rest[shown..(end - closing).max(shown)];
        out.extend(hidden.chars().map(blank));
        out.push_str(&rest[(end - closing).max(shown)..end]);
        before = rest[..end].chars().next_back().unwrap_or(' ');
        rest = &rest[end..];
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a comment in `/* */` ends; they nest.
fn comment_end(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Where a string literal ends that starts with its quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// How much of `r"..."` or `r#"..."#` shows before what is in it, and where it ends.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let open = 1 + hashes;
    if !text[open..].starts_with('"') {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let end = text[open + 1..].find(&close);
    // The hashes at its end are left to be read as what they are.
    Some((open + 1, end.map_or(text.len(), |at| open + 1 + at + 1)))
}

/// Where a character literal ends that starts with its quote; `None` for a lifetime or a label.
fn char_end(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next()?;
        return text[3..].find('\'').map(|at| 3 + at + 1);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(at + 1)
}

/// Whether a string literal goes over several lines: changing its indentation would change it.
pub(super) fn has_long_string(text: &str) -> bool {
    let lines = text.split('\n');
    text.contains('\n') && lines.into_iter().any(|l| l.matches('"').count() % 2 == 1)
}

/// Every word of some code and of the functions that it may call.
pub(super) fn words_of(cx: &Context<'_>, slice: &[Span]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut todo: Vec<Span> = slice.to_vec();
    while let Some(span) = todo.pop() {
        let Some(outline) = cx.outline(span.file) else {
            continue;
        };
        let Some(function) = outline.innermost(span).map(|i| &outline.functions[i]) else {
            continue;
        };
        for (word, _) in words_in(function, span) {
            // Each body is read once, for the first time that its name is met.
            if !out.insert(word.clone()) {
                continue;
            }
            for &file in cx.declaring(word) {
                if let Some(outline) = cx.outline(file) {
                    todo.extend(outline.named(word).map(|f| f.body));
                }
            }
        }
    }
    out
}

/// The word after which the code may mean something else later, if there is one.
pub(super) fn restless(cx: &Context<'_>, words: &BTreeSet<String>) -> Option<String> {
    let named = RESTLESS.iter().find(|w| words.contains(**w));
    if let Some(word) = named {
        return Some((*word).to_owned());
    }
    // A static may hold something else by then; a constant does not.
    let is_static = |w: &&String| {
        w.len() > 1
            && w.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && !cx.files_with(&format!("static {w}")).is_empty()
    };
    words.iter().find(is_static).cloned()
}

/// Whether a use of a place (`self.field`, ending at byte `end`) may change it: anything but looking.
pub(super) fn may_change(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].trim_end();
    if before.ends_with("&mut") {
        return true;
    }
    let mut rest = text[end..].trim_start();
    // Parts of the place: `.0`, `.name`.
    while let Some(after) = rest.strip_prefix('.') {
        let after = after.trim_start();
        let word: String = after
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let behind = after[word.len()..].trim_start();
        if behind.starts_with('(') || behind.starts_with("::") {
            return !LOOKING.contains(&word.as_str());
        }
        if word.is_empty() {
            break;
        }
        rest = behind;
    }
    let assigned = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>");
    assigned
        || ["+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>="]
            .iter()
            .any(|op| rest.starts_with(op))
        || rest.starts_with('[')
}

/// Whether an expression is the same wherever it stands: it names no variable.
pub(super) fn is_constant(text: &str) -> bool {
    let known = [
        "new",
        "default",
        "from",
        "into",
        "to_string",
        "to_owned",
        "vec",
        "true",
        "false",
    ];
    let code = code_of(text);
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| w.starts_with(|c: char| c.is_lowercase() || c == '_'))
        .all(|w| known.contains(&w))
}

/// The word that a text starts with.
pub(super) fn word_at(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Where `self` starts before `.field`, else the field itself.
pub(super) fn receiver_start(text: &str, at: usize) -> usize {
    if text[..at].ends_with("self.") {
        at - "self.".len()
    } else {
        at
    }
}

/// Whether the file is pulled in by `include!`: its text belongs to somebody else.
pub(super) fn is_included(cx: &Context<'_>, file: FileId) -> bool {
    let path = &cx.sources.file(file).path;
    let Some(name) = path.file_name().map(|n| n.to_string_lossy().into_owned()) else {
        return false;
    };
    cx.files_with("include!").into_iter().any(|f| {
        let text = &cx.sources.file(f).text;
        text.split("include!")
            .skip(1)
            .any(|rest| rest.chars().take(200).collect::<String>().contains(&name))
    })
}

#[cfg(test)]
mod tests {
    use super::{code_of, has_long_string, may_change};

    #[test]
    fn literals_and_comments_are_no_code() {
        assert_eq!(code_of(r#"f("a?\"b", x?)"#), r#"f("     ", x?)"#);
        assert_eq!(
            code_of("g('\"', x?, '\\'', b'?')"),
            "g(' ', x?, '  ', b' ')"
        );
        assert_eq!(code_of("x // 6\" a?\ny?"), "x //      \ny?");
        assert_eq!(
            code_of("x /* a? /* b */ \" */ y?"),
            "x /*              */ y?"
        );
        assert_eq!(
            code_of("r#\"a\"?\"# + r\"?\" + for?"),
            "r#\"   \"# + r\" \" + for?"
        );
        assert_eq!(code_of("&'a T, 'l: loop {}"), "&'a T, 'l: loop {}");
        assert!(has_long_string("f(\"a\n b\")"));
        assert!(!has_long_string("f(\n \"a\",\n)"));
    }

    #[test]
    fn only_looking_is_harmless() {
        let changes = |text: &str| {
            let start = text.find("self.r").unwrap_or_default();
            may_change(text, start, start + "self.r".len())
        };
        for text in [
            "&self.r;",
            "self.r.clone()",
            "self.r == x",
            "self.r.1.len()",
            "if self.r {",
        ] {
            assert!(!changes(text), "{text}");
        }
        for text in [
            "&mut self.r",
            "self.r = 1",
            "self.r += 1",
            "self.r.1 = 2",
            "self.r.take()",
            "self.r.make_ascii_lowercase()",
        ] {
            assert!(changes(text), "{text}");
        }
    }
}
