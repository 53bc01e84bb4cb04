//! `unchecked-route-property`: the absent value is handled.

use super::caution::{code_of, has_long_string};
use super::logged::log_lines;
use super::text::{CHAIN, LINE, indent_at, line_break};
use super::{Context, Outcome};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::rust::{Function, StatementKind, Unwrap};
use crate::source::Span;

/// `let x = read.unwrap();` becomes `let Some(x) = read else { .. };` in the function's own result
/// type.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let span = finding.primary.span;
    let Some(outline) = cx.outline(span.file) else {
        return Err("the file could not be read again".to_owned());
    };
    let unwrap = outline
        .unwraps
        .iter()
        .filter(|u| u.span.contains(span) || span.contains(u.span))
        .min_by_key(|u| u.span.hi - u.span.lo)
        .ok_or("the `unwrap` is made by a macro")?;
    let function = outline
        .innermost(unwrap.span)
        .map(|i| &outline.functions[i])
        .ok_or("it stands outside of a function")?;
    let statement = function.statements.iter().find_map(|s| match &s.kind {
        StatementKind::Let { name, value } if *value == unwrap.span => Some((s, name)),
        _ => None,
    });
    let Some((statement, name)) = statement else {
        return Err("the unwrapped value is used in the middle of an expression".to_owned());
    };
    if statement.block != function.body.lo as usize {
        return Err("it stands in a branch, a loop or a closure".to_owned());
    }
    if !is_option(cx, unwrap) {
        return Err("what is unwrapped may be a `Result`".to_owned());
    }
    if function.output.is_some() && !cx.files_with("enum Action").is_empty() {
        return Err("what `Action` means is yours to say".to_owned());
    }
    let leave = leave(function)?;
    let text = &cx.sources.file(span.file).text;
    let nl = line_break(text);
    let indent = indent_at(text, statement.span.lo as usize);
    let message = format!("no value for `{}`", finding.subject);
    let log: String = log_lines(cx, text, "warn", &message, "")
        .iter()
        .map(|line| format!("{indent}    {line}{nl}"))
        .collect();
    // `let name: T = read.unwrap();` keeps what stands before the name and behind the receiver.
    let head = cx.text(Span::new(
        span.file,
        statement.span.lo as usize,
        unwrap.span.lo as usize,
    ));
    let tail = cx.text(Span::new(
        span.file,
        unwrap.receiver.hi as usize,
        statement.span.hi as usize,
    ));
    let commented = [head, tail].iter().any(|t| {
        let code = code_of(t);
        code.contains("//") || code.contains("/*")
    });
    if head.contains(':') || !head.starts_with("let ") || commented {
        return Err("the variable has a declared type, an attribute or a comment".to_owned());
    }
    let new_head = format!("let Some({name}) = ");
    let together = joined(cx, &new_head, indent, unwrap.receiver);
    let behind = match together {
        Some(_) => " ".to_owned(),
        None => format!("{nl}{indent}"),
    };
    let mut edits = vec![
        Edit {
            span: Span::new(
                span.file,
                statement.span.lo as usize,
                unwrap.span.lo as usize,
            ),
            text: new_head,
        },
        Edit {
            span: Span::new(
                span.file,
                unwrap.receiver.hi as usize,
                statement.span.hi as usize,
            ),
            text: format!("{behind}else {{{nl}{log}{indent}    {leave}{nl}{indent}}};"),
        },
    ];
    edits.extend(together.into_iter().flatten());
    edits.sort();
    Ok(Fix {
        title: format!("let a request without `{}` go on", finding.subject),
        safety: Safety::Unsafe,
        reason: Some(
            "a request that had a 503 now goes on without what the plugin does".to_owned(),
        ),
        edits,
    })
}

/// Whether what is unwrapped is surely an `Option`: a read by the context, or a function of the tree
/// that gives one, and what keeps it one.
fn is_option(cx: &Context<'_>, unwrap: &Unwrap) -> bool {
    let keeps = [
        "and_then", "map", "filter", "or", "or_else", "cloned", "as_deref", "as_ref",
    ];
    let mut calls = unwrap.calls.iter().peekable();
    while calls.next_if(|c| keeps.contains(&c.as_str())).is_some() {}
    let Some(name) = calls.next() else {
        return false;
    };
    let gives_option = || {
        let mut files = cx.declaring(name).iter().peekable();
        files.peek().is_some()
            && files.all(|&file| {
                cx.outline(file).is_some_and(|o| {
                    o.named(name).all(|f| {
                        f.output
                            .as_deref()
                            .is_some_and(|o| o.starts_with("Option<"))
                    })
                })
            })
    };
    let is_read = name == "get_property" && calls.peek().is_none() && unwrap.of_self;
    is_read || gives_option()
}

/// A chain that rustfmt broke for the call that goes: the breaks before its dots, where it fits on the
/// line without them.
fn joined(cx: &Context<'_>, head: &str, indent: &str, receiver: Span) -> Option<Vec<Edit>> {
    let text = cx.text(receiver);
    if !text.contains('\n') {
        return Some(Vec::new());
    }
    if has_long_string(text) || code_of(text).contains("//") {
        return None;
    }
    let mut gaps = Vec::new();
    for (at, _) in text.match_indices('\n') {
        let lo = text[..at].trim_end().len();
        let hi = text.len() - text[at..].trim_start().len();
        if !text[hi..].starts_with('.') {
            return None;
        }
        gaps.push((lo, hi));
    }
    let gone: usize = gaps.iter().map(|(lo, hi)| hi - lo).sum();
    let width = text.chars().count() - gone;
    let line = indent.chars().count() + head.len() + width + " else {".len();
    (width <= CHAIN && line <= LINE).then(|| {
        let at = receiver.lo as usize;
        let edit = |(lo, hi)| Edit {
            span: Span::new(receiver.file, at + lo, at + hi),
            text: String::new(),
        };
        gaps.into_iter().map(edit).collect()
    })
}

/// The statement that leaves a function as if there were nothing to do.
fn leave(function: &Function) -> Result<String, String> {
    let Some(output) = function.output.as_deref() else {
        return Ok("return;".to_owned());
    };
    let statuses = [
        "Action",
        "FilterHeadersStatus",
        "FilterDataStatus",
        "FilterTrailersStatus",
    ];
    if statuses.contains(&output.rsplit("::").next().unwrap_or(output)) {
        return Ok(format!("return {output}::Continue;"));
    }
    match output {
        "()" => Ok("return;".to_owned()),
        o if o.starts_with("Option<") => Ok("return None;".to_owned()),
        other => Err(format!(
            "what `{other}` means for a request without a route is yours to say"
        )),
    }
}
