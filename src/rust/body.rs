//! The state of lowering one body: locals, scopes, the block being written.

use std::ops::{Deref, DerefMut};

use super::{FileCx, id32};
use crate::ir::{
    AssignKind, Block, Body, Closure, Const, LabelId, Local, LocalId, ModuleId, Operand, Path,
    Place, PlaceBase, Projection, Rvalue, Stmt, StmtKind, Symbol, Type,
};
use crate::source::Span;

/// Captures are found while a closure is lowered, but come first among its locals. Until it is
/// complete they are numbered from here on; [`super::remap`] gives the final numbers.
pub(super) const FIRST_CAPTURE: u32 = 1 << 31;

/// Lowers one function with the closures in it.
pub(super) struct Lower<'a, 'c> {
    cx: &'a mut FileCx<'c>,
    /// The function, then the closures being lowered, innermost last.
    pub(super) frames: Vec<Frame>,
    /// The module around the function.
    pub(super) module: ModuleId,
    /// The module of the items that the body declares.
    pub(super) block_module: Option<ModuleId>,
    /// Locals that the current pattern has bound: the alternatives of `A(x) | B(x)` share them.
    pub(super) pattern_names: Vec<(Symbol, LocalId)>,
    /// Whether the pattern that is lowered has alternatives.
    pub(super) alternatives: bool,
}

/// One body being lowered.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) locals: Vec<Local>,
    scopes: Vec<Vec<(Symbol, LocalId)>>,
    pub(super) targets: Vec<Target>,
    next_label: u32,
    out: Vec<Stmt>,
    pub(super) closures: Vec<Closure>,
    pub(super) captures: Vec<Captured>,
    /// A `move` closure.
    pub(super) by_value: bool,
}

/// A captured variable of the frame.
pub(super) struct Captured {
    /// The local of the frame around.
    pub(super) outer: LocalId,
    pub(super) by_ref: bool,
    /// How many references a use goes through.
    derefs: usize,
    pub(super) local: Local,
}

/// What `break` and `continue` can name.
pub(super) struct Target {
    pub(super) name: Option<Symbol>,
    pub(super) label: LabelId,
    /// Where `break value` puts the value.
    pub(super) result: Option<LocalId>,
    pub(super) kind: TargetKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Loop,
    Block,
    /// A `try` block, which `?` leaves.
    Try,
}

impl<'c> Deref for Lower<'_, 'c> {
    type Target = FileCx<'c>;

    fn deref(&self) -> &Self::Target {
        self.cx
    }
}

impl DerefMut for Lower<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.cx
    }
}

impl<'a, 'c> Lower<'a, 'c> {
    pub(super) fn new(cx: &'a mut FileCx<'c>, module: ModuleId) -> Self {
        Self {
            cx,
            frames: vec![Frame::new(false)],
            module,
            block_module: None,
            pattern_names: Vec::new(),
            alternatives: false,
        }
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The finished body of the function.
    pub(super) fn finish(mut self, params: usize) -> Body {
        self.frames
            .pop()
            .map(|frame| frame.into_body(params))
            .unwrap_or_default()
    }

    /// Adds a statement, unless the code before it never gets there.
    pub(super) fn emit(&mut self, kind: StmtKind, span: Span) {
        if !self.is_dead() {
            self.frame().out.push(Stmt { kind, span });
        }
    }

    /// Whether the statement before leaves the block.
    pub(super) fn is_dead(&mut self) -> bool {
        matches!(
            self.frame().out.last().map(|s| &s.kind),
            Some(
                StmtKind::Break(_)
                    | StmtKind::Continue(_)
                    | StmtKind::Return { .. }
                    | StmtKind::Diverge
                    | StmtKind::Unreachable
            )
        )
    }

    /// What `work` emits, as a block of its own.
    pub(super) fn block(&mut self, work: impl FnOnce(&mut Self)) -> Block {
        let outer = std::mem::take(&mut self.frame().out);
        work(self);
        let stmts = std::mem::replace(&mut self.frame().out, outer);
        Block { stmts }
    }

    /// Adds the statements of a block.
    pub(super) fn append(&mut self, block: Block) {
        if !self.is_dead() {
            self.frame().out.extend(block.stmts);
        }
    }

    /// Runs `work` with a scope for names.
    pub(super) fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.frame().scopes.push(Vec::new());
        let out = work(self);
        self.frame().scopes.pop();
        out
    }

    /// A local that has no name yet.
    pub(super) fn new_local(
        &mut self,
        name: Option<Symbol>,
        ty: Option<Type>,
        span: Span,
    ) -> LocalId {
        let frame = self.frame();
        let id = LocalId(id32(frame.locals.len()));
        frame.locals.push(Local { name, ty, span });
        id
    }

    /// A temporary.
    pub(super) fn temp(&mut self, span: Span) -> LocalId {
        self.new_local(None, None, span)
    }

    /// From here on `name` means `local`.
    pub(super) fn declare(&mut self, name: Symbol, local: LocalId) {
        if let Some(scope) = self.frame().scopes.last_mut() {
            scope.push((name, local));
        }
    }

