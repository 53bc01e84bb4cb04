//! Code that may leave the function before it stores: `let Some(..) = .. else { return .. };`.
//!
//! As a method it gives `None` where it left, and the reader takes what the field was at first.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::caution::has_long_string;
use super::{Context, Within};
use crate::rust::Statement;
use crate::source::Span;

/// What the needed statements return when they leave, each time; empty when they do not. They may leave only
/// where nothing but the statements of the store, and the same result, would follow.
pub(super) fn exits(
    cx: &Context<'_>,
    within: &Within,
    needed: &[Statement],
    store: &[Span],
) -> Result<Vec<Span>, String> {
    let mut out: Vec<Span> = Vec::new();
    for statement in needed {
        let text = cx.text(statement.span);
        if !text.contains("return") && !text.contains('?') {
            continue;
        }
        let unknown =
            || "the code that stores it leaves the function in a way of its own".to_owned();
        let mut found = Exits::default();
        let stmts = syn::parse_str::<Body>(text).map_err(|_| unknown())?;
        stmts.0.iter().for_each(|s| found.visit_stmt(s));
        if found.otherwise || has_long_string(text) {
            return Err(unknown());
        }
        let base = statement.span.lo as usize;
        let spans = found.returns.iter();
        out.extend(spans.map(|(lo, hi)| Span::new(statement.span.file, base + lo, base + hi)));
    }
    let function = within.function();
    let end = store.iter().map(|s| s.hi).max().unwrap_or(0);
    let mut behind = function.top().filter(|s| s.span.lo >= end);
    let tail = behind.next().map(|s| cx.text(s.span));
    let same = |exit: &Span| match (function.output.is_some(), tail) {
        (true, Some(tail)) => cx.text(*exit) == tail,
        (false, None) => exit.lo == exit.hi,
        _ => false,
    };
    // Between the first way out and the store stands nothing else.
    let first = out.iter().map(|e| e.lo).min().unwrap_or(end);
    let mut between = function
        .top()
        .filter(|s| s.span.lo > first && s.span.hi <= end);
    let known = |s: &Statement| {
        let mut all = needed.iter().map(|n| &n.span).chain(store);
        all.any(|k| *k == s.span)
    };
    let alone = between.all(known) && behind.next().is_none();
    match alone && out.iter().all(same) {
        true => Ok(out),
        false if out.is_empty() => Ok(out),
        false => Err(format!(
            "`{}` leaves early where there is no value, and does something else where there is one: ask \
             for it with a method that gives an `Option`",
            function.name
        )),
    }
}

/// Statements.
struct Body(Vec<syn::Stmt>);

impl syn::parse::Parse for Body {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        syn::Block::parse_within(input).map(Self)
    }
}

/// Ways out of a statement.
#[derive(Default)]
struct Exits {
    /// What is returned: behind `return`, from byte to byte.
    returns: Vec<(usize, usize)>,
    /// Some way out is another one.
    otherwise: bool,
}

impl<'ast> Visit<'ast> for Exits {
    fn visit_expr_return(&mut self, e: &'ast syn::ExprReturn) {
        let end = e.return_token.span.byte_range().end;
        let span = e.expr.as_ref().map(|e| e.span().byte_range());
        self.returns
            .push(span.map_or((end, end), |s| (s.start, s.end)));
        visit::visit_expr_return(self, e);
    }

    fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
        self.otherwise = true;
    }

    fn visit_expr_await(&mut self, _: &'ast syn::ExprAwait) {
        self.otherwise = true;
    }

    fn visit_expr_break(&mut self, e: &'ast syn::ExprBreak) {
        self.otherwise |= e.label.is_some();
    }

    fn visit_expr_continue(&mut self, e: &'ast syn::ExprContinue) {
        self.otherwise |= e.label.is_some();
    }

    fn visit_expr_closure(&mut self, e: &'ast syn::ExprClosure) {
        // What leaves a closure goes on behind it.
        let mut inside = Self::default();
        visit::visit_expr_closure(&mut inside, e);
        self.otherwise |= !inside.returns.is_empty() || inside.otherwise;
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        let text = m.tokens.to_string();
        self.otherwise |= text.contains("return") || text.contains('?');
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {
        self.otherwise = true;
    }
}
