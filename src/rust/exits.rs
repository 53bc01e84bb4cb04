//! `break`, `continue` and `return`.

use syn::Expr;

use super::body::{Lower, TargetKind};
use super::name_of;
use crate::ir::{AssignKind, Const, LabelId, LocalId, Operand, StmtKind, Symbol};

impl Lower<'_, '_> {
    /// `break`, `continue`, `return`.
    pub(super) fn exit(&mut self, e: &Expr) {
        let span = self.span(e);
        match e {
            Expr::Return(r) => {
                let value = match &r.expr {
                    Some(value) => self.operand(value),
                    None => Operand::Const(Const::Unit, span),
                };
                let kind = StmtKind::Return {
                    value,
                    question_mark: false,
                };
                self.emit(kind, span);
            }
            Expr::Break(b) => {
                let name = b.label.as_ref().map(|l| name_of(&l.ident));
                let target = self.target(name);
                match (&b.expr, target.and_then(|(_, result)| result)) {
                    (Some(value), Some(result)) => self.into(value, result, AssignKind::Leave),
                    (Some(value), None) => self.discard(value),
                    (None, _) => {}
                }
                let kind = match target {
                    Some((label, _)) => StmtKind::Break(label),
                    None => StmtKind::Unreachable,
                };
                self.emit(kind, span);
            }
            Expr::Continue(c) => {
                let name = c.label.as_ref().map(|l| name_of(&l.ident));
                let kind = match self.target(name) {
                    Some((label, _)) => StmtKind::Continue(label),
                    None => StmtKind::Unreachable,
                };
                self.emit(kind, span);
            }
            _ => {}
        }
    }

    fn target(&mut self, name: Option<Symbol>) -> Option<(LabelId, Option<LocalId>)> {
        let mut targets = self.frame().targets.iter().rev();
        let target = match name {
            Some(name) => targets.find(|t| t.name == Some(name)),
            None => targets.find(|t| t.kind == TargetKind::Loop),
        };
        target.map(|t| (t.label, t.result))
    }
}
