//! Renumbers the locals of a closure once its captures are known.

use super::body::FIRST_CAPTURE;
use crate::ir::{
    Block, Callee, LocalId, Operand, Place, PlaceBase, Projection, Rvalue, StmtKind, TestKind,
};

/// Puts `captures` captured variables before the other locals. Closures inside have locals of
/// their own; only what they capture is renumbered.
pub(super) fn body(block: &mut Block, captures: u32) {
    Remap { captures }.block(block);
}

struct Remap {
    captures: u32,
}

impl Remap {
    fn local(&self, local: &mut LocalId) {
        local.0 = match local.0.checked_sub(FIRST_CAPTURE) {
            Some(index) => index,
            None => local.0 + self.captures,
        };
    }

    fn block(&self, block: &mut Block) {
        for stmt in &mut block.stmts {
            self.stmt(&mut stmt.kind);
        }
    }

    fn stmt(&self, stmt: &mut StmtKind) {
        match stmt {
            StmtKind::Assign { dst, value, .. } => {
                self.place(dst);
                self.rvalue(value);
            }
            StmtKind::Switch(switch) => {
                if let Some(result) = &mut switch.result {
                    self.local(result);
                }
                for arm in &mut switch.arms {
                    for cond in &mut arm.conds {
                        self.block(&mut cond.setup);
                        for test in &mut cond.tests {
                            self.place(&mut test.place);
                            if let TestKind::Equals(value) = &mut test.kind {
                                self.operand(value);
                            }
                        }
                        self.block(&mut cond.bind);
                    }
                    self.block(&mut arm.body);
                }
            }
            StmtKind::Loop { body, .. } | StmtKind::Labelled { body, .. } => self.block(body),
            StmtKind::Return { value, .. } => self.operand(value),
            StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Diverge
            | StmtKind::Unreachable => {}
        }
    }

    fn place(&self, place: &mut Place) {
        if let PlaceBase::Local(local) = &mut place.base {
            self.local(local);
        }
        for step in &mut place.proj {
            if let Projection::Index(key) = step {
                self.operand(key);
            }
        }
    }

    fn operand(&self, operand: &mut Operand) {
        if let Operand::Place(place) = operand {
            self.place(place);
        }
    }

    fn operands(&self, operands: &mut [Operand]) {
        for operand in operands {
            self.operand(operand);
        }
    }

    fn rvalue(&self, value: &mut Rvalue) {
        match value {
            Rvalue::Use(value)
            | Rvalue::Unary { value, .. }
            | Rvalue::Cast { value, .. }
            | Rvalue::Await(value) => self.operand(value),
            Rvalue::Ref { place, .. } => self.place(place),
            Rvalue::Struct { fields, base, .. } => {
                for field in fields {
                    self.operand(&mut field.value);
                }
                if let Some(base) = base {
                    self.operand(base);
                }
            }
            Rvalue::Tuple(args)
            | Rvalue::Array(args)
            | Rvalue::Format { args, .. }
            | Rvalue::Mix { args, .. } => self.operands(args),
            Rvalue::Binary { left, right, .. } => {
                self.operand(left);
                self.operand(right);
            }
            Rvalue::Call(call) => {
                if let Callee::Value(callee) = &mut call.callee {
                    self.operand(callee);
                }
                self.operands(&mut call.args);
            }
            Rvalue::Closure { captures, .. } => {
                for capture in captures {
                    self.local(&mut capture.local);
                }
            }
        }
    }
}
