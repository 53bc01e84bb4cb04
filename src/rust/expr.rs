//! Expressions.

use syn::{BinOp, Expr, ExprAssign, ExprBinary, ExprStruct, ExprUnary, Lit, UnOp};

use super::body::{Lower, mix, path_place, project, unit, use_place};
use super::name_of;
use super::types::member;
use crate::ir::{
    AssignKind, BinaryOp, Const, FieldInit, LocalId, Operand, Place, Projection, Rvalue, Symbol,
    UnaryOp,
};
use crate::source::Span;

impl Lower<'_, '_> {
    /// The value of an expression, without a temporary for its outermost operation. Places stay
    /// places: [`Rvalue::Use`].
    pub(super) fn rvalue(&mut self, e: &Expr) -> Rvalue {
        match e {
            Expr::Paren(e) => self.rvalue(&e.expr),
            Expr::Group(e) => self.rvalue(&e.expr),
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => use_place(self.place(e)),
            Expr::Unary(u) => self.unary(u, e),
            Expr::Lit(l) => {
                let span = self.span(e);
                Rvalue::Use(Operand::Const(constant(&l.lit), span))
            }
            Expr::Call(call) => self.call(call, e),
            Expr::MethodCall(call) => self.method_call(call, e),
            Expr::Binary(b) => self.binary(b, e),
            Expr::Reference(r) => Rvalue::Ref {
                mutable: r.mutability.is_some(),
                place: self.place(&r.expr),
            },
            Expr::RawAddr(r) => Rvalue::Ref {
                mutable: matches!(r.mutability, syn::PointerMutability::Mut(_)),
                place: self.place(&r.expr),
            },
            Expr::Block(b) if b.label.is_none() => {
                let span = self.span(e);
                self.block_value(&b.block, span)
            }
            Expr::Unsafe(b) => {
                let span = self.span(e);
                self.block_value(&b.block, span)
            }
            Expr::Const(b) => {
                let span = self.span(e);
                self.block_value(&b.block, span)
            }
            Expr::If(_)
            | Expr::Match(_)
            | Expr::Loop(_)
            | Expr::Try(_)
            | Expr::TryBlock(_)
            | Expr::Block(_)
            | Expr::Let(_) => self.through_temp(e),
            Expr::While(_)
            | Expr::ForLoop(_)
            | Expr::Assign(_)
            | Expr::Break(_)
            | Expr::Continue(_)
            | Expr::Return(_) => {
                self.discard(e);
                let span = self.span(e);
                unit(span)
            }
            Expr::Macro(m) => {
                let span = self.span(e);
                self.macro_value(&m.mac, span)
            }
            Expr::Struct(s) => self.struct_literal(s),
            Expr::Tuple(t) if t.elems.is_empty() => {
                let span = self.span(e);
                unit(span)
            }
            Expr::Tuple(t) => Rvalue::Tuple(self.operands(&t.elems)),
            Expr::Array(a) => Rvalue::Array(self.operands(&a.elems)),
            Expr::Repeat(r) => {
                let value = self.operand(&r.expr);
                Rvalue::Array(vec![value])
            }
            Expr::Cast(c) => {
                let value = self.operand(&c.expr);
                let ty = self.ty(&c.ty);
                Rvalue::Cast { value, ty }
            }
            Expr::Closure(c) => {
                let span = self.span(e);
                self.closure(c, span)
            }
            Expr::Async(a) => {
                let span = self.span(e);
                self.async_block(a, span)
            }
            Expr::Await(a) => Rvalue::Await(self.operand(&a.base)),
            // `..` is a value without anything in it.
            Expr::Range(r) if r.start.is_none() && r.end.is_none() => unit(self.span(e)),
            Expr::Range(r) => {
                let ends = r.start.iter().chain(&r.end);
                mix(ends.map(|end| self.operand(end)).collect())
            }
            Expr::Yield(y) => mix(y.expr.iter().map(|value| self.operand(value)).collect()),
            Expr::Verbatim(tokens) => mix(self.variables_in(tokens.clone())),
            _ => mix(Vec::new()),
        }
    }

    /// A choice or a block with exits: its value goes through a temporary.
    fn through_temp(&mut self, e: &Expr) -> Rvalue {
        let span = self.span(e);
        let temp = self.temp(span);
        self.into(e, temp, AssignKind::Init);
        use_place(Place::local(temp, span))
    }

    pub(super) fn operand(&mut self, e: &Expr) -> Operand {
        match self.rvalue(e) {
            Rvalue::Use(operand) => operand,
            value => {
                let span = self.span(e);
                self.operand_of(value, span)
            }
        }
    }

