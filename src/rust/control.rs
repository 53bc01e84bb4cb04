//! Choices, loops and exits.

use syn::{
    BinOp, Expr, ExprBinary, ExprForLoop, ExprIf, ExprMatch, ExprTry, ExprTryBlock, ExprWhile, Pat,
};

use super::body::{Lower, Target, TargetKind, project, unit, use_place};
use super::name_of;
use crate::ir::{
    Arm, AssignKind, Block, Cond, Const, LabelId, LocalId, Operand, Path, Place, Projection,
    Rvalue, StmtKind, Switch, Symbol, Test, TestKind,
};
use crate::source::Span;

impl Lower<'_, '_> {
    /// Lowers an expression that chooses or loops; its value goes to `dst`.
    pub(super) fn choice(&mut self, e: &Expr, dst: Option<LocalId>) {
        let span = self.span(e);
        match e {
            Expr::If(e) => self.if_chain(e, dst, span),
            Expr::Match(e) => self.match_(e, dst, span),
            Expr::While(e) => self.while_(e, span),
            Expr::ForLoop(e) => self.for_(e, span),
            Expr::Loop(e) => {
                let name = label_name(&e.label);
                self.loop_(name, dst, span, |s, _| s.block_discard(&e.body));
            }
            Expr::Block(e) => {
                let name = label_name(&e.label);
                self.labelled(name, dst, TargetKind::Block, span, |s| match dst {
                    Some(dst) => s.block_into(&e.block, dst, AssignKind::Write, span),
                    None => s.block_discard(&e.block),
                });
            }
            Expr::Try(e) => self.question_mark(e, dst, span),
            Expr::TryBlock(e) => self.try_block(e, dst, span),
            Expr::Binary(e) => {
                if let Some(dst) = dst {
                    self.short_circuit(e, dst, span);
                }
            }
            other => {
                // `let` in a place where the language has none.
                let Some(dst) = dst else { return };
                let conds = self.conditions(other);
                self.truth_of(conds, dst, span);
            }
        }
    }

    pub(super) fn switch(&mut self, arms: Vec<Arm>, result: Option<LocalId>, span: Span) {
        self.emit(StmtKind::Switch(Switch { arms, result }), span);
    }

    /// `dst` is whether all conditions hold.
    pub(super) fn truth_of(&mut self, conds: Vec<Cond>, dst: LocalId, span: Span) {
        let yes = self.boolean(true, dst, span);
        let no = self.boolean(false, dst, span);
        let arms = vec![
            Arm {
                conds,
                body: yes,
                span,
            },
            otherwise(no, span),
        ];
        self.switch(arms, Some(dst), span);
    }

    fn boolean(&mut self, value: bool, dst: LocalId, span: Span) -> Block {
        let value = Rvalue::Use(Operand::Const(Const::Bool(value), span));
        self.block(|s| s.assign(dst, value, AssignKind::Write, span))
    }

    fn short_circuit(&mut self, e: &ExprBinary, dst: LocalId, span: Span) {
        let or = matches!(e.op, BinOp::Or(_));
        let arm = self.scoped(|s| {
            let conds = match or {
                true => s.negated(&e.left),
                false => s.conditions(&e.left),
            };
            Arm {
                conds,
                body: s.block(|s| s.into(&e.right, dst, AssignKind::Write)),
                span,
            }
        });
        let other = self.boolean(or, dst, span);
        self.switch(vec![arm, otherwise(other, span)], Some(dst), span);
    }

    /// An arm's expression: into the result slot if there is one.
    fn arm_body(&mut self, e: &Expr, dst: Option<LocalId>) -> Block {
        self.block(|s| match dst {
            Some(dst) => s.into(e, dst, AssignKind::Write),
            None => s.discard(e),
        })
    }

