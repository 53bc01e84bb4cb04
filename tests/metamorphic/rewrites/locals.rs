//! The same values with and without locals in between.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Expr, ExprMethodCall, File, Ident, Pat, Stmt, parse_quote};

use crate::rewrites::fields::own_changing;
use crate::tree::{Fresh, changed, count, each_block};

/// What the type of a link follows from what comes after it, or holds a lock that a local would hold
/// for longer.
const TIED: &[&str] = &[
    "collect",
    "parse",
    "into",
    "sum",
    "borrow",
    "borrow_mut",
    "lock",
    "read",
    "write",
    "with",
    "upgrade",
];

fn is_tied(call: &ExprMethodCall) -> bool {
    let inner = match &*call.receiver {
        Expr::MethodCall(inner) => is_tied(inner),
        _ => false,
    };
    inner || TIED.iter().any(|t| call.method == *t)
}

/// A chain of calls as locals, one for each call but the last, and the last call.
fn links(e: &Expr, fresh: &mut Fresh) -> Option<(Vec<Stmt>, Expr)> {
    let mut calls: Vec<&ExprMethodCall> = Vec::new();
    let mut base = e;
    while let Expr::MethodCall(call) = base {
        calls.push(call);
        base = &call.receiver;
    }
    calls.reverse();
    if calls.len() < 2 || calls.iter().any(|c| is_tied(c)) {
        return None;
    }
    // A macro in front of the chain may give anything.
    if !matches!(base, Expr::Path(_) | Expr::Field(_) | Expr::Call(_)) {
        return None;
    }
    let mut statements = Vec::new();
    let mut receiver = base.clone();
    for (n, call) in calls.iter().enumerate() {
        let mut link = (*call).clone();
        *link.receiver = receiver;
        if n + 1 == calls.len() {
            return Some((statements, Expr::MethodCall(link)));
        }
        let name = fresh.name("link");
        statements.push(parse_quote!(let mut #name = #link;));
        receiver = parse_quote!(#name);
    }
    None
}

/// Chains of method calls as a local for each call.
pub(crate) fn chain_to_locals(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        each_block(file, |stmts| {
            let mut any = false;
            let mut out = Vec::new();
            for mut stmt in stmts.drain(..) {
                let value = match &mut stmt {
                    Stmt::Local(l) => match &mut l.init {
                        Some(init) => &mut *init.expr,
                        None => {
                            out.push(stmt);
                            continue;
                        }
                    },
                    Stmt::Expr(Expr::Assign(a), _) => &mut a.right,
                    Stmt::Expr(Expr::Try(t), _) => &mut t.expr,
                    Stmt::Expr(e, _) => e,
                    Stmt::Item(_) | Stmt::Macro(_) => {
                        out.push(stmt);
                        continue;
                    }
                };
                let chain = match value {
                    Expr::Try(t) => &mut t.expr,
                    other => other,
                };
                if let Some((before, last)) = links(chain, &mut fresh) {
                    *chain = last;
                    out.extend(before);
                    any = true;
                }
                out.push(stmt);
            }
            *stmts = out;
            any
        })
    })
}

/// Whether what a call gives points into what another call gave.
fn lends(call: &ExprMethodCall) -> bool {
    let inner = call.receiver.to_token_stream().to_string().contains('(');
    (inner && call.method.to_string().starts_with("as_")) || call.args.iter().any(has_call)
}

fn has_call(e: &Expr) -> bool {
    match e {
        Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_) => true,
        Expr::Reference(r) => has_call(&r.expr),
        _ => false,
    }
}

