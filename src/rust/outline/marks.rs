//! What is noteworthy in the body of a function: how it is left, what it calls, where it may panic, and
//! what is compiled only sometimes.
//!
//! What stands in a macro is seen as tokens: `?`, `return`, `name(..)` and `.name(..)` are told there too.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::{Call, Lend, Mark, MarkKind, Outline};
use crate::source::{FileId, Span};

/// Fills in the marks of the functions of a file.
pub(super) fn mark(tree: &syn::File, file: FileId, base: usize, out: &mut Outline) {
    let mut marks = Marks {
        base,
        found: Vec::new(),
        around: Vec::new(),
        conditional: Vec::new(),
    };
    marks.visit_file(tree);
    let mut found = marks.found;
    found.sort_by_key(|m| m.at);
    for mark in found {
        let at = Span::new(file, mark.at, mark.at + 1);
        if let Some(innermost) = out.innermost(at) {
            out.functions[innermost].marks.push(mark);
        }
    }
    for range in marks.conditional {
        let within = |f: &super::Function| range.contains(&(f.body.lo as usize));
        out.functions
            .iter_mut()
            .filter(|f| within(f))
            .for_each(|f| f.conditional = true);
    }
}

/// What a `break`, a `return` or a `?` may leave.
enum Around {
    /// A closure or an `async` block, and where it starts.
    Closure(usize),
    /// A loop or a block with a label.
    Loop(usize, Option<String>),
}

struct Marks {
    base: usize,
    found: Vec<Mark>,
    around: Vec<Around>,
    /// Items that are compiled only sometimes.
    conditional: Vec<std::ops::Range<usize>>,
}

impl Marks {
    fn at(&self, node: &impl Spanned) -> usize {
        self.base + node.span().byte_range().start
    }

    fn push(&mut self, at: usize, kind: MarkKind) {
        self.found.push(Mark { at, kind });
    }

    fn within(&mut self, around: Around, walk: impl FnOnce(&mut Self)) {
        self.around.push(around);
        walk(self);
        self.around.pop();
    }

    /// The function, or the closure in it, is left.
    fn leaves(&mut self, at: usize, what: &'static str) {
        let closure = self.around.iter().rev().find_map(|a| match a {
            Around::Closure(start) => Some(*start),
            Around::Loop(..) => None,
        });
        let out_of = closure.unwrap_or(0);
        self.push(at, MarkKind::Leave { what, out_of });
    }

    /// A loop is left or goes on.
    fn jumps(&mut self, at: usize, what: &'static str, label: Option<&syn::Lifetime>) {
        let label = label.map(|l| l.ident.to_string());
        let inner = self.around.iter().rev();
        let found = inner.take_while(|a| matches!(a, Around::Loop(..)));
        let target = found.into_iter().find_map(|a| match a {
            Around::Loop(start, name) if label.is_none() || *name == label => Some(*start),
            _ => None,
        });
        let out_of = target.unwrap_or(0);
        self.push(at, MarkKind::Leave { what, out_of });
    }

    fn call(&mut self, at: usize, call: Call) {
        self.push(at, MarkKind::Call(call));
    }