    pub(super) fn operands<'e>(&mut self, es: impl IntoIterator<Item = &'e Expr>) -> Vec<Operand> {
        es.into_iter().map(|e| self.operand(e)).collect()
    }

    /// The place that an expression names; a value goes to a temporary.
    pub(super) fn place(&mut self, e: &Expr) -> Place {
        match e {
            Expr::Paren(e) => self.place(&e.expr),
            Expr::Group(e) => self.place(&e.expr),
            Expr::Path(p) => {
                let span = self.span(e);
                if p.qself.is_none()
                    && let Some(ident) = p.path.get_ident()
                    && let Some(place) = self.variable(name_of(ident), span)
                {
                    return place;
                }
                let path = self.path(p.qself.as_ref(), &p.path);
                path_place(path, span)
            }
            Expr::Field(f) => {
                let base = self.place(&f.base);
                let span = self.span(e);
                push(base, Projection::Field(member(&f.member)), span)
            }
            Expr::Index(i) => {
                let base = self.place(&i.expr);
                let key = Box::new(self.operand(&i.index));
                let span = self.span(e);
                push(base, Projection::Index(key), span)
            }
            Expr::Unary(ExprUnary {
                op: UnOp::Deref(_),
                expr,
                ..
            }) => {
                let base = self.place(expr);
                let span = self.span(e);
                push(base, Projection::Deref, span)
            }
            _ => {
                let value = self.rvalue(e);
                match value {
                    Rvalue::Use(Operand::Place(place)) => place,
                    value => {
                        let span = self.span(e);
                        self.place_of(value, span)
                    }
                }
            }
        }
    }

    /// Evaluates an expression into a local. Choices assign it in each arm.
    pub(super) fn into(&mut self, e: &Expr, dst: LocalId, kind: AssignKind) {
        match e {
            Expr::Paren(e) => self.into(&e.expr, dst, kind),
            Expr::Group(e) => self.into(&e.expr, dst, kind),
            Expr::Block(b) if b.label.is_none() => {
                let span = self.span(e);
                self.block_into(&b.block, dst, kind, span);
            }
            Expr::Unsafe(b) => {
                let span = self.span(e);
                self.block_into(&b.block, dst, kind, span);
            }
            Expr::If(_)
            | Expr::Match(_)
            | Expr::Loop(_)
            | Expr::Try(_)
            | Expr::TryBlock(_)
            | Expr::Block(_)
            | Expr::Let(_) => self.choice(e, Some(dst)),
            Expr::Binary(b) if matches!(b.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.choice(e, Some(dst));
            }
            _ => {
                let value = self.rvalue(e);
                let span = self.span(e);
                self.assign(dst, value, kind, span);
            }
        }
    }

    /// Evaluates an expression for what it does.
    pub(super) fn discard(&mut self, e: &Expr) {
        match e {
            Expr::Paren(e) => self.discard(&e.expr),
            Expr::Group(e) => self.discard(&e.expr),
            Expr::Block(b) if b.label.is_none() => self.block_discard(&b.block),
            Expr::Unsafe(b) => self.block_discard(&b.block),
            Expr::If(_)
            | Expr::Match(_)
            | Expr::Loop(_)
            | Expr::While(_)
            | Expr::ForLoop(_)
            | Expr::Block(_) => self.choice(e, None),
            Expr::Break(_) | Expr::Continue(_) | Expr::Return(_) => self.exit(e),
            Expr::Assign(a) => {
                let span = self.span(e);
                self.assignment(a, span);
            }
            Expr::Macro(m) => self.macro_stmt(&m.mac),
            _ => {
                let mut value = self.rvalue(e);
                if let Rvalue::Call(call) = &mut value {
                    call.discarded = true;
                }
                if !matches!(value, Rvalue::Use(_)) {
                    let span = self.span(e);
                    self.place_of(value, span);
                }
            }
        }
    }

    fn assignment(&mut self, a: &ExprAssign, span: Span) {
        match peel(&a.left) {
            Expr::Infer(_) => self.discard(&a.right),
            Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) | Expr::Call(_) => {
                let value = self.place(&a.right);
                self.destructure(&a.left, value, span);
            }
            left => {
                let value = self.rvalue(&a.right);
                let dst = self.place(left);
                self.assign_place(dst, value, AssignKind::Write, span);
            }
        }
    }

    /// `(a, self.b) = value`.
    fn destructure(&mut self, left: &Expr, value: Place, span: Span) {
        let at = value.span;
        let numbered = |n: usize| Projection::Field(Symbol::new(&n.to_string()));
        match peel(left) {
            Expr::Infer(_) | Expr::Range(_) => {}
            Expr::Tuple(t) => {
                for (n, part) in t.elems.iter().enumerate() {
                    self.destructure(part, project(&value, numbered(n), at), span);
                }
            }
            Expr::Array(a) => {
                for part in &a.elems {
                    self.destructure(part, project(&value, Projection::Element, at), span);
                }
            }
            Expr::Call(c) => {
                for (n, part) in c.args.iter().enumerate() {
                    self.destructure(part, project(&value, numbered(n), at), span);
                }
            }
            Expr::Struct(s) => {
                for field in &s.fields {
                    let step = Projection::Field(member(&field.member));
                    self.destructure(&field.expr, project(&value, step, at), span);
                }
            }
            other => {
                let dst = self.place(other);
                self.assign_place(dst, use_place(value), AssignKind::Write, span);
            }
        }
    }

    fn unary(&mut self, u: &ExprUnary, e: &Expr) -> Rvalue {
        let op = match &u.op {
            UnOp::Not(_) => UnaryOp::Not,
            UnOp::Neg(_) => UnaryOp::Neg,
            _ => return use_place(self.place(e)),
        };
        let value = self.operand(&u.expr);
        if let (UnaryOp::Neg, Operand::Const(Const::Int(n), _)) = (op, &value)
            && let Some(number) = n.checked_neg()
        {
            let span = self.span(e);
            return Rvalue::Use(Operand::Const(Const::Int(number), span));
        }
        Rvalue::Unary { op, value }
    }

    fn binary(&mut self, b: &ExprBinary, e: &Expr) -> Rvalue {
        let (op, compound) = match &b.op {
            BinOp::And(_) | BinOp::Or(_) => return self.through_temp(e),
            BinOp::Eq(_) => (BinaryOp::Eq, false),
            BinOp::Ne(_) => (BinaryOp::Ne, false),
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => (BinaryOp::Order, false),
            BinOp::BitXor(_) | BinOp::BitAnd(_) | BinOp::BitOr(_) => (BinaryOp::Bits, false),
            BinOp::BitXorAssign(_) | BinOp::BitAndAssign(_) | BinOp::BitOrAssign(_) => {
                (BinaryOp::Bits, true)
            }
            BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_) => (BinaryOp::Arithmetic, true),
            _ => (BinaryOp::Arithmetic, false),
        };
        if !compound {
            let left = self.operand(&b.left);
            let right = self.operand(&b.right);
            return Rvalue::Binary { op, left, right };
        }
        let right = self.operand(&b.right);
        let dst = self.place(&b.left);
        let span = self.span(e);
        let value = Rvalue::Binary {
            op,
            left: Operand::Place(dst.clone()),
            right,
        };
        self.assign_place(dst, value, AssignKind::Compound, span);
        unit(span)
    }

    fn struct_literal(&mut self, s: &ExprStruct) -> Rvalue {
        let path = self.path(s.qself.as_ref(), &s.path);
        let mut fields = Vec::new();
        for field in &s.fields {
            if !self.active(&field.attrs) {
                continue;
            }
            let value = self.operand(&field.expr);
            let lo = match &field.member {
                syn::Member::Named(ident) => ident.span(),
                syn::Member::Unnamed(index) => index.span,
            };
            let hi = super::spans::Ends::hi(&field.expr);
            fields.push(FieldInit {
                name: member(&field.member),
                value,
                span: self.between(lo, hi),
            });
        }
        let base = s.rest.as_ref().map(|rest| self.operand(rest));
        Rvalue::Struct { path, fields, base }
    }
}

