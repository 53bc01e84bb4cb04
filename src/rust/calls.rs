//! Calls of functions, methods and values.

use syn::{Expr, ExprCall, ExprMethodCall};

use super::body::{Lower, unit};
use super::expr::peel;
use super::name_of;
use crate::ir::{Call, Callee, Operand, Path, PlaceBase, Rvalue, StmtKind};

impl Lower<'_, '_> {
    pub(super) fn call(&mut self, call: &ExprCall, e: &Expr) -> Rvalue {
        let callee = peel(&call.func);
        let callee_span = self.span(callee);
        let mut name_span = callee_span;
        let callee = match callee {
            Expr::Path(p) => {
                let place = self.place(callee);
                if let Some(last) = p.path.segments.last() {
                    name_span = self.mark(last.ident.span());
                }
                match place.base {
                    PlaceBase::Path(path) => Callee::Path(path),
                    PlaceBase::Local(_) => Callee::Value(Operand::Place(place)),
                }
            }
            other => Callee::Value(self.operand(other)),
        };
        let args = self.operands(&call.args);
        let ends = matches!(&callee, Callee::Path(path) if never_returns(path));
        let value = Rvalue::Call(Call {
            callee,
            args,
            type_args: Vec::new(),
            span: self.span(e),
            name_span,
            discarded: false,
        });
        if ends {
            let span = self.span(e);
            self.place_of(value, span);
            self.emit(StmtKind::Diverge, span);
            return unit(span);
        }
        value
    }

    pub(super) fn method_call(&mut self, call: &ExprMethodCall, e: &Expr) -> Rvalue {
        let receiver = self.operand(&call.receiver);
        let mut args = vec![receiver];
        args.extend(call.args.iter().map(|arg| self.operand(arg)));
        let type_args = match &call.turbofish {
            Some(turbofish) => self.type_args(turbofish),
            None => Vec::new(),
        };
        Rvalue::Call(Call {
            callee: Callee::Method(name_of(&call.method)),
            args,
            type_args,
            span: self.span(e),
            name_span: self.mark(call.method.span()),
            discarded: false,
        })
    }
}

/// `process::exit` and `process::abort`.
fn never_returns(path: &Path) -> bool {
    match path.segments.as_slice() {
        [.., module, name] => {
            module.name == "process" && matches!(name.name.as_str(), "exit" | "abort")
        }
        _ => false,
    }
}
