//! `unchecked-route-property`: the absent value is handled.

use super::caution::code_of;
use super::logged::log_lines;
use super::text::{indent_at, line_break};
use super::{Context, Outcome};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::rust::{Function, StatementKind};
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
    if !is_option(cx, cx.text(unwrap.receiver)) {
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
    let log: String = log_lines(text, "warn", &message)
        .iter()
        .map(|line| format!("{indent}    {line}{nl}"))
        .collect();
    // `let name: T = read.unwrap();` keeps what stands before the name and behind the receiver.
    let head = cx.text(Span::new(
        span.file,
        statement.span.lo as usize,
        unwrap.span.lo as usize,
    ));
    if head.contains(':') || !head.starts_with("let ") || head.contains("//") {
        return Err("the variable has a declared type, an attribute or a comment".to_owned());
    }
    let edits = vec![
        Edit {
            span: Span::new(
                span.file,
                statement.span.lo as usize,
                unwrap.span.lo as usize,
            ),
            text: format!("let Some({name}) = "),
        },
        Edit {
            span: Span::new(
                span.file,
                unwrap.receiver.hi as usize,
                statement.span.hi as usize,
            ),
            text: format!(" else {{{nl}{log}{indent}    {leave}{nl}{indent}}};"),
        },
    ];
    Ok(Fix {
        title: format!("let a request without `{}` go on", finding.subject),
        safety: Safety::Unsafe,
        reason: Some(
            "a request that had a 503 now goes on without what the plugin does".to_owned(),
        ),
        edits,
    })
}

/// Whether an expression is surely an `Option`: a read by the context, or a function of the tree that
/// gives one, and what keeps it one.
fn is_option(cx: &Context<'_>, receiver: &str) -> bool {
    let code = code_of(receiver);
    // Names that are called, the last one first, those in arguments left out.
    let mut depth = 0_u32;
    let mut end = None;
    let mut calls: Vec<&str> = Vec::new();
    for (at, c) in code.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '(' {
                    end = Some(at);
                }
            }
            '.' | ':' if depth == 0 => {
                calls.extend(end.take().map(|e| code[at + 1..e].trim()));
            }
            _ => {}
        }
    }
    calls.extend(end.map(|e| code[..e].trim()));
    let keeps = [
        "and_then", "map", "filter", "or", "or_else", "cloned", "as_deref", "as_ref",
    ];
    let first = calls.into_iter().find(|c| !keeps.contains(c));
    let gives_option = |name: &str| {
        let mut files = cx.declaring(name).iter().peekable();
        files.peek().is_some()
            && files.all(|&file| {
                cx.outline(file).is_some_and(|o| {
                    let mut named = o.functions.iter().filter(|f| f.name == name);
                    named.all(|f| {
                        f.output
                            .as_deref()
                            .is_some_and(|o| o.starts_with("Option<"))
                    })
                })
            })
    };
    first.is_some_and(|name| {
        name == "get_property" && code.contains("self.get_property(") || gives_option(name)
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
