//! From the parser's spans to [`Span`]s.
//!
//! `Spanned` prints the whole subtree to find its ends, which is quadratic for nested code; the
//! ends of an expression are found here by walking down its edge.

use proc_macro2::{Span as Mark, TokenTree};
use quote::ToTokens;
use syn::{Expr, Pat, Stmt};

use super::FileCx;
use crate::source::Span;

/// First and last token of a piece of syntax.
pub(super) trait Ends {
    /// The first token, attributes left out.
    fn lo(&self) -> Mark;
    /// The last token.
    fn hi(&self) -> Mark;
}

impl FileCx<'_> {
    /// The span from the start of `lo` to the end of `hi`.
    pub(super) fn between(&self, lo: Mark, hi: Mark) -> Span {
        let (lo, hi) = (lo.byte_range().start, hi.byte_range().end);
        let span = Span::new(self.file, self.base + lo, self.base + hi.max(lo));
        match self.call_site {
            // Tokens of the macro's definition: the reader wants the place of the call.
            Some(call) if lo > hi || !call.contains(span) => call,
            _ => span,
        }
    }

    /// The span of one token.
    pub(super) fn mark(&self, mark: Mark) -> Span {
        self.between(mark, mark)
    }

    /// The span of a piece of syntax.
    pub(super) fn span(&self, node: &impl Ends) -> Span {
        self.between(node.lo(), node.hi())
    }

    /// The span of anything that can be printed as tokens; costs its size.
    pub(super) fn span_of(&self, node: &impl ToTokens) -> Span {
        let tokens = node.to_token_stream();
        let mut iter = tokens.into_iter();
        let first = iter.next();
        let last = iter.last().or_else(|| first.clone());
        match (first, last) {
            (Some(first), Some(last)) => self.between(tree_lo(&first), tree_hi(&last)),
            _ => self.mark(Mark::call_site()),
        }
    }
}

fn tree_lo(tree: &TokenTree) -> Mark {
    match tree {
        TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::None => group
            .stream()
            .into_iter()
            .next()
            .map_or_else(|| group.span(), |t| tree_lo(&t)),
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

fn tree_hi(tree: &TokenTree) -> Mark {
    match tree {
        TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::None => group
            .stream()
            .into_iter()
            .last()
            .map_or_else(|| group.span(), |t| tree_hi(&t)),
        TokenTree::Group(group) => group.span_close(),
        other => other.span(),
    }
}

/// First and last token of printed syntax.
struct Printed<'a, T>(&'a T);

impl<T: ToTokens> Ends for Printed<'_, T> {
    fn lo(&self) -> Mark {
        let first = self.0.to_token_stream().into_iter().next();
        first.map_or_else(Mark::call_site, |t| tree_lo(&t))
    }

    fn hi(&self) -> Mark {
        let last = self.0.to_token_stream().into_iter().last();
        last.map_or_else(Mark::call_site, |t| tree_hi(&t))
    }
}

impl Ends for syn::Path {
    fn lo(&self) -> Mark {
        match (&self.leading_colon, self.segments.first()) {
            (Some(colons), _) => colons.spans[0],
            (None, Some(segment)) => segment.ident.span(),
            (None, None) => Mark::call_site(),
        }
    }

    fn hi(&self) -> Mark {
        match self.segments.last() {
            Some(segment) => match &segment.arguments {
                syn::PathArguments::None => segment.ident.span(),
                arguments => Printed(arguments).hi(),
            },
            None => Mark::call_site(),
        }
    }
}

impl Ends for syn::Macro {
    fn lo(&self) -> Mark {
        self.path.lo()
    }

    fn hi(&self) -> Mark {
        self.delimiter.span().close()
    }
}

