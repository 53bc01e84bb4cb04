//! Loops that never go round: `while let Some(x) = y { ..; break; }` is `if let` in other words, and
//! becomes the same code, so that its end is judged as that of a choice.

use crate::ir::{Block, LabelId, Stmt, StmtKind, Switch};

/// Bodies with more levels than this are not looked at: in deep code each loop would walk all that is in it.
const MAX_LEVELS: u32 = 32;

/// Whether the body of a loop runs once. If so, it loses the breaks that lead to what comes next anyway;
/// those that are left need a block with the loop's label around it, see [`breaks_to`].
pub(super) fn once(body: &mut Block, label: LabelId) -> bool {
    let again = |k: &StmtKind| matches!(k, StmtKind::Continue(l) if *l == label);
    let once = is_shallow(body, MAX_LEVELS) && leaves(body) && !has(body, &again);
    if once {
        drop_last_break(body, label);
    }
    once
}

/// Whether a block is left through this label.
pub(super) fn breaks_to(block: &Block, label: LabelId) -> bool {
    has(block, &|k| matches!(k, StmtKind::Break(l) if *l == label))
}

/// The blocks in a statement. Closures have labels of their own.
fn inner(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::Switch(s) => {
            let conds = s.arms.iter().flat_map(|a| &a.conds);
            let tests = conds.flat_map(|c| [&c.setup, &c.bind]);
            tests.chain(s.arms.iter().map(|a| &a.body)).collect()
        }
        StmtKind::Loop { body, .. } | StmtKind::Labelled { body, .. } => vec![body],
        _ => Vec::new(),
    }
}

/// Whether a block has at most so many levels.
fn is_shallow(block: &Block, levels: u32) -> bool {
    let mut blocks = block.stmts.iter().flat_map(inner);
    match levels.checked_sub(1) {
        Some(levels) => blocks.all(|b| is_shallow(b, levels)),
        None => false,
    }
}

/// Whether a statement of this kind is in a block.
fn has(block: &Block, wanted: &dyn Fn(&StmtKind) -> bool) -> bool {
    let mut stmts = block.stmts.iter();
    stmts.any(|s| wanted(&s.kind) || inner(s).into_iter().any(|b| has(b, wanted)))
}

/// Whether the end of a block is never reached, as far as its last statement tells.
fn leaves(block: &Block) -> bool {
    block.stmts.last().is_some_and(|s| match &s.kind {
        StmtKind::Break(_)
        | StmtKind::Continue(_)
        | StmtKind::Return { .. }
        | StmtKind::Diverge
        | StmtKind::Unreachable => true,
        // A choice that is no `match` has an arm for all that is left.
        StmtKind::Switch(s) => !s.arms.is_empty() && s.arms.iter().all(|a| leaves(&a.body)),
        // Those that are never left are rare.
        StmtKind::Assign { .. } | StmtKind::Loop { .. } | StmtKind::Labelled { .. } => false,
    })
}

/// Drops the breaks at the very end, on all paths.
fn drop_last_break(block: &mut Block, label: LabelId) {
    match block.stmts.last_mut().map(|s| &mut s.kind) {
        Some(StmtKind::Break(l)) if *l == label => {
            block.stmts.pop();
        }
        // The arms of a choice with a result would give none.
        Some(StmtKind::Switch(Switch { arms, result: None })) => {
            for arm in arms {
                drop_last_break(&mut arm.body, label);
            }
        }
        Some(StmtKind::Labelled { body, .. }) => drop_last_break(body, label),
        _ => {}
    }
}
