//! Conditions of `if`, `while` and guards.

use syn::{BinOp, Expr, ExprBinary, ExprUnary, UnOp};

use super::body::Lower;
use super::expr::peel;
use crate::ir::{Block, Cond, Test, TestKind};

impl Lower<'_, '_> {
    /// A condition as tests in order: `a && let P = b && !c` are three. What its patterns bind is
    /// declared in the current scope.
    pub(super) fn conditions(&mut self, e: &Expr) -> Vec<Cond> {
        let mut out = Vec::new();
        self.condition(e, false, &mut out);
        out
    }

    /// The condition that `e` is false.
    pub(super) fn negated(&mut self, e: &Expr) -> Vec<Cond> {
        let mut out = Vec::new();
        self.condition(e, true, &mut out);
        out
    }

    fn condition(&mut self, e: &Expr, negated: bool, out: &mut Vec<Cond>) {
        match peel(e) {
            Expr::Binary(ExprBinary {
                left, op, right, ..
            }) if matches!((op, negated), (BinOp::And(_), false) | (BinOp::Or(_), true)) => {
                self.condition(left, negated, out);
                self.condition(right, negated, out);
            }
            Expr::Unary(ExprUnary {
                op: UnOp::Not(_),
                expr,
                ..
            }) => self.condition(expr, !negated, out),
            Expr::Let(binding) if !negated => {
                let mut place = None;
                let setup = self.block(|s| {
                    let value = s.rvalue(&binding.expr);
                    let at = s.span(&*binding.expr);
                    place = Some(s.place_of(value, at));
                });
                let Some(place) = place else { return };
                let matched = self.pattern(&binding.pat, &place, None);
                let span = self.span(e);
                out.push(matched.cond(setup, span));
            }
            Expr::Macro(m) if !negated && self.matches_condition(&m.mac, out) => {}
            other => {
                let span = self.span(other);
                let mut place = None;
                let setup = self.block(|s| {
                    let value = s.rvalue(other);
                    place = Some(s.place_of(value, span));
                });
                let Some(place) = place else { return };
                out.push(Cond {
                    setup,
                    tests: vec![Test {
                        place,
                        kind: TestKind::Truth { negated },
                    }],
                    alternatives: false,
                    bind: Block::default(),
                    span,
                });
            }
        }
    }
}