impl Ends for Expr {
    fn lo(&self) -> Mark {
        let label = |label: &Option<syn::Label>, other: Mark| {
            label.as_ref().map_or(other, |l| l.name.apostrophe)
        };
        match leftmost(self) {
            Self::Array(e) => e.bracket_token.span.open(),
            Self::Async(e) => e.async_token.span,
            Self::Block(e) => label(&e.label, e.block.brace_token.span.open()),
            Self::Break(e) => e.break_token.span,
            Self::Closure(e) => e
                .asyncness
                .map(|t| t.span)
                .or(e.capture.map(|t| t.span))
                .unwrap_or(e.inputs_begin.spans[0]),
            Self::Const(e) => e.const_token.span,
            Self::Continue(e) => e.continue_token.span,
            Self::ForLoop(e) => label(&e.label, e.for_token.span),
            Self::If(e) => e.if_token.span,
            Self::Infer(e) => e.underscore_token.spans[0],
            Self::Let(e) => e.let_token.span,
            Self::Lit(e) => e.lit.span(),
            Self::Loop(e) => label(&e.label, e.loop_token.span),
            Self::Macro(e) => e.mac.lo(),
            Self::Match(e) => e.match_token.span,
            Self::Paren(e) => e.paren_token.span.open(),
            Self::Path(e) => e
                .qself
                .as_ref()
                .map_or_else(|| e.path.lo(), |q| q.lt_token.spans[0]),
            Self::Range(e) => match (&e.start, &e.limits) {
                (Some(start), _) => start.lo(),
                (None, syn::RangeLimits::HalfOpen(t)) => t.spans[0],
                (None, syn::RangeLimits::Closed(t)) => t.spans[0],
            },
            Self::RawAddr(e) => e.and_token.spans[0],
            Self::Reference(e) => e.and_token.spans[0],
            Self::Repeat(e) => e.bracket_token.span.open(),
            Self::Return(e) => e.return_token.span,
            Self::Struct(e) => e
                .qself
                .as_ref()
                .map_or_else(|| e.path.lo(), |q| q.lt_token.spans[0]),
            Self::TryBlock(e) => e.try_token.span,
            Self::Tuple(e) => e.paren_token.span.open(),
            Self::Unary(e) => match &e.op {
                syn::UnOp::Deref(t) => t.spans[0],
                syn::UnOp::Not(t) => t.spans[0],
                syn::UnOp::Neg(t) => t.spans[0],
                _ => e.expr.lo(),
            },
            Self::Unsafe(e) => e.unsafe_token.span,
            Self::While(e) => label(&e.label, e.while_token.span),
            Self::Yield(e) => e.yield_token.span,
            other => Printed(other).lo(),
        }
    }

    fn hi(&self) -> Mark {
        match rightmost(self) {
            Self::Array(e) => e.bracket_token.span.close(),
            Self::Async(e) => e.block.brace_token.span.close(),
            Self::Await(e) => e.await_token.span,
            Self::Block(e) => e.block.brace_token.span.close(),
            Self::Break(e) => match (&e.expr, &e.label) {
                (Some(value), _) => value.hi(),
                (None, Some(label)) => label.ident.span(),
                (None, None) => e.break_token.span,
            },
            Self::Call(e) => e.paren_token.span.close(),
            Self::Cast(e) => Printed(&*e.ty).hi(),
            Self::Const(e) => e.block.brace_token.span.close(),
            Self::Continue(e) => e
                .label
                .as_ref()
                .map_or(e.continue_token.span, |l| l.ident.span()),
            Self::Field(e) => match &e.member {
                syn::Member::Named(ident) => ident.span(),
                syn::Member::Unnamed(index) => index.span,
            },
            Self::ForLoop(e) => e.body.brace_token.span.close(),
            Self::If(e) => {
                // A loop, not a recursion: chains of `else if` are long.
                let mut last = e;
                loop {
                    match last.else_branch.as_ref().map(|(_, branch)| &**branch) {
                        Some(Self::If(next)) => last = next,
                        Some(branch) => break branch.hi(),
                        None => break last.then_branch.brace_token.span.close(),
                    }
                }
            }
            Self::Index(e) => e.bracket_token.span.close(),
            Self::Infer(e) => e.underscore_token.spans[0],
            Self::Lit(e) => e.lit.span(),
            Self::Loop(e) => e.body.brace_token.span.close(),
            Self::Macro(e) => e.mac.hi(),
            Self::Match(e) => e.brace_token.span.close(),
            Self::MethodCall(e) => e.paren_token.span.close(),
            Self::Paren(e) => e.paren_token.span.close(),
            Self::Path(e) => e.path.hi(),
            Self::Range(e) => match (&e.end, &e.limits) {
                (Some(end), _) => end.hi(),
                (None, syn::RangeLimits::HalfOpen(t)) => t.spans[1],
                (None, syn::RangeLimits::Closed(t)) => t.spans[2],
            },
            Self::Repeat(e) => e.bracket_token.span.close(),
            Self::Return(e) => e.expr.as_ref().map_or(e.return_token.span, |v| v.hi()),
            Self::Struct(e) => e.brace_token.span.close(),
            Self::Try(e) => e.question_token.spans[0],
            Self::TryBlock(e) => e.block.brace_token.span.close(),
            Self::Tuple(e) => e.paren_token.span.close(),
            Self::Unsafe(e) => e.block.brace_token.span.close(),
            Self::While(e) => e.body.brace_token.span.close(),
            Self::Yield(e) => e.expr.as_ref().map_or(e.yield_token.span, |v| v.hi()),
            other => Printed(other).hi(),
        }
    }
}

