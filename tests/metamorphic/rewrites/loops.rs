//! The same statements in loops that run once.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, File, parse_quote};

use crate::rewrites::stores::each_assignment;
use crate::tree::{changed, each_expr};

/// `place = e;` in a loop that ends after it.
pub(crate) fn store_in_loop(file: File) -> Option<File> {
    changed(file, |file| {
        each_assignment(
            file,
            |left, right| parse_quote!(loop { #left = #right; break; }),
        )
    })
}

fn jumps(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(i) => i == "break" || i == "continue",
        TokenTree::Group(g) => jumps(g.stream()),
        _ => false,
    })
}

/// `if let P = e { A }` as `while let P = e { A; break; }`.
pub(crate) fn if_let_to_while_let(file: File) -> Option<File> {
    changed(file, |file| {
        each_expr(file, |e| {
            let Expr::If(i) = e else { return false };
            let Expr::Let(l) = &*i.cond else { return false };
            if i.else_branch.is_some() || jumps(i.to_token_stream()) {
                return false;
            }
            let (pat, value, body) = (&l.pat, &l.expr, &i.then_branch.stmts);
            *e = match body.last() {
                Some(syn::Stmt::Expr(_, None)) => {
                    parse_quote!(while let #pat = #value { #(#body)*; break; })
                }
                _ => parse_quote!(while let #pat = #value { #(#body)* break; }),
            };
            true
        })
    })
}
