//! Blocks and statements.

use syn::{Block, Expr, ExprMacro, Local, Pat, Stmt};

use super::body::{Lower, unit};
use super::spans::Ends;
use crate::ir::{Arm, AssignKind, LocalId, Rvalue, StmtKind, Switch, Type};
use crate::source::Span;

/// The statements of a block without its final expression, and that.
struct Parts<'b> {
    stmts: Vec<&'b Stmt>,
    tail: Option<Tail<'b>>,
}

enum Tail<'b> {
    Expr(&'b Expr),
    Macro(Box<Expr>),
}

impl Tail<'_> {
    fn expr(&self) -> &Expr {
        match self {
            Self::Expr(e) => e,
            Self::Macro(e) => e,
        }
    }
}

impl Lower<'_, '_> {
    fn parts<'b>(&self, stmts: &'b [Stmt]) -> Parts<'b> {
        let mut stmts: Vec<_> = stmts.iter().filter(|s| self.stmt_active(s)).collect();
        let tail = match stmts.last() {
            Some(Stmt::Expr(e, None)) => Some(Tail::Expr(e)),
            Some(Stmt::Macro(m)) if m.semi_token.is_none() => {
                Some(Tail::Macro(Box::new(Expr::Macro(ExprMacro {
                    attrs: Vec::new(),
                    mac: m.mac.clone(),
                }))))
            }
            _ => None,
        };
        if tail.is_some() {
            stmts.pop();
        }
        Parts { stmts, tail }
    }

    fn stmt_active(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Local(s) => self.active(&s.attrs),
            Stmt::Macro(s) => self.active(&s.attrs),
            Stmt::Expr(e, _) => self.active(expr_attrs(e)),
            // Items look at their attributes themselves.
            Stmt::Item(_) => true,
        }
    }

    /// A block for its value.
    pub(super) fn block_value(&mut self, block: &Block, span: Span) -> Rvalue {
        self.stmts_value(&block.stmts, span)
    }

    /// Statements in a scope of their own, for the value of the last.
    pub(super) fn stmts_value(&mut self, stmts: &[Stmt], span: Span) -> Rvalue {
        self.scoped(|s| {
            let parts = s.parts(stmts);
            s.stmts(&parts.stmts);
            match &parts.tail {
                Some(tail) => s.rvalue(tail.expr()),
                None => unit(span),
            }
        })
    }

    /// A block whose value goes to `dst`.
    pub(super) fn block_into(&mut self, block: &Block, dst: LocalId, kind: AssignKind, span: Span) {
        self.scoped(|s| {
            let parts = s.parts(&block.stmts);
            s.stmts(&parts.stmts);
            match &parts.tail {
                Some(tail) => s.into(tail.expr(), dst, kind),
                None => s.assign(dst, unit(span), kind, span),
            }
        });
    }

    /// A block for what it does.
    pub(super) fn block_discard(&mut self, block: &Block) {
        self.scoped(|s| s.stmts_discard(&block.stmts));
    }

    /// Statements in the current scope, for what they do.
    pub(super) fn stmts_discard(&mut self, stmts: &[Stmt]) {
        let parts = self.parts(stmts);
        self.stmts(&parts.stmts);
        if let Some(tail) = &parts.tail {
            self.discard(tail.expr());
        }
    }

    fn stmts(&mut self, stmts: &[&Stmt]) {
        // Items are visible before their declaration.
        for stmt in stmts {
            if let Stmt::Item(item) = stmt {
                let module = self.items_module();
                self.item(item, module);
            }
        }
        for stmt in stmts {
            match stmt {
                Stmt::Local(local) => self.local(local),
                Stmt::Item(_) => {}
                Stmt::Expr(e, _) => self.discard(e),
                Stmt::Macro(m) => self.macro_stmt(&m.mac),
            }
        }
    }

    /// The module of the items that this function's body declares.
    pub(super) fn items_module(&mut self) -> crate::ir::ModuleId {
        if let Some(module) = self.block_module {
            return module;
        }
        let around = self.module;
        let module = self.block_module(around);
        self.block_module = Some(module);
        module
    }

    fn local(&mut self, local: &Local) {
        let span = self.between(local.lo(), local.hi());
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(self.ty(&typed.ty))),
            other => (other, None),
        };
        let Some(init) = &local.init else {
            // The value comes later.
            self.declare_bindings(pat, ty);
            return;
        };
        if let Some((_, diverge)) = &init.diverge {
            self.let_else(pat, &init.expr, diverge, span);
            return;
        }
        match simple_binding(pat) {
            Some(ident) => {
                let at = self.mark(ident.span());
                let name = super::name_of(ident);
                let id = self.new_local(Some(name), ty, at);
                self.into(&init.expr, id, AssignKind::Init);
                self.declare(name, id);
            }
            None => {
                let value = self.rvalue(&init.expr);
                let at = self.span(&*init.expr);
                let place = self.place_of(value, at);
                let matched = self.pattern(pat, &place, ty);
                self.append(matched.bind);
            }
        }
    }

    fn let_else(&mut self, pat: &Pat, init: &Expr, diverge: &Expr, span: Span) {
        let mut place = None;
        let setup = self.block(|s| {
            let value = s.rvalue(init);
            let at = s.span(init);
            place = Some(s.place_of(value, at));
        });
        let Some(place) = place else { return };
        // The else block does not see the bindings.
        let other = self.block(|s| s.discard(diverge));
        let matched = self.pattern(pat, &place, None);
        let at = self.span(pat);
        let arms = vec![
            Arm {
                conds: vec![matched.cond(setup, at)],
                body: crate::ir::Block::default(),
                span: at,
            },
            Arm {
                conds: Vec::new(),
                body: other,
                span: self.span(diverge),
            },
        ];
        self.emit(StmtKind::Switch(Switch { arms, result: None }), span);
    }

    /// The parameters of a function or closure: named locals, or patterns taken apart.
    pub(super) fn params(&mut self, params: &[(&Pat, Option<Type>)]) {
        let mut later = Vec::new();
        for (pat, ty) in params {
            let span = self.span(*pat);
            match simple_binding(pat) {
                Some(ident) => {
                    let name = super::name_of(ident);
                    let id = self.new_local(Some(name), ty.clone(), span);
                    self.declare(name, id);
                }
                None => {
                    let id = self.new_local(None, ty.clone(), span);
                    later.push((*pat, crate::ir::Place::local(id, span)));
                }
            }
        }
        for (pat, place) in later {
            let matched = self.pattern(pat, &place, None);
            self.append(matched.bind);
        }
    }
}