/// The expression at the left end. A loop, because chains of calls and operators are long.
fn leftmost(mut e: &Expr) -> &Expr {
    loop {
        e = match e {
            Expr::Assign(e) => &e.left,
            Expr::Await(e) => &e.base,
            Expr::Binary(e) => &e.left,
            Expr::Call(e) => &e.func,
            Expr::Cast(e) => &e.expr,
            Expr::Field(e) => &e.base,
            Expr::Group(e) => &e.expr,
            Expr::Index(e) => &e.expr,
            Expr::MethodCall(e) => &e.receiver,
            Expr::Try(e) => &e.expr,
            other => return other,
        };
    }
}

/// The expression at the right end.
fn rightmost(mut e: &Expr) -> &Expr {
    loop {
        e = match e {
            Expr::Assign(e) => &e.right,
            Expr::Binary(e) => &e.right,
            Expr::Closure(e) => &e.body,
            Expr::Group(e) => &e.expr,
            Expr::Let(e) => &e.expr,
            Expr::RawAddr(e) => &e.expr,
            Expr::Reference(e) => &e.expr,
            Expr::Unary(e) => &e.expr,
            other => return other,
        };
    }
}

impl Ends for Pat {
    fn lo(&self) -> Mark {
        match self {
            Self::Guard(p) => p.pat.lo(),
            Self::Ident(p) if p.by_ref.is_none() && p.mutability.is_none() => p.ident.span(),
            Self::Paren(p) => p.paren_token.span.open(),
            Self::Reference(p) => p.and_token.spans[0],
            Self::Slice(p) => p.bracket_token.span.open(),
            Self::Tuple(p) => p.paren_token.span.open(),
            Self::TupleStruct(p) if p.qself.is_none() => p.path.lo(),
            Self::Struct(p) if p.qself.is_none() => p.path.lo(),
            Self::Type(p) => p.pat.lo(),
            other => Printed(other).lo(),
        }
    }

    fn hi(&self) -> Mark {
        match self {
            Self::Guard(p) => p.guard.hi(),
            Self::Ident(p) => p
                .subpat
                .as_ref()
                .map_or(p.ident.span(), |(_, sub)| sub.hi()),
            Self::Paren(p) => p.paren_token.span.close(),
            Self::Reference(p) => p.pat.hi(),
            Self::Slice(p) => p.bracket_token.span.close(),
            Self::Tuple(p) => p.paren_token.span.close(),
            Self::TupleStruct(p) => p.paren_token.span.close(),
            Self::Struct(p) => p.brace_token.span.close(),
            other => Printed(other).hi(),
        }
    }
}

impl Ends for syn::Block {
    fn lo(&self) -> Mark {
        self.brace_token.span.open()
    }

    fn hi(&self) -> Mark {
        self.brace_token.span.close()
    }
}

impl Ends for Stmt {
    fn lo(&self) -> Mark {
        match self {
            Self::Local(local) => local.let_token.span,
            Self::Item(item) => Printed(item).lo(),
            Self::Expr(e, _) => e.lo(),
            Self::Macro(m) => m.mac.lo(),
        }
    }

    fn hi(&self) -> Mark {
        match self {
            Self::Local(local) => local.semi_token.spans[0],
            Self::Item(item) => Printed(item).hi(),
            Self::Expr(e, semi) => semi.as_ref().map_or_else(|| e.hi(), |s| s.spans[0]),
            Self::Macro(m) => m
                .semi_token
                .as_ref()
                .map_or_else(|| m.mac.hi(), |s| s.spans[0]),
        }
    }
}
