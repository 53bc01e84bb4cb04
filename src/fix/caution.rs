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

/// Source text with what stands in string literals blanked out, so that words in it are code.
pub(super) fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    let mut escaped = false;
    for c in text.chars() {
        let shown = match (quoted, c) {
            (true, _) if escaped => {
                escaped = false;
                ' '
            }
            (true, '\\') => {
                escaped = true;
                ' '
            }
            (_, '"') => {
                quoted = !quoted;
                '"'
            }
            (true, _) => ' ',
            (false, c) => c,
        };
        out.push(shown);
    }
    out
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
    fn strings_are_no_code() {
        assert_eq!(code_of(r#"f("a?\"b", x?)"#), r#"f("     ", x?)"#);
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