/// The arguments of calls that are calls themselves as locals, one statement earlier.
pub(crate) fn arguments_to_locals(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        each_block(file, |stmts| {
            let mut any = false;
            let mut out = Vec::new();
            for mut stmt in stmts.drain(..) {
                if let Stmt::Expr(Expr::MethodCall(call), Some(_)) = &mut stmt
                    && matches!(&*call.receiver, Expr::Path(_))
                {
                    let method = call.method.to_string();
                    let header = method.starts_with("set_http_") && !method.ends_with("_bytes");
                    for argument in &mut call.args {
                        let name = fresh.name("argument");
                        match argument {
                            Expr::MethodCall(m) if !is_tied(m) && !lends(m) => {
                                out.push(parse_quote!(let #name = #argument;));
                            }
                            // A reference in it becomes what the parameter asks for.
                            Expr::Call(c) if header && !c.args.iter().any(has_call) => {
                                out.push(parse_quote!(let #name: Option<&str> = #argument;));
                            }
                            _ => continue,
                        }
                        *argument = parse_quote!(#name);
                        any = true;
                    }
                }
                out.push(stmt);
            }
            *stmts = out;
            any
        })
    })
}

/// Whether a local was found where its value can stand as well.
#[derive(PartialEq, Eq)]
enum Place {
    /// It was, and is replaced.
    Replaced,
    /// Not so far.
    Open,
    /// Something else is evaluated first, or it may not be evaluated at all.
    Shut,
}

/// Puts `value` for the first use of `name`, as far as nothing that matters is evaluated before.
fn substitute(e: &mut Expr, name: &Ident, value: &Expr) -> Place {
    let all = |list: &mut dyn Iterator<Item = &mut Expr>, end: Place| {
        for e in list {
            match substitute(e, name, value) {
                Place::Open => {}
                done => return done,
            }
        }
        end
    };
    match e {
        Expr::Path(p) if p.path.is_ident(name) => {
            *e = match value {
                Expr::MethodCall(_) | Expr::Call(_) | Expr::Path(_) | Expr::Field(_) => {
                    value.clone()
                }
                other => parse_quote!((#other)),
            };
            Place::Replaced
        }
        Expr::Path(_) | Expr::Lit(_) => Place::Open,
        Expr::Reference(r) => substitute(&mut r.expr, name, value),
        Expr::Unary(u) => substitute(&mut u.expr, name, value),
        Expr::Paren(p) => substitute(&mut p.expr, name, value),
        Expr::Field(f) => substitute(&mut f.base, name, value),
        Expr::Let(l) => substitute(&mut l.expr, name, value),
        Expr::If(i) => all(&mut std::iter::once(&mut *i.cond), Place::Shut),
        Expr::Match(m) => all(&mut std::iter::once(&mut *m.expr), Place::Shut),
        Expr::Try(t) => all(&mut std::iter::once(&mut *t.expr), Place::Shut),
        Expr::MethodCall(c) => {
            let receiver = std::iter::once(&mut *c.receiver);
            all(&mut receiver.chain(&mut c.args), Place::Shut)
        }
        Expr::Call(c) => all(
            &mut std::iter::once(&mut *c.func).chain(&mut c.args),
            Place::Shut,
        ),
        Expr::Binary(b) if !matches!(b.op, syn::BinOp::And(_) | syn::BinOp::Or(_)) => {
            all(&mut [&mut *b.left, &mut *b.right].into_iter(), Place::Open)
        }
        Expr::Assign(a) => all(&mut [&mut *a.right].into_iter(), Place::Shut),
        Expr::Tuple(t) => all(&mut t.elems.iter_mut(), Place::Open),
        Expr::Struct(s) => {
            let mut fields = s.fields.iter_mut().map(|f| {
                // `Config { names }` has no name of its own for what it is given.
                f.colon_token.get_or_insert_default();
                &mut f.expr
            });
            all(&mut fields, Place::Open)
        }
        _ => Place::Shut,
    }
}

/// What takes its receiver by value or gives something that does not point into it.
const CONSUMING: &[&str] = &[
    "unwrap_or_default",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap",
    "map",
    "and_then",
    "ok",
    "clone",
    "cloned",
    "is_some",
    "is_none",
    "is_some_and",
    "to_string",
    "to_owned",
    "starts_with",
    "contains",
];

/// Whether a local that is made from a temporary keeps nothing that points into it.
fn outlives(e: &Expr, name: &Ident) -> bool {
    match e {
        Expr::Path(_) => true,
        Expr::MethodCall(c) => {
            count(c.receiver.to_token_stream(), &name.to_string()) == 0
                || (CONSUMING.iter().any(|m| c.method == *m) && outlives(&c.receiver, name))
        }
        _ => false,
    }
}

/// Methods that change what they are called on.
const CHANGING: &[&str] = &[
    "take", "replace", "remove", "insert", "entry", "pop", "push",
];

/// Locals that the next statement uses once as their values.
pub(crate) fn inline_local(file: File) -> Option<File> {
    changed(file, |file| {
        let mut changing: Vec<String> = CHANGING.iter().map(|m| (*m).to_owned()).collect();
        changing.extend(own_changing(file).iter().map(Ident::to_string));
        each_block(file, |stmts| {
            let mut any = false;
            let mut n = 0;
            while n + 1 < stmts.len() {
                if let Some(next) = inlined(stmts, n, &changing) {
                    stmts[n + 1] = next;
                    stmts.remove(n);
                    any = true;
                } else {
                    n += 1;
                }
            }
            any
        })
    })
}

/// The locals that a piece of source names outside of macros, and what is named like them.
fn locals(visit: impl FnOnce(&mut Locals)) -> BTreeSet<String> {
    let mut visitor = Locals::default();
    visit(&mut visitor);
    visitor.0
}

/// The names that a format string of a piece of source mentions: `{name}`, `{name:?}`.
fn mentioned(text: &str) -> impl Iterator<Item = String> {
    text.split('{').skip(1).filter_map(|part| {
        let end = part.find(['}', ':'])?;
        let name = &part[..end];
        name.starts_with(char::is_lowercase)
            .then(|| name.to_owned())
    })
}

#[derive(Default)]
struct Locals(BTreeSet<String>);

impl<'a> Visit<'a> for Locals {
    fn visit_expr_path(&mut self, p: &'a syn::ExprPath) {
        let name = p.path.get_ident().map(Ident::to_string);
        self.0
            .extend(name.filter(|n| n != "self" && n.starts_with(char::is_lowercase)));
    }
}

/// The statement after `n` with the value of the local that statement `n` makes.
fn inlined(stmts: &[Stmt], n: usize, changing: &[String]) -> Option<Stmt> {
    let Stmt::Local(local) = &stmts[n] else {
        return None;
    };
    let Pat::Ident(name) = &local.pat else {
        return None;
    };
    let init = local.init.as_ref().filter(|i| i.diverge.is_none())?;
    let text = init.expr.to_token_stream().to_string();
    let held = ["borrow", "lock", "read (", "write (", "with (", "upgrade"];
    // What changes the context can't stand where the context is borrowed.
    let mutable =
        text.contains("& mut") || changing.iter().any(|m| text.contains(&format!(". {m} (")));
    let plain =
        !mutable && name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none();
    if !plain
        || held.iter().any(|h| text.contains(h))
        || matches!(
            &*init.expr,
            Expr::Closure(_) | Expr::Reference(_) | Expr::Match(_)
        )
    {
        return None;
    }
    let name = &name.ident;
    let after = stmts[n + 1].to_token_stream().to_string();
    if text.contains("self") && after.contains("& mut self") {
        return None;
    }
    // What the value looks at may be gone when it is made later.
    let mut looked = locals(|v| v.visit_expr(&init.expr));
    looked.extend(mentioned(&text));
    if !looked.is_disjoint(&locals(|v| v.visit_stmt(&stmts[n + 1]))) {
        return None;
    }
    let uses = |s: &Stmt| {
        let text = s.to_token_stream().to_string();
        count(s.to_token_stream(), &name.to_string()) + text.matches(&format!("{{{name}")).count()
    };
    if uses(&stmts[n + 1]) != 1 || stmts[n + 2..].iter().any(|s| uses(s) > 0) {
        return None;
    }
    let mut next = stmts[n + 1].clone();
    let e = match &mut next {
        Stmt::Local(l) => {
            let init = l.init.as_mut()?;
            if !outlives(&init.expr, name) {
                return None;
            }
            &mut *init.expr
        }
        Stmt::Expr(e, _) => e,
        Stmt::Item(_) | Stmt::Macro(_) => return None,
    };
    (substitute(e, name, &init.expr) == Place::Replaced).then_some(next)
}