    fn if_chain(&mut self, first: &ExprIf, dst: Option<LocalId>, span: Span) {
        let mut arms = Vec::new();
        let mut e = first;
        let mut has_else = false;
        loop {
            let arm = self.scoped(|s| {
                let conds = s.conditions(&e.cond);
                let at = s.span(&e.then_branch);
                let body = s.block(|s| match dst {
                    Some(dst) => s.block_into(&e.then_branch, dst, AssignKind::Write, at),
                    None => s.block_discard(&e.then_branch),
                });
                let span = s.between(e.if_token.span, super::spans::Ends::hi(&e.then_branch));
                Arm { conds, body, span }
            });
            arms.push(arm);
            match e.else_branch.as_ref().map(|(_, branch)| &**branch) {
                Some(Expr::If(next)) => e = next,
                Some(branch) => {
                    let body = self.arm_body(branch, dst);
                    let at = self.span(branch);
                    arms.push(otherwise(body, at));
                    has_else = true;
                    break;
                }
                None => {
                    // Without `else` it may be that no arm is taken; a `match` always takes one.
                    arms.push(otherwise(Block::default(), span));
                    break;
                }
            }
        }
        let result = if has_else { dst } else { None };
        self.switch(arms, result, span);
        if let (Some(dst), false) = (dst, has_else) {
            self.assign(dst, unit(span), AssignKind::Write, span);
        }
    }

    fn match_(&mut self, e: &ExprMatch, dst: Option<LocalId>, span: Span) {
        let place = self.place(&e.expr);
        let mut arms = Vec::new();
        for arm in &e.arms {
            if !self.active(&arm.attrs) {
                continue;
            }
            let arm = self.scoped(|s| {
                let (pat, guard) = split_guard(&arm.pat);
                let at = s.span(pat);
                let conds = s.pattern_conds(pat, guard, &place, at);
                let body = s.arm_body(&arm.body, dst);
                let hi = super::spans::Ends::hi(&*arm.body);
                let span = s.between(super::spans::Ends::lo(&arm.pat), hi);
                let (conds, body) = s.without_tests(conds, body);
                Arm { conds, body, span }
            });
            arms.push(arm);
        }
        self.switch(arms, dst, span);
    }

    /// A pattern and its guard as conditions.
    pub(super) fn pattern_conds(
        &mut self,
        pat: &Pat,
        guard: Option<&Expr>,
        place: &Place,
        span: Span,
    ) -> Vec<Cond> {
        let matched = self.pattern(pat, place, None);
        let mut conds = vec![matched.cond(Block::default(), span)];
        if let Some(guard) = guard {
            conds.extend(self.conditions(guard));
        }
        conds
    }

    /// A pattern that always matches is no condition: what it binds moves to what comes next.
    fn without_tests(&mut self, mut conds: Vec<Cond>, mut body: Block) -> (Vec<Cond>, Block) {
        let always = conds
            .first()
            .is_some_and(|c| c.tests.is_empty() && c.setup.stmts.is_empty());
        if always {
            let mut stmts = conds.remove(0).bind.stmts;
            let next = match conds.first_mut() {
                Some(next) => &mut next.setup.stmts,
                None => &mut body.stmts,
            };
            stmts.append(next);
            *next = stmts;
        }
        (conds, body)
    }

    fn while_(&mut self, e: &ExprWhile, span: Span) {
        self.loop_(label_name(&e.label), None, span, |s, label| {
            let arm = s.scoped(|s| {
                let conds = s.conditions(&e.cond);
                let body = s.block(|s| s.block_discard(&e.body));
                Arm { conds, body, span }
            });
            let leave = s.block(|s| s.emit(StmtKind::Break(label), span));
            s.switch(vec![arm, otherwise(leave, span)], None, span);
        });
    }

    fn for_(&mut self, e: &ExprForLoop, span: Span) {
        let value = self.rvalue(&e.expr);
        let at = self.span(&*e.expr);
        let iter = self.temp(at);
        self.assign(iter, value, AssignKind::Init, at);
        let iter = Place::local(iter, at);
        self.loop_(label_name(&e.label), None, span, |s, label| {
            let arm = s.scoped(|s| {
                let element = project(&iter, Projection::Element, at);
                let matched = s.pattern(&e.pat, &element, None);
                let cond = Cond {
                    setup: Block::default(),
                    tests: vec![Test {
                        place: iter.clone(),
                        kind: TestKind::HasNext,
                    }],
                    alternatives: false,
                    bind: matched.bind,
                    span: at,
                };
                Arm {
                    conds: vec![cond],
                    body: s.block(|s| s.block_discard(&e.body)),
                    span,
                }
            });
            let leave = s.block(|s| s.emit(StmtKind::Break(label), span));
            s.switch(vec![arm, otherwise(leave, span)], None, span);
        });
    }

