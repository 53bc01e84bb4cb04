//! Where new code goes: into bodies and beside impls, in the file's own layout.

use super::text::{indent_at, line_break};
use crate::finding::Edit;
use crate::rust::Function;
use crate::source::Span;

/// An edit that puts statements at the start of a function's body. `lines` have no indentation.
pub(super) fn at_start(text: &str, function: &Function, lines: &str) -> Edit {
    let nl = line_break(text);
    let open = function.body.lo as usize + 1;
    let body = &text[open..function.body.hi as usize - 1];
    let outer = indent_at(text, function.span.lo as usize);
    // A comment behind the brace stays there.
    let line = body.find('\n').unwrap_or(body.len());
    let open = match body[..line].trim_start().starts_with("//") {
        true => open + body[..line].trim_end().len(),
        false => open,
    };
    let body = &text[open..function.body.hi as usize - 1];
    let first = body.len() - body.trim_start().len();
    let on_own_line = body[..first].contains('\n');
    let at = Span::new(function.body.file, open, open);
    if body.trim().is_empty() || !on_own_line {
        // `fn f() { .. }` on one line stays on one line.
        let joined: Vec<&str> = lines.lines().map(str::trim).collect();
        return Edit {
            span: at,
            text: format!(" {}", joined.join(" ")),
        };
    }
    let indent = match indent_at(text, open + first) {
        "" => format!("{outer}    "),
        own => own.to_owned(),
    };
    let mut new = String::new();
    for line in lines.lines() {
        new.push_str(nl);
        if !line.is_empty() {
            new.push_str(&indent);
            new.push_str(line);
        }
    }
    Edit {
        span: at,
        text: new,
    }
}
