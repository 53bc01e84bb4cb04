//! The same branches, written otherwise.

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprIf, File, Pat, ReturnType, Stmt, parse_quote};

use crate::tree::{bindings, changed, each_block, each_expr, type_name};

fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Binary(b) => has_let(&b.left) || has_let(&b.right),
        Expr::Paren(p) => has_let(&p.expr),
        _ => false,
    }
}

fn else_block(e: &ExprIf) -> Block {
    match e.else_branch.as_ref().map(|(_, b)| &**b) {
        None => parse_quote!({}),
        Some(Expr::Block(b)) => b.block.clone(),
        Some(other) => parse_quote!({ #other }),
    }
}

/// `if let P = e { A } else { B }` as a `match`.
pub(crate) fn if_let_to_match(file: File) -> Option<File> {
    changed(file, |file| {
        each_expr(file, |e| {
            let Expr::If(i) = e else { return false };
            let Expr::Let(l) = &*i.cond else { return false };
            let (pat, value, then, other) = (&l.pat, &l.expr, &i.then_branch, else_block(i));
            *e = parse_quote!(match #value { #pat => #then _ => #other });
            true
        })
    })
}

/// A `match` with one pattern that matters as `if let`.
pub(crate) fn match_to_if_let(file: File) -> Option<File> {
    fn rest(pat: &Pat) -> bool {
        match pat {
            Pat::Wild(_) => true,
            Pat::Ident(p) => p.ident == "None",
            Pat::Path(p) => p.path.is_ident("None"),
            Pat::TupleStruct(t) => {
                t.path.is_ident("Err") && t.elems.iter().all(|p| matches!(p, Pat::Wild(_)))
            }
            _ => false,
        }
    }
    fn block(body: &Expr) -> Block {
        match body {
            Expr::Block(b) if b.label.is_none() => b.block.clone(),
            other => parse_quote!({ #other }),
        }
    }
    changed(file, |file| {
        each_expr(file, |e| {
            let Expr::Match(m) = e else { return false };
            let [first, second] = &m.arms[..] else {
                return false;
            };
            if matches!(first.pat, Pat::Guard(_)) || rest(&first.pat) || !rest(&second.pat) {
                return false;
            }
            let (value, pat) = (&m.expr, &first.pat);
            let (then, other) = (block(&first.body), block(&second.body));
            *e = parse_quote!(if let #pat = #value #then else #other);
            true
        })
    })
}

/// `if c { A } else { B }` as a `match` on the condition.
pub(crate) fn if_to_match(file: File) -> Option<File> {
    changed(file, |file| {
        each_expr(file, |e| {
            let Expr::If(i) = e else { return false };
            if has_let(&i.cond) {
                return false;
            }
            let (cond, then, other) = (&i.cond, &i.then_branch, else_block(i));
            *e = parse_quote!(match #cond { true => #then false => #other });
            true
        })
    })
}

/// `if c { A } else { B }` as `if !(c) { B } else { A }`.
pub(crate) fn negate_condition(file: File) -> Option<File> {
    changed(file, |file| {
        each_expr(file, |e| {
            let Expr::If(i) = e else { return false };
            if has_let(&i.cond) {
                return false;
            }
            let (cond, then, other) = (&i.cond, &i.then_branch, else_block(i));
            *e = parse_quote!(if !(#cond) #other else #then);
            true
        })
    })
}

/// `let P = e else { .. };` as a `match` that gives what the pattern binds.
pub(crate) fn let_else_to_match(file: File) -> Option<File> {
    changed(file, |file| {
        each_block(file, |stmts| {
            let mut any = false;
            for stmt in stmts {
                let Stmt::Local(local) = stmt else { continue };
                let Some(init) = &local.init else { continue };
                let Some((_, other)) = &init.diverge else {
                    continue;
                };
                let outer = bindings(&local.pat);
                if outer.iter().any(|p| p.by_ref.is_some()) {
                    continue;
                }
                let inner: Vec<_> = outer.iter().map(|p| &p.ident).collect();
                let (value, pat) = (&init.expr, &local.pat);
                *stmt = match &outer[..] {
                    [one] => {
                        let name = &one.ident;
                        parse_quote!(let #one = match #value { #pat => #name, _ => #other };)
                    }
                    _ => parse_quote! {
                        let (#(#outer),*) = match #value { #pat => (#(#inner),*), _ => #other };
                    },
                };
                any = true;
            }
            any
        })
    })
}

/// `e?` as a `match` with a `return`, in functions that return an `Option`.
pub(crate) fn question_to_match(file: File) -> Option<File> {
    struct Visitor(bool);
    impl VisitMut for Visitor {
        fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
        fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
        fn visit_expr_mut(&mut self, e: &mut Expr) {
            visit_mut::visit_expr_mut(self, e);
            if let Expr::Try(t) = e {
                let value = &t.expr;
                *e = parse_quote!(match #value { Some(value) => value, None => return None });
                self.0 = true;
            }
        }
    }
    changed(file, |file| {
        let mut visitor = Visitor(false);
        crate::tree::each_body(file, |sig, body| {
            let ReturnType::Type(_, ty) = &sig.output else {
                return;
            };
            if type_name(ty).is_some_and(|n| n == "Option") && sig.asyncness.is_none() {
                visitor.visit_block_mut(body);
            }
        });
        visitor.0
    })
}
