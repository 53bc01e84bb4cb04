//! Words and code fragments that findings share.

use quote::{format_ident, quote};

use crate::flow::{Flow, SourceFact, StoreFact};
use crate::source::SourceMap;

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// `1 thing`, `2 things`.
pub(super) fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The user's own code that gives the value, on one line: the host call for a copy, the call that
/// decided for a decision. There is none when it stands in another file than the store, where the
/// author of the store may not be able to call it.
pub(super) fn call_text(
    decided: bool,
    store: &StoreFact,
    source: &SourceFact,
    (flow, sources): (&Flow, &SourceMap),
) -> Option<String> {
    let outermost = source
        .stack
        .iter()
        .map(|c| c.0)
        .find(|s| s.file == store.span.file && !flow.writes(*s, &store.subject));
    let span = match (decided, outermost) {
        (_, Some(call)) => call,
        (false, None) if source.span.file == store.span.file => source.span,
        _ => return None,
    };
    let text = sources.snippet(span);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    Some(lines.join(" ").replace("[ ", "[").replace(", ]", "]"))
}

/// A statement that gets the value afresh, if it is valid Rust: `let route = <call>;`.
pub(super) fn replacement(subject: &str, call: &str) -> Option<String> {
    let name = subject.rsplit('.').next()?;
    let name = name.split('[').next()?.to_lowercase();
    let ident = syn::parse_str::<syn::Ident>(&name).ok()?;
    let ident = format_ident!("{ident}");
    let expr: syn::Expr = syn::parse_str(call).ok()?;
    // The statement must parse as a whole; what is shown keeps the user's own layout.
    let tokens = quote!(let #ident = #expr;);
    syn::parse2::<syn::Stmt>(tokens).ok()?;
    Some(format!("let {ident} = {call};"))
}