    fn loop_(
        &mut self,
        name: Option<Symbol>,
        result: Option<LocalId>,
        span: Span,
        work: impl FnOnce(&mut Self, LabelId),
    ) {
        let label = self.new_label();
        self.frame().targets.push(Target {
            name,
            label,
            result,
            kind: TargetKind::Loop,
        });
        let mut body = self.block(|s| work(s, label));
        self.frame().targets.pop();
        if !super::once::once(&mut body, label) {
            self.emit(StmtKind::Loop { label, body }, span);
        } else if super::once::breaks_to(&body, label) {
            self.emit(StmtKind::Labelled { label, body }, span);
        } else {
            self.append(body);
        }
    }

    fn labelled(
        &mut self,
        name: Option<Symbol>,
        result: Option<LocalId>,
        kind: TargetKind,
        span: Span,
        work: impl FnOnce(&mut Self),
    ) {
        let label = self.new_label();
        self.frame().targets.push(Target {
            name,
            label,
            result,
            kind,
        });
        let body = self.block(work);
        self.frame().targets.pop();
        self.emit(StmtKind::Labelled { label, body }, span);
    }

    fn try_block(&mut self, e: &ExprTryBlock, dst: Option<LocalId>, span: Span) {
        self.labelled(None, dst, TargetKind::Try, span, |s| match dst {
            Some(dst) => s.block_into(&e.block, dst, AssignKind::Write, span),
            None => s.block_discard(&e.block),
        });
    }

    fn question_mark(&mut self, e: &ExprTry, dst: Option<LocalId>, span: Span) {
        let place = self.place(&e.expr);
        self.question_mark_on(place, dst, span);
    }

    /// Leaves with `place` if it is an error or `None`.
    pub(super) fn question_mark_on(&mut self, place: Place, dst: Option<LocalId>, span: Span) {
        let targets = &self.frame().targets;
        let inside = targets.iter().rev().find(|t| t.kind == TargetKind::Try);
        let target = inside.map(|t| (t.label, t.result));
        let leave = self.block(|s| match target {
            Some((label, result)) => {
                if let Some(result) = result {
                    s.assign(result, use_place(place.clone()), AssignKind::Write, span);
                }
                s.emit(StmtKind::Break(label), span);
            }
            None => {
                let kind = StmtKind::Return {
                    value: Operand::Place(place.clone()),
                    question_mark: true,
                };
                s.emit(kind, span);
            }
        });
        let fails = Cond {
            setup: Block::default(),
            tests: vec![Test {
                place: place.clone(),
                kind: TestKind::Variant(Path::of(&["Err"])),
            }],
            alternatives: false,
            bind: Block::default(),
            span,
        };
        let step = Projection::Variant(Symbol::new("?"), Symbol::new("0"));
        let payload = project(&place, step, span);
        let go_on = self.block(|s| {
            if let Some(dst) = dst {
                s.assign(dst, use_place(payload), AssignKind::Write, span);
            }
        });
        let arms = vec![
            Arm {
                conds: vec![fails],
                body: leave,
                span,
            },
            otherwise(go_on, span),
        ];
        self.switch(arms, dst, span);
    }
}

fn label_name(label: &Option<syn::Label>) -> Option<Symbol> {
    label.as_ref().map(|l| name_of(&l.name.ident))
}

/// The arm without conditions.
pub(super) fn otherwise(body: Block, span: Span) -> Arm {
    Arm {
        conds: Vec::new(),
        body,
        span,
    }
}

/// A match arm's pattern and guard.
pub(super) fn split_guard(pat: &Pat) -> (&Pat, Option<&Expr>) {
    match pat {
        Pat::Guard(p) => (&p.pat, Some(&p.guard)),
        other => (other, None),
    }
}