    fn attributes(&mut self, attrs: &[syn::Attribute]) {
        for attr in attrs {
            if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                let at = self.base + attr.pound_token.span.byte_range().start;
                self.push(at, MarkKind::Conditional);
            }
        }
    }

    fn item(&mut self, attrs: &[syn::Attribute], node: &impl Spanned) {
        let is_cfg = |a: &syn::Attribute| a.path().is_ident("cfg");
        if attrs.iter().any(is_cfg) {
            let range = node.span().byte_range();
            self.conditional
                .push(self.base + range.start..self.base + range.end);
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut iter = tokens.into_iter().peekable();
        let mut behind_dot = false;
        // What stands before the dot, and before this token.
        let (mut of_self, mut is_value) = (false, false);
        while let Some(token) = iter.next() {
            let was = std::mem::take(&mut behind_dot);
            let on_self = was && of_self;
            let indexed = std::mem::take(&mut is_value);
            of_self &= matches!(&token, TokenTree::Punct(p) if p.as_char() == '.');
            match token {
                TokenTree::Punct(p) => {
                    behind_dot = p.as_char() == '.';
                    if p.as_char() == '?' {
                        let at = self.base + p.span().byte_range().start;
                        self.leaves(at, "`?`");
                    }
                }
                TokenTree::Ident(i) => {
                    let at = self.base + i.span().byte_range().start;
                    let name = i.to_string();
                    of_self = name == "self";
                    is_value = true;
                    match name.as_str() {
                        "return" => self.leaves(at, "`return`"),
                        "await" if was => self.leaves(at, "`.await`"),
                        _ => {}
                    }
                    let arguments = match iter.peek() {
                        Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis => {
                            g.stream().to_string()
                        }
                        _ => continue,
                    };
                    if traps(&name) {
                        self.push(at, MarkKind::Trap);
                    }
                    let lends = match arguments
                        .split(',')
                        .map(str::trim)
                        .find(|a| a.contains("self"))
                    {
                        Some("self") | Some("& mut self") => Lend::Whole,
                        Some("& self") => Lend::Shared,
                        _ => Lend::Nothing,
                    };
                    self.call(
                        at,
                        Call {
                            name,
                            on_self,
                            lends,
                        },
                    );
                }
                TokenTree::Group(g) => {
                    is_value = g.delimiter() == Delimiter::Parenthesis;
                    if indexed && g.delimiter() == Delimiter::Bracket {
                        let at = self.base + g.span_open().byte_range().start;
                        self.push(at, MarkKind::Trap);
                    }
                    self.tokens(g.stream());
                }
                TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Methods that panic when there is nothing to give.
fn traps(name: &str) -> bool {
    matches!(
        name,
        "unwrap" | "expect" | "unwrap_err" | "expect_err" | "split_at" | "swap_remove" | "remove"
    )
}

/// How a part of the arguments gives `self` away.
fn lends(args: &syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>) -> Lend {
    let lent = args.iter().map(|a| match a {
        syn::Expr::Reference(r) if is_self(&r.expr) && r.mutability.is_none() => Lend::Shared,
        syn::Expr::Reference(r) if is_self(&r.expr) => Lend::Whole,
        e if is_self(e) => Lend::Whole,
        _ => Lend::Nothing,
    });
    lent.max().unwrap_or(Lend::Nothing)
}

/// `self`, `*self`, `(self)`.
fn is_self(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Path(p) => p.path.is_ident("self"),
        syn::Expr::Paren(p) => is_self(&p.expr),
        syn::Expr::Unary(u) => matches!(u.op, syn::UnOp::Deref(_)) && is_self(&u.expr),
        syn::Expr::Reference(r) => is_self(&r.expr),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Marks {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.item(&item.attrs, item);
        let outer = std::mem::take(&mut self.around);
        visit::visit_item_fn(self, item);
        self.around = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.item(&item.attrs, item);
        let outer = std::mem::take(&mut self.around);
        visit::visit_impl_item_fn(self, item);
        self.around = outer;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.item(&item.attrs, item);
        visit::visit_item_impl(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.item(&item.attrs, item);
        visit::visit_item_mod(self, item);
    }

    fn visit_attribute(&mut self, attr: &'ast syn::Attribute) {
        self.attributes(std::slice::from_ref(attr));
    }

    fn visit_expr_closure(&mut self, e: &'ast syn::ExprClosure) {
        let start = self.at(&e.inputs_begin);
        self.within(Around::Closure(start), |m| visit::visit_expr_closure(m, e));
    }

    fn visit_expr_async(&mut self, e: &'ast syn::ExprAsync) {
        let start = self.at(&e.async_token);
        self.within(Around::Closure(start), |m| visit::visit_expr_async(m, e));
    }

    fn visit_expr_loop(&mut self, e: &'ast syn::ExprLoop) {
        let around = Around::Loop(self.at(&e.loop_token), name_of(e.label.as_ref()));
        self.within(around, |m| visit::visit_expr_loop(m, e));
    }

    fn visit_expr_while(&mut self, e: &'ast syn::ExprWhile) {
        let around = Around::Loop(self.at(&e.while_token), name_of(e.label.as_ref()));
        self.within(around, |m| visit::visit_expr_while(m, e));
    }

    fn visit_expr_for_loop(&mut self, e: &'ast syn::ExprForLoop) {
        let around = Around::Loop(self.at(&e.for_token), name_of(e.label.as_ref()));
        self.within(around, |m| visit::visit_expr_for_loop(m, e));
    }

    fn visit_expr_return(&mut self, e: &'ast syn::ExprReturn) {
        let at = self.at(&e.return_token);
        self.leaves(at, "`return`");
        visit::visit_expr_return(self, e);
    }

    fn visit_expr_try(&mut self, e: &'ast syn::ExprTry) {
        let at = self.at(&e.question_token);
        self.leaves(at, "`?`");
        visit::visit_expr_try(self, e);
    }

    fn visit_expr_await(&mut self, e: &'ast syn::ExprAwait) {
        let at = self.at(&e.await_token);
        self.leaves(at, "`.await`");
        visit::visit_expr_await(self, e);
    }

    fn visit_expr_break(&mut self, e: &'ast syn::ExprBreak) {
        let at = self.at(&e.break_token);
        self.jumps(at, "`break`", e.label.as_ref());
        visit::visit_expr_break(self, e);
    }

    fn visit_expr_continue(&mut self, e: &'ast syn::ExprContinue) {
        let at = self.at(&e.continue_token);
        self.jumps(at, "`continue`", e.label.as_ref());
    }

    fn visit_expr_binary(&mut self, e: &'ast syn::ExprBinary) {
        use syn::BinOp::{
            AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, Div, DivAssign, MulAssign, Rem,
            RemAssign, ShlAssign, ShrAssign, SubAssign,
        };
        let at = self.base + e.op.span().byte_range().start;
        let divides = matches!(e.op, Div(_) | Rem(_) | DivAssign(_) | RemAssign(_));
        if divides && !matches!(&*e.right, syn::Expr::Lit(_)) {
            self.push(at, MarkKind::Trap);
        }
        let is_compound = matches!(
            e.op,
            AddAssign(_)
                | SubAssign(_)
                | MulAssign(_)
                | DivAssign(_)
                | RemAssign(_)
                | BitXorAssign(_)
                | BitAndAssign(_)
                | BitOrAssign(_)
                | ShlAssign(_)
                | ShrAssign(_)
        );
        // A variable of the code itself starts anew each time.
        if is_compound && !matches!(&*e.left, syn::Expr::Path(_)) {
            self.push(at, MarkKind::Compound);
        }
        visit::visit_expr_binary(self, e);
    }

    fn visit_expr_index(&mut self, e: &'ast syn::ExprIndex) {
        let at = self.base + e.bracket_token.span.open().byte_range().start;
        self.push(at, MarkKind::Trap);
        visit::visit_expr_index(self, e);
    }

    fn visit_expr_call(&mut self, e: &'ast syn::ExprCall) {
        let name = match &*e.func {
            syn::Expr::Path(p) => p.path.segments.last().map(|s| s.ident.clone()),
            _ => None,
        };
        let at = name
            .as_ref()
            .map(|n| self.at(n))
            .unwrap_or_else(|| self.base + e.paren_token.span.open().byte_range().start);
        let call = Call {
            name: name.map(|n| n.to_string()).unwrap_or_default(),
            on_self: false,
            lends: lends(&e.args),
        };
        self.call(at, call);
        visit::visit_expr_call(self, e);
    }

    fn visit_expr_method_call(&mut self, e: &'ast syn::ExprMethodCall) {
        let name = e.method.to_string();
        let at = self.at(&e.method);
        if traps(&name) {
            self.push(at, MarkKind::Trap);
        }
        let call = Call {
            name,
            on_self: is_self(&e.receiver),
            lends: lends(&e.args),
        };
        self.call(at, call);
        visit::visit_expr_method_call(self, e);
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        let name = m.path.segments.last().map(|s| s.ident.to_string());
        let at = self.at(&m.path);
        match name.as_deref() {
            Some(
                "panic" | "unreachable" | "todo" | "unimplemented" | "assert" | "assert_eq"
                | "assert_ne",
            ) => self.push(at, MarkKind::Trap),
            Some("cfg" | "cfg_if") => self.push(at, MarkKind::Conditional),
            _ => {}
        }
        if let Some(name) = name {
            let whole = m.tokens.clone().into_iter();
            let of_self = whole.into_iter().any(|t| t.to_string() == "self");
            let call = Call {
                name: format!("{name}!"),
                on_self: false,
                lends: if of_self { Lend::Whole } else { Lend::Nothing },
            };
            self.call(at, call);
        }
        self.tokens(m.tokens.clone());
    }
}

fn name_of(label: Option<&syn::Label>) -> Option<String> {
    label.map(|l| l.name.ident.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::{MarkKind, outline};
    use crate::source::FileId;

    /// What leaves something that starts before `from`, where the text `from` stands.
    fn leaves(text: &str, from: &str) -> Vec<&'static str> {
        let found = outline(FileId(0), text).expect("an outline");
        let start = text.find(from).expect("the text");
        let marks = found.functions[0].marks.iter();
        let left = marks.filter_map(|m| match m.kind {
            MarkKind::Leave { what, out_of } if m.at >= start && out_of < start => Some(what),
            _ => None,
        });
        left.collect()
    }

    #[test]
    fn exits_tell_what_they_leave() {
        let inner = "fn f() -> R { for a in b { if a { break; } } v.map(|x| Some(x? + 1)); g()?; }";
        assert_eq!(leaves(inner, "for"), ["`?`"]);
        let outer = "fn f() { loop { let s = '\"'; if s { continue; } return; } }";
        assert_eq!(leaves(outer, "let"), ["`continue`", "`return`"]);
        let labelled = "fn f() { 'a: loop { loop { break 'a; } } }";
        assert_eq!(leaves(labelled, "loop { break"), ["`break`"]);
        assert_eq!(
            leaves("fn f() { m!(a?, // ? \n return 1); }", "m!"),
            ["`?`", "`return`"]
        );
    }
}
