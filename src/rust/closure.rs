//! Closures and `async` blocks: bodies of their own, with captures.

use syn::{ExprAsync, ExprClosure, Pat};

use super::body::{Frame, Lower};
use super::id32;
use crate::ir::{Capture, Closure, ClosureKind, Operand, Place, Rvalue, StmtKind, Type};
use crate::source::Span;

impl Lower<'_, '_> {
    pub(super) fn closure(&mut self, e: &ExprClosure, span: Span) -> Rvalue {
        let by_value = e.capture.is_some();
        self.frames.push(Frame::new(by_value));
        let mut param_types = Vec::new();
        let inputs: Vec<&Pat> = e.inputs.iter().collect();
        let patterns: Vec<_> = inputs
            .into_iter()
            .map(|pat| {
                let (pat, ty) = match pat {
                    Pat::Type(typed) => (&*typed.pat, Some(self.ty(&typed.ty))),
                    other => (other, None),
                };
                param_types.push(ty.clone());
                (pat, ty)
            })
            .collect();
        let params = patterns.len();
        self.params(&patterns);
        let value = if e.asyncness.is_some() {
            let future = self.future(by_value, span, |s| s.operand(&e.body));
            self.operand_of(future, span)
        } else {
            self.operand(&e.body)
        };
        self.leave(value);
        self.close(ClosureKind::Closure, param_types, params, span)
    }

    pub(super) fn async_block(&mut self, e: &ExprAsync, span: Span) -> Rvalue {
        self.future(e.capture.is_some(), span, |s| {
            let value = s.block_value(&e.block, span);
            s.operand_of(value, span)
        })
    }

    fn future(
        &mut self,
        by_value: bool,
        span: Span,
        work: impl FnOnce(&mut Self) -> Operand,
    ) -> Rvalue {
        self.frames.push(Frame::new(by_value));
        let value = work(self);
        self.leave(value);
        self.close(ClosureKind::Async, Vec::new(), 0, span)
    }

    /// `return value` at the end of a body.
    pub(super) fn leave(&mut self, value: Operand) {
        let span = match &value {
            Operand::Place(Place { span, .. }) | Operand::Const(_, span) => *span,
        };
        let kind = StmtKind::Return {
            value,
            question_mark: false,
        };
        self.emit(kind, span);
    }

    fn close(
        &mut self,
        kind: ClosureKind,
        param_types: Vec<Option<Type>>,
        params: usize,
        span: Span,
    ) -> Rvalue {
        let Some(frame) = self.frames.pop() else {
            return super::body::unit(span);
        };
        let captures = frame
            .captures
            .iter()
            .map(|c| Capture {
                local: c.outer,
                by_ref: c.by_ref,
            })
            .collect();
        let body = frame.into_body(params);
        let closures = &mut self.frame().closures;
        let index = id32(closures.len());
        closures.push(Closure {
            kind,
            param_types,
            body,
            span,
        });
        Rvalue::Closure { index, captures }
    }
}
