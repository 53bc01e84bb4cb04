//! SDKs that answer with an error where the released one traps.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::flow::interp::Interp;
use crate::ir::{Block, Body, ModuleId, Operand, PlaceBase, StmtKind, Test, TestKind};

impl Interp<'_> {
    /// Whether code beside the current function looks for the host's status `BadArgument` in an error.
    /// The released SDK panics on it (`hostcalls.rs`: `unexpected status`), so whoever looks for it has
    /// a fork that hands it over, as Kuadrant's does.
    pub(super) fn heeds_status(&mut self) -> bool {
        let modules = match &self.heeding {
            Some(known) => known.clone(),
            None => {
                let functions = self.r.program.functions.iter();
                let heeding = functions.filter(|f| f.body.as_ref().is_some_and(|b| in_body(b)));
                let modules: Rc<FxHashSet<ModuleId>> = Rc::new(heeding.map(|f| f.module).collect());
                self.heeding = Some(modules.clone());
                modules
            }
        };
        let frame = self.frames.last();
        frame.is_some_and(|f| modules.contains(&f.module))
    }
}

fn in_body(body: &Body) -> bool {
    in_block(&body.block) || body.closures.iter().any(|c| in_body(&c.body))
}

fn in_block(block: &Block) -> bool {
    block.stmts.iter().any(|s| match &s.kind {
        StmtKind::Switch(switch) => switch.arms.iter().any(|arm| {
            in_block(&arm.body)
                || arm.conds.iter().any(|c| {
                    c.tests.iter().any(is_status) || in_block(&c.setup) || in_block(&c.bind)
                })
        }),
        StmtKind::Loop { body, .. } | StmtKind::Labelled { body, .. } => in_block(body),
        _ => false,
    })
}

fn is_status(test: &Test) -> bool {
    match &test.kind {
        TestKind::Variant(path) => path.last() == "BadArgument",
        TestKind::Equals(Operand::Place(p)) => {
            matches!(&p.base, PlaceBase::Path(path) if path.last() == "BadArgument")
        }
        _ => false,
    }
}
