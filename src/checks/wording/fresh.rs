//! A line of code that gets the value afresh, in the user's own words.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::flow::{Deed, Flow, SourceFact, StoreFact};
use crate::sdk::PropertyClass;
use crate::source::{SourceMap, Span};

/// `let route = ..;` as it may stand in another callback of the same type. There is none where the code
/// names what only one function has, does more than ask, or asks for what is gone by then.
pub(in crate::checks) fn fresh(
    decided: bool,
    store: &StoreFact,
    source: &SourceFact,
    (flow, sources): (&Flow, &SourceMap),
) -> Option<String> {
    let stored = || {
        let (name, code) = assigned(sources.snippet(store.span))?;
        let usable = may_move(flow, store.span, &store.subject) && names_nothing_local(&code);
        usable.then_some((name, code))
    };
    let asked = || {
        let call = asking(flow, store, source)?;
        let name = source.property.rsplit('.').next()?;
        let code = sources.snippet(call).to_owned();
        let usable = may_move(flow, call, &store.subject) && names_nothing_local(&code);
        (usable && !decided).then(|| (name.to_owned(), code))
    };
    let (name, code) = stored().or_else(asked)?;
    let name = syn::parse_str::<syn::Ident>(&name).ok()?;
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let code = lines.join(" ").replace("[ ", "[").replace(", ]", "]");
    syn::parse_str::<syn::Stmt>(&format!("let {name} = {code};")).ok()?;
    Some(format!("let {name} = {code};"))
}

/// The call that asks, in the file that stores: the outermost that does not store in its turn.
fn asking(flow: &Flow, store: &StoreFact, source: &SourceFact) -> Option<Span> {
    let calls = source.stack.iter().map(|c| c.0).chain([source.span]);
    let mut here = calls.filter(|s| s.file == store.span.file);
    here.find(|s| !flow.writes(*s, &store.subject))
}

/// The last name and the right side of `self.route = ..`.
fn assigned(text: &str) -> Option<(String, String)> {
    let code = text.trim_end().trim_end_matches(';');
    let syn::Expr::Assign(e) = syn::parse_str(code).ok()? else {
        return None;
    };
    let syn::Expr::Field(place) = &*e.left else {
        return None;
    };
    let syn::Member::Named(name) = &place.member else {
        return None;
    };
    let right = e.right.span().byte_range();
    Some((name.to_string(), code.get(right)?.to_owned()))
}

/// Whether code at a span can run in a later callback: it stores nothing but the value itself, tells the
/// host nothing, and asks for nothing that is gone by then.
fn may_move(flow: &Flow, code: Span, subject: &str) -> bool {
    flow.doing_in(code)
        .flat_map(|(_, deeds)| deeds)
        .all(|deed| match deed {
            Deed::Host => false,
            Deed::Write { made, .. } => {
                deed.touches(subject) || made.is_some_and(|made| code.contains(made))
            }
            Deed::Ask { class, .. } => !matches!(
                class,
                PropertyClass::Request | PropertyClass::Response | PropertyClass::Running
            ),
        })
}

/// Whether an expression uses no variable of the function around it.
fn names_nothing_local(code: &str) -> bool {
    let Ok(e) = syn::parse_str::<syn::Expr>(code) else {
        return false;
    };
    let mut names = Names::default();
    names.visit_expr(&e);
    !names.leaves && names.used.is_subset(&names.made)
}

#[derive(Default)]
struct Names {
    used: BTreeSet<String>,
    made: BTreeSet<String>,
    /// It returns, breaks or waits.
    leaves: bool,
}

impl Names {
    fn name(&mut self, ident: &syn::Ident) {
        let name = ident.to_string();
        if name != "self" && name.starts_with(|c: char| c.is_lowercase() || c == '_') {
            self.used.insert(name);
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut member = false;
        for token in tokens {
            match token {
                TokenTree::Punct(p) => {
                    member = p.as_char() == '.';
                    continue;
                }
                TokenTree::Ident(i) if !member => self.name(&i),
                TokenTree::Group(g) => self.tokens(g.stream()),
                _ => {}
            }
            member = false;
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr(&mut self, e: &'ast syn::Expr) {
        self.leaves |= matches!(
            e,
            syn::Expr::Return(_) | syn::Expr::Try(_) | syn::Expr::Await(_) | syn::Expr::Break(_)
        );
        visit::visit_expr(self, e);
    }

    fn visit_expr_call(&mut self, e: &'ast syn::ExprCall) {
        // What is called by a plain name is a function.
        if !matches!(&*e.func, syn::Expr::Path(_)) {
            self.visit_expr(&e.func);
        }
        for arg in &e.args {
            self.visit_expr(arg);
        }
    }

    fn visit_expr_path(&mut self, e: &'ast syn::ExprPath) {
        if let Some(name) = e.path.get_ident() {
            self.name(name);
        }
        visit::visit_expr_path(self, e);
    }

    fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
        self.made.insert(p.ident.to_string());
        visit::visit_pat_ident(self, p);
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        self.tokens(m.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::{assigned, names_nothing_local};

    #[test]
    fn the_right_side_is_what_is_stored() {
        let (name, code) = assigned("self.a.route = self.ask(\"x = y\");").expect("an assignment");
        assert_eq!(
            (name.as_str(), code.as_str()),
            ("route", "self.ask(\"x = y\")")
        );
        assert!(assigned("self.cell.set(1);").is_none());
    }

    #[test]
    fn only_what_every_method_has_may_be_named() {
        for code in [
            "self.ask(vec![\"a\", \"b\"]).map(|bytes| text(bytes))",
            "Some(Route::of(self, LIMIT))",
            "match self.ask() { Some(x) => x.len(), None => 0 }",
        ] {
            assert!(names_nothing_local(code), "{code}");
        }
        for code in [
            "binding.ask()",
            "self.ask(vec![name])",
            "ask(name)",
            "self.ask()?",
            "f!(x)",
        ] {
            assert!(!names_nothing_local(code), "{code}");
        }
    }
}
