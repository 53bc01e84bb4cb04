//! Where new code goes: into bodies and beside impls, in the file's own layout.

use std::sync::Arc;

use super::Context;
use super::text::{comment_behind, indent_at, line_break, line_start};
use crate::finding::Edit;
use crate::rust::{Function, Statement, StatementKind};
use crate::source::Span;

/// Whether the body of a function stands on one line.
pub(super) fn is_on_one_line(text: &str, function: &Function) -> bool {
    let body = &text[function.body.lo as usize + 1..function.body.hi as usize - 1];
    let first = body.len() - body.trim_start().len();
    body.trim().is_empty() || !body[..first].contains('\n')
}

/// Takes along blank lines that would be left at the start or the end of a block, or side by side, where
/// whole lines go. Edits are sorted.
pub(super) fn tidy(cx: &Context<'_>, edits: &mut Vec<Edit>) {
    let text_of = |e: &Edit| Arc::clone(&cx.sources.file(e.span.file).text);
    let is_whole = |e: &Edit, text: &str| {
        let starts = |at: usize| at == line_start(text, at);
        e.text.is_empty() && starts(e.span.lo as usize) && starts(e.span.hi as usize)
    };
    let mut out: Vec<Edit> = Vec::new();
    for edit in edits.drain(..) {
        let text = text_of(&edit);
        let last = out.last_mut().filter(|last| {
            let between = || &text[last.span.hi as usize..edit.span.lo as usize];
            last.span.file == edit.span.file
                && last.span.hi <= edit.span.lo
                && is_whole(last, &text)
                && is_whole(&edit, &text)
                && between().trim().is_empty()
        });
        match last {
            Some(last) => last.span.hi = edit.span.hi,
            None => out.push(edit),
        }
    }
    let others: Vec<Span> = out.iter().map(|e| e.span).collect();
    for edit in &mut out {
        let text = text_of(edit);
        if edit.span.lo == edit.span.hi || !edit.text.is_empty() {
            continue;
        }
        let (mut lo, mut hi) = (edit.span.lo as usize, edit.span.hi as usize);
        let before = text[..lo].trim_end_matches([' ', '\t', '\r', '\n']);
        let emptied = before.ends_with('{') && text[hi..].trim_start().starts_with('}');
        if !emptied && !is_whole(edit, &text) {
            continue;
        }
        let blank_above = text[before.len()..lo].matches('\n').count() > 1;
        let blanks = text[hi..].len() - text[hi..].trim_start().len();
        let below = hi + text[hi..hi + blanks].rfind('\n').map_or(0, |n| n + 1);
        if below > hi && (blank_above || before.ends_with('{')) {
            hi = below;
        }
        if blank_above && text[hi..].trim_start().starts_with('}') {
            lo = before.len() + text[before.len()..].find('\n').map_or(0, |n| n + 1);
        }
        if emptied {
            // What is empty is `{}`.
            (lo, hi) = (before.len(), text.len() - text[hi..].trim_start().len());
        }
        let wider = Span::new(edit.span.file, lo, hi);
        let meets = |s: &Span| {
            *s != edit.span && s.file == wider.file && s.lo < wider.hi && wider.lo < s.hi
        };
        if !others.iter().any(meets) {
            edit.span = wider;
        }
    }
    *edits = out;
}

/// An edit that puts statements at the start of a function's body, behind others there that ask the host
/// too, so that they keep the order in which they were written. `uses` are replaced by what they make.
pub(super) fn after_asking(text: &str, function: &Function, lines: &str, uses: &[Span]) -> Edit {
    let asks = |s: &&Statement| {
        let StatementKind::Let { value, .. } = s.kind else {
            return false;
        };
        let value = &text[value.range()];
        let word = value.strip_prefix("self.").unwrap_or_default();
        let end = word.find(|c: char| !c.is_alphanumeric() && c != '_');
        let plain = end.is_some_and(|e| word[e..].starts_with('(') && word.ends_with(')'));
        let name = &word[..end.unwrap_or(0)];
        let alike = name == "get_property" || lines.contains(&format!("self.{name}("));
        let alike = alike || name.starts_with("current_");
        plain
            && alike
            && value.matches('(').count() == 1
            && !uses.iter().any(|u| s.span.contains(*u))
    };
    let last = function.top().take_while(asks).last();
    match last.filter(|_| !is_on_one_line(text, function)) {
        Some(last) => {
            let end = comment_behind(text, last.span.hi as usize);
            let indent = indent_at(text, last.span.lo as usize);
            let nl = line_break(text);
            let lines = lines.lines().map(|l| format!("{nl}{indent}{l}"));
            Edit {
                span: Span::new(function.body.file, end, end),
                text: lines.collect(),
            }
        }
        None => at_start(text, function, lines),
    }
}

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