impl Ends for Local {
    fn lo(&self) -> proc_macro2::Span {
        self.let_token.span
    }

    fn hi(&self) -> proc_macro2::Span {
        self.semi_token.spans[0]
    }
}

/// The name of a pattern that is just a name.
pub(super) fn simple_binding(pat: &Pat) -> Option<&proc_macro2::Ident> {
    match pat {
        Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => Some(&p.ident),
        Pat::Paren(p) => simple_binding(&p.pat),
        _ => None,
    }
}

/// The outer attributes of an expression.
pub(super) fn expr_attrs(e: &Expr) -> &[syn::Attribute] {
    match e {
        Expr::Array(e) => &e.attrs,
        Expr::Assign(e) => &e.attrs,
        Expr::Async(e) => &e.attrs,
        Expr::Await(e) => &e.attrs,
        Expr::Binary(e) => &e.attrs,
        Expr::Block(e) => &e.attrs,
        Expr::Break(e) => &e.attrs,
        Expr::Call(e) => &e.attrs,
        Expr::Cast(e) => &e.attrs,
        Expr::Closure(e) => &e.attrs,
        Expr::Continue(e) => &e.attrs,
        Expr::Field(e) => &e.attrs,
        Expr::ForLoop(e) => &e.attrs,
        Expr::If(e) => &e.attrs,
        Expr::Index(e) => &e.attrs,
        Expr::Lit(e) => &e.attrs,
        Expr::Loop(e) => &e.attrs,
        Expr::Macro(e) => &e.attrs,
        Expr::Match(e) => &e.attrs,
        Expr::MethodCall(e) => &e.attrs,
        Expr::Paren(e) => &e.attrs,
        Expr::Path(e) => &e.attrs,
        Expr::Reference(e) => &e.attrs,
        Expr::Return(e) => &e.attrs,
        Expr::Struct(e) => &e.attrs,
        Expr::Try(e) => &e.attrs,
        Expr::Tuple(e) => &e.attrs,
        Expr::Unary(e) => &e.attrs,
        Expr::Unsafe(e) => &e.attrs,
        Expr::While(e) => &e.attrs,
        _ => &[],
    }
}