fn push(mut place: Place, step: Projection, span: Span) -> Place {
    place.proj.push(step);
    place.span = span;
    place
}

/// The expression without parentheses and the invisible delimiters of macro arguments.
pub(super) fn peel(mut e: &Expr) -> &Expr {
    loop {
        e = match e {
            Expr::Paren(inner) => &inner.expr,
            Expr::Group(inner) => &inner.expr,
            other => return other,
        };
    }
}

/// A literal.
pub(super) fn constant(lit: &Lit) -> Const {
    match lit {
        Lit::Str(text) => Const::Str(Symbol::new(&text.value())),
        Lit::ByteStr(bytes) => match std::str::from_utf8(&bytes.value()) {
            Ok(text) => Const::Str(Symbol::new(text)),
            Err(_) => literal(&bytes.value()),
        },
        Lit::Byte(byte) => Const::Int(i128::from(byte.value())),
        Lit::Int(int) => match int.base10_digits().parse() {
            Ok(number) => Const::Int(number),
            Err(_) => Const::Literal(Symbol::new(int.base10_digits())),
        },
        Lit::Bool(b) => Const::Bool(b.value),
        Lit::Char(c) => literal(&c.value()),
        Lit::Float(f) => f
            .base10_parse::<f64>()
            .map_or(Const::Other, |f| literal(&f)),
        _ => Const::Other,
    }
}

fn literal(value: &impl std::fmt::Debug) -> Const {
    Const::Literal(Symbol::new(&format!("{value:?}")))
}