    /// `local = value`.
    pub(super) fn assign(&mut self, local: LocalId, value: Rvalue, kind: AssignKind, span: Span) {
        self.assign_place(Place::local(local, span), value, kind, span);
    }

    pub(super) fn assign_place(&mut self, dst: Place, value: Rvalue, kind: AssignKind, span: Span) {
        self.emit(StmtKind::Assign { dst, value, kind }, span);
    }

    /// The value in a temporary, if it is not an operand already.
    pub(super) fn operand_of(&mut self, value: Rvalue, span: Span) -> Operand {
        match value {
            Rvalue::Use(operand) => operand,
            value => Operand::Place(self.temp_of(value, span)),
        }
    }

    /// The value as a place: a place stays where it is, all else goes to a temporary.
    pub(super) fn place_of(&mut self, value: Rvalue, span: Span) -> Place {
        match value {
            Rvalue::Use(Operand::Place(place)) => place,
            value => self.temp_of(value, span),
        }
    }

    fn temp_of(&mut self, value: Rvalue, span: Span) -> Place {
        let temp = self.temp(span);
        self.assign(temp, value, AssignKind::Init, span);
        Place::local(temp, span)
    }

    pub(super) fn new_label(&mut self) -> LabelId {
        let frame = self.frame();
        let label = LabelId(frame.next_label);
        frame.next_label += 1;
        label
    }

    /// The variable `name`, captured by the closures between it and here.
    pub(super) fn variable(&mut self, name: Symbol, span: Span) -> Option<Place> {
        let (level, mut local) = self
            .frames
            .iter()
            .enumerate()
            .rev()
            .find_map(|(level, frame)| Some((level, frame.find(name)?)))?;
        let mut derefs = 0;
        for inner in level + 1..self.frames.len() {
            (local, derefs) = self.capture(inner, local, derefs, span);
        }
        Some(Place {
            base: PlaceBase::Local(local),
            proj: vec![Projection::Deref; derefs],
            span,
        })
    }

    fn capture(
        &mut self,
        level: usize,
        outer: LocalId,
        derefs: usize,
        span: Span,
    ) -> (LocalId, usize) {
        let around = self.frames[level - 1].local(outer).clone();
        let frame = &mut self.frames[level];
        if let Some(index) = frame.captures.iter().position(|c| c.outer == outer) {
            let id = LocalId(FIRST_CAPTURE + id32(index));
            return (id, frame.captures[index].derefs);
        }
        let by_ref = !frame.by_value;
        let ty = around.ty.map(|inner| match by_ref {
            true => Type::Ref {
                mutable: true,
                inner: Box::new(inner),
            },
            false => inner,
        });
        let id = LocalId(FIRST_CAPTURE + id32(frame.captures.len()));
        let derefs = derefs + usize::from(by_ref);
        frame.captures.push(Captured {
            outer,
            by_ref,
            derefs,
            local: Local {
                name: around.name,
                ty,
                span,
            },
        });
        (id, derefs)
    }
}

impl Frame {
    pub(super) fn new(by_value: bool) -> Self {
        Self {
            scopes: vec![Vec::new()],
            by_value,
            ..Self::default()
        }
    }

    fn find(&self, name: Symbol) -> Option<LocalId> {
        let names = self.scopes.iter().rev().flat_map(|s| s.iter().rev());
        names.into_iter().find(|(n, _)| *n == name).map(|&(_, l)| l)
    }

    fn local(&self, id: LocalId) -> &Local {
        match id.0.checked_sub(FIRST_CAPTURE) {
            Some(index) => &self.captures[index as usize].local,
            None => &self.locals[id.0 as usize],
        }
    }

    /// The body of the frame with final numbers.
    pub(super) fn into_body(mut self, params: usize) -> Body {
        let captures = std::mem::take(&mut self.captures);
        let count = id32(captures.len());
        let mut locals: Vec<_> = captures.into_iter().map(|c| c.local).collect();
        locals.append(&mut self.locals);
        let mut body = Body {
            locals,
            captures: count,
            params: id32(params),
            block: Block { stmts: self.out },
            closures: self.closures,
        };
        if count > 0 {
            super::remap::body(&mut body.block, count);
        }
        body
    }
}

/// `()`.
pub(super) fn unit(span: Span) -> Rvalue {
    Rvalue::Use(Operand::Const(Const::Unit, span))
}

/// The place that a path which is no variable names.
pub(super) fn path_place(path: Path, span: Span) -> Place {
    Place {
        base: PlaceBase::Path(path),
        proj: Vec::new(),
        span,
    }
}

/// A place inside a place.
pub(super) fn project(place: &Place, step: Projection, span: Span) -> Place {
    let mut proj = place.proj.clone();
    proj.push(step);
    Place {
        base: place.base.clone(),
        proj,
        span,
    }
}

/// Reads a place.
pub(super) fn use_place(place: Place) -> Rvalue {
    Rvalue::Use(Operand::Place(place))
}

/// Everything that goes in comes out.
pub(super) fn mix(args: Vec<Operand>) -> Rvalue {
    Rvalue::Mix {
        unknown_macro: None,
        args,
    }
}
