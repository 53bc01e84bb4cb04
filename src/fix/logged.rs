//! `match-without-route-log`: the line that says what was matched.

use super::caution::code_of;
use super::slice::follows_attribute;
use super::text::{LINE, has_word, indent_at, line_break};
use super::{Context, Outcome};
use crate::finding::{Edit, Finding, Fix, Safety, StepKind};
use crate::flow::SourceFact;
use crate::rust::{Function, Statement, StatementKind};
use crate::source::Span;

/// Results whose `{:?}` every toolchain knows.
const PRINTABLE: [&str; 6] = [
    "String",
    "Option<String>",
    "Vec<u8>",
    "Option<Vec<u8>>",
    "Option<Bytes>",
    "bool",
];

/// A line before the statement that decides, with the variable that holds the value; where it has none
/// there, a line behind the one that obtains it.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let source = cx
        .flow
        .sources
        .iter()
        .find(|s| {
            let mut steps = finding.trace.iter();
            s.property == finding.subject
                && steps.any(|t| t.kind == StepKind::Obtained && t.span == Some(s.span))
        })
        .ok_or("the value is not known by name")?;
    let line = match where_it_decides(cx, finding.primary.span, source) {
        Some(line) => line,
        None => where_it_is_obtained(cx, source)?,
    };
    let text = &cx.sources.file(line.at.file).text;
    if follows_attribute(text, line.at.lo as usize) {
        return Err("an attribute stands before it".to_owned());
    }
    let indent = indent_at(text, line.at.lo as usize);
    let shown = match line.form {
        Form::Known => (format!("{{{}:?}}", line.name), String::new()),
        Form::Bytes => (
            "{:?}".to_owned(),
            format!("String::from_utf8_lossy(&{})", line.name),
        ),
        Form::MaybeBytes => (
            "{:?}".to_owned(),
            format!("{}.as_deref().map(String::from_utf8_lossy)", line.name),
        ),
    };
    let message = format!("deciding by `{}`: {}", finding.subject, shown.0);
    let nl = line_break(text);
    let mut code = String::new();
    for new in log_lines(cx, text, "debug", &message, &shown.1) {
        let parts = match line.behind {
            true => [nl, indent, &new],
            false => [&new, nl, indent],
        };
        code.extend(parts);
    }
    let at = match line.behind {
        true => line.at.hi as usize,
        false => line.at.lo as usize,
    };
    Ok(Fix {
        title: format!("log `{}` at debug level", line.name),
        safety: Safety::Safe,
        reason: None,
        edits: vec![Edit {
            span: Span::new(line.at.file, at, at),
            text: code,
        }],
    })
}

/// A line for the log: beside which statement, and the variable that it shows.
struct Line {
    name: String,
    at: Span,
    behind: bool,
    form: Form,
}

/// What a variable holds, as far as it matters for a reader of the log.
enum Form {
    /// `Vec<u8>`.
    Bytes,
    /// `Option<Vec<u8>>`.
    MaybeBytes,
    /// Anything else.
    Known,
}

/// What the result of a call, by the type that is declared for it or by what is called, holds.
fn form(cx: &Context<'_>, statement: &Statement) -> Form {
    let StatementKind::Let { value, .. } = statement.kind else {
        return Form::Known;
    };
    let Ok(mut e) = syn::parse_str::<syn::Expr>(cx.text(value)) else {
        return Form::Known;
    };
    let mut present = false;
    while let syn::Expr::MethodCall(call) = e {
        let name = call.method.to_string();
        if ["unwrap", "expect", "unwrap_or_default"].contains(&name.as_str()) && !present {
            present = true;
            e = *call.receiver;
            continue;
        }
        let mut files = cx.declaring(&name).iter();
        let output = files.find_map(|&file| {
            let outline = cx.outline(file)?;
            let output = outline.named(&name).next()?.output.clone();
            Some(output.unwrap_or_default())
        });
        let output = match (name.as_str(), output.as_deref()) {
            ("get_property", None) => "Option<Vec<u8>>",
            (_, Some(output)) => output,
            _ => "",
        };
        return match (output, present) {
            ("Vec<u8>" | "Bytes", false) => Form::Bytes,
            ("Option<Vec<u8>>" | "Option<Bytes>", true) => Form::Bytes,
            ("Option<Vec<u8>>" | "Option<Bytes>", false) => Form::MaybeBytes,
            _ => Form::Known,
        };
    }
    Form::Known
}

fn where_it_decides(cx: &Context<'_>, condition: Span, source: &SourceFact) -> Option<Line> {
    let within = cx.function_at(condition)?;
    let function = within.function();
    let asks = |s: &Statement| {
        let mut calls = source.stack.iter();
        s.span.contains(source.span) && is_plain(cx, s)
            || calls.any(|(call, _)| prints(cx, s, *call))
    };
    let (used, maker) = function.uses.iter().find_map(|u| {
        let mut makers = function.statements.iter().filter(|s| makes(s, u.bound));
        let maker = makers.find(|s| condition.range().contains(&u.at) && asks(s))?;
        Some((u, maker))
    })?;
    Some(Line {
        form: form(cx, maker),
        name: used.name.clone(),
        at: innermost(function, condition)?.span,
        behind: false,
    })
}

