//! Words and code fragments that findings share.

use quote::{format_ident, quote};

use crate::flow::{SourceFact, StoreFact};
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

/// The user's own code that gives the value: the host call for a copy, the outermost call that
/// led to it from the storing callback for a decision.
pub(super) fn call_text(
    decided: bool,
    store: &StoreFact,
    source: &SourceFact,
    sources: &SourceMap,
) -> String {
    let outermost = source
        .stack
        .first()
        .filter(|(span, _)| decided || span.file != source.span.file)
        .filter(|(span, _)| span.file == store.span.file);
    let span = outermost.map_or(source.span, |c| c.0);
    sources.snippet(span).to_owned()
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