fn where_it_is_obtained(cx: &Context<'_>, source: &SourceFact) -> Result<Line, String> {
    let within = cx
        .function_at(source.span)
        .ok_or("the value is obtained outside of a function")?;
    let statement = innermost(within.function(), source.span);
    let statement = statement.filter(|s| is_plain(cx, s));
    match statement.map(|s| (s, s.span, &s.kind)) {
        Some((statement, at, StatementKind::Let { name, .. })) => Ok(Line {
            form: form(cx, statement),
            name: name.clone(),
            at,
            behind: true,
        }),
        _ => Err("what is matched has no name of its own".to_owned()),
    }
}

/// Whether a statement is the `let` that makes the variable at byte `bound`.
fn makes(statement: &Statement, bound: usize) -> bool {
    let StatementKind::Let { value, .. } = &statement.kind else {
        return false;
    };
    (statement.span.lo as usize..value.lo as usize).contains(&bound)
}

/// Whether a statement uses types and functions of the standard library and the SDK alone, whose results
/// can be printed.
fn is_plain(cx: &Context<'_>, statement: &Statement) -> bool {
    let code = code_of(cx.text(statement.span));
    let types = [
        "String", "Vec", "Some", "Ok", "Err", "None", "Option", "Cow",
    ];
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.all(|w| match w.chars().next() {
        Some(c) if c.is_uppercase() => types.contains(&w),
        Some(_) => w.starts_with("get_") || cx.declaring(w).is_empty(),
        None => true,
    })
}

/// Whether a `let` holds the result of a call that any format string can print.
fn prints(cx: &Context<'_>, statement: &Statement, call: Span) -> bool {
    let StatementKind::Let { value, .. } = statement.kind else {
        return false;
    };
    let name = cx.text(call).split('(').next().unwrap_or_default();
    let name = name.rsplit(['.', ':']).next().unwrap_or_default();
    value == call
        && cx.declaring(name).iter().any(|&file| {
            cx.outline(file).is_some_and(|o| {
                let mut named = o.functions.iter().filter(|f| f.name == name);
                named.any(|f| {
                    let output = f.output.as_deref();
                    output.is_some_and(|o| PRINTABLE.contains(&o))
                })
            })
        })
}

fn innermost(function: &Function, span: Span) -> Option<&Statement> {
    let around = function.statements.iter().filter(|s| s.span.contains(span));
    around.min_by_key(|s| s.span.hi - s.span.lo)
}

/// Whether `log` is a module of the plugin.
fn is_own_module(cx: &Context<'_>, text: &str) -> bool {
    let declares = |t: &str| {
        let mut rest = t.split("mod log").skip(1);
        rest.any(|r| r.trim_start().starts_with([';', '{']))
    };
    let mut files = cx.files_with("mod log").into_iter();
    let imported = ["crate::log", "self::log", "super::log", "as log"];
    imported.iter().any(|i| has_word(text, i)) || files.any(|f| declares(&cx.sources.file(f).text))
}

/// A call that writes a line to the log, as the file does it: with the `log` crate where that is used,
/// else with the SDK. `message` is a format string that captures what it prints. One entry for each line
/// of code, without the indentation of the first. `shown` is an argument for it, if it has one.
pub(super) fn log_lines(
    cx: &Context<'_>,
    text: &str,
    level: &str,
    message: &str,
    shown: &str,
) -> Vec<String> {
    let comma = if shown.is_empty() { "" } else { ", " };
    let comment = |l: &&str| !l.trim_start().starts_with("//");
    let code: Vec<&str> = text.lines().filter(comment).collect();
    let code = code.join("\n");
    let names_crate = |call: &str| {
        let mut parts = code.split(call);
        let mut before = parts.next().unwrap_or_default();
        parts.any(|rest| {
            let free = !before.ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            before = rest;
            free
        }) && !is_own_module(cx, &code)
    };
    if names_crate("log::") {
        let line = format!("log::{level}!(\"{message}\"{comma}{shown});");
        if shown.is_empty() || line.len() + 8 <= LINE {
            return vec![line];
        }
        return vec![
            format!("log::{level}!("),
            format!("    \"{message}\","),
            format!("    {shown}"),
            ");".to_owned(),
        ];
    }
    let mut chars = level.chars();
    let title: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect();
    let line = if message.contains('{') {
        format!("&format!(\"{message}\"{comma}{shown})")
    } else {
        format!("\"{message}\"")
    };
    let mut out = vec![
        "let _ = proxy_wasm::hostcalls::log(".to_owned(),
        format!("    proxy_wasm::types::LogLevel::{title},"),
    ];
    if line.len() + 13 <= LINE || shown.is_empty() {
        out.push(format!("    {line},"));
    } else {
        out.push("    &format!(".to_owned());
        out.push(format!("        \"{message}\","));
        out.push(format!("        {shown}"));
        out.push("    ),".to_owned());
    }
    out.push(");".to_owned());
    out
}
