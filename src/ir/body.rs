//! Function bodies: structured control flow over assignments between places.

use super::{Path, Symbol, Type};
use crate::source::Span;

/// A local variable or temporary of a [`Body`], an index into [`Body::locals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// A loop or labelled block of a [`Body`], unique within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelId(pub u32);

/// What is known of one local.
#[derive(Clone, Debug)]
pub struct Local {
    /// The name in the source; `None` for a temporary. Shadowing makes a new local.
    pub name: Option<Symbol>,
    /// The annotated type, if there is one.
    pub ty: Option<Type>,
    /// Where it is declared.
    pub span: Span,
}

/// The code of a function, a closure or a global's initialiser.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// All locals. Order: captures (closures only), then parameters, then the rest.
    pub locals: Vec<Local>,
    /// How many of the first locals are captures.
    pub captures: u32,
    /// How many locals after the captures are parameters.
    pub params: u32,
    /// The code. It always ends in [`StmtKind::Return`] or diverges.
    pub block: Block,
    /// The closures and async blocks written directly in this body, referred to by
    /// [`Rvalue::Closure`]. Each has locals of its own.
    pub closures: Vec<Closure>,
}

/// A closure, an `async` block, or the continuation of an `async fn`.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Closure or future.
    pub kind: ClosureKind,
    /// Parameter types where annotated.
    pub param_types: Vec<Option<Type>>,
    /// Its own code. `body.locals[..body.captures]` are the captured variables.
    pub body: Body,
    /// The whole expression.
    pub span: Span,
}

/// What calling or polling a [`Closure`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosureKind {
    /// `|x| ..`: runs when called.
    Closure,
    /// `async { .. }`: runs when awaited or polled.
    Async,
}

/// One captured variable of a closure expression.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The local of the enclosing body.
    pub local: LocalId,
    /// `move` closures take the value; others a mutable reference. A reference capture's inner
    /// local holds the reference, and the inner body's uses go through [`Projection::Deref`].
    pub by_ref: bool,
}

/// A sequence of statements.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
}

/// A statement with its place in the source.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// The source text that it came from. For an assignment written by the user this is the whole
    /// assignment expression; for a temporary the expression that computes it.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `dst = value`. Calls are assignments too; an unused result goes to a temporary.
    Assign {
        /// Written place.
        dst: Place,
        /// Computed value.
        value: Rvalue,
        /// How it was written.
        kind: AssignKind,
    },
    /// A choice between arms.
    Switch(Switch),
    /// Runs `body` until an exit leaves it.
    Loop {
        /// Target of `Break` and `Continue`.
        label: LabelId,
        /// The body.
        body: Block,
    },
    /// Runs `body` once; `Break(label)` leaves it early.
    Labelled {
        /// Target of `Break`.
        label: LabelId,
        /// The body.
        body: Block,
    },
    /// Leaves the loop or labelled block. A break with a value assigns it first.
    Break(LabelId),
    /// Starts the next turn of the loop.
    Continue(LabelId),
    /// Leaves the function with this value.
    Return {
        /// The value.
        value: Operand,
        /// `?` made it: an early exit with the error or `None` of the operand.
        question_mark: bool,
    },
    /// Panics or never returns (`panic!`, `process::exit`).
    Diverge,
    /// Never reached, says the author (`unreachable!`).
    Unreachable,
}

/// How an assignment was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignKind {
    /// A temporary, or a variable or binding getting its first value (`let x = ..`, patterns).
    Init,
    /// A name in a pattern, neither `mut` nor `ref`: a reference if it is part of something borrowed.
    Bind,
    /// `place = value` on something that existed before, also the result slot of an `if`, `match` or
    /// labelled block.
    Write,
    /// The result slot of what a `break` with a value leaves: the conditions around the `break` chose
    /// the value, not those around the slot.
    Leave,
    /// `place += value` and the like: the value is already the [`Rvalue::Binary`] of both.
    Compound,
}

/// A choice between arms, tried in order: `if`, `if let`, `match`, `let else`, `?`, `&&`, `||`,
/// `while`'s test, `for`'s "is there another element".
#[derive(Clone, Debug)]
pub struct Switch {
    /// In order. An arm without conditions always matches.
    pub arms: Vec<Arm>,
    /// The local that every arm which completes assigns, when the choice is used as an expression.
    pub result: Option<LocalId>,
}

/// One arm.
#[derive(Clone, Debug)]
pub struct Arm {
    /// All must hold, tested in order (`if a && let Some(x) = b && c`, pattern then guard).
    pub conds: Vec<Cond>,
    /// What runs then.
    pub body: Block,
    /// The arm in the source.
    pub span: Span,
}

/// One condition of an arm.
#[derive(Clone, Debug)]
pub struct Cond {
    /// Computes the tested places.
    pub setup: Block,
    /// What is tested; with alternatives (`A | B`) the tests of all of them.
    pub tests: Vec<Test>,
    /// Whether there are alternatives: not all of the tests hold where the condition does.
    pub alternatives: bool,
    /// Bindings that the pattern makes once it matched.
    pub bind: Block,
    /// The condition or pattern in the source.
    pub span: Span,
}

/// One elementary test on a place.
#[derive(Clone, Debug)]
pub struct Test {
    /// What is looked at.
    pub place: Place,
    /// How.
    pub kind: TestKind,
}

/// How a place is looked at.
#[derive(Clone, Debug)]
pub enum TestKind {
    /// It is `true` (`false` when negated).
    Truth {
        /// Tests for `false`.
        negated: bool,
    },
    /// It is this enum variant: `Some`, `Action::Pause`. Only the discriminant is looked at.
    Variant(Path),
    /// It equals this constant (literal or path pattern that may be a constant *or* a unit variant).
    Equals(Operand),
    /// It lies in a range.
    Range,
    /// A slice of a certain length.
    Length,
    /// A loop has another element: the iterated value is looked at for its length only.
    HasNext,
}

/// Something that holds a value: a base and a way into it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Where it starts.
    pub base: PlaceBase,
    /// How it goes on.
    pub proj: Vec<Projection>,
    /// The place expression in the source.
    pub span: Span,
}

impl Place {
    /// The whole of a local.
    pub fn local(local: LocalId, span: Span) -> Self {
        Self {
            base: PlaceBase::Local(local),
            proj: Vec::new(),
            span,
        }
    }
}

/// Where a place starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlaceBase {
    /// A local.
    Local(LocalId),
    /// A path that is no local: a static, a constant, a function, a unit struct or unit variant.
    /// The analysis resolves it in the module of the function.
    Path(Path),
}

/// One step into a value. References are explicit in [`Rvalue::Ref`], but projections see through
/// them: `Field` on a reference to a struct means the struct's field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Projection {
    /// `.name`, or `.0` of a tuple or tuple struct (the name is the decimal number).
    Field(Symbol),
    /// The payload of an enum variant seen by a pattern: variant name (last segment) and field
    /// (name or decimal number).
    Variant(Symbol, Symbol),
    /// `*place`. Assigning to a place that ends in `Deref` writes what the reference points at.
    Deref,
    /// `place[key]`.
    Index(Box<Operand>),
    /// Some element of a collection: what a `for` loop or a slice pattern yields.
    Element,
}

/// A value that is used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// The value of a place, copied or moved out.
    Place(Place),
    /// A constant.
    Const(Const, Span),
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Const {
    /// `()`.
    Unit,
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A float, a char and what else is told apart by its text alone.
    Literal(Symbol),
    /// What this is can't be seen: `env!("HOME")`.
    Other,
    /// `"text"`, and `b"text"` that is UTF-8.
    Str(Symbol),
}

/// A computed value.
#[derive(Clone, Debug)]
pub enum Rvalue {
    /// The operand.
    Use(Operand),
    /// `&place`, `&mut place`, and the autoref of a `ref` binding.
    Ref {
        /// `&mut`.
        mutable: bool,
        /// What it points at.
        place: Place,
    },
    /// A struct literal, tuple, array or `vec!`, or enum variant with payload.
    Struct {
        /// The type or variant as written (`Self`, `Rule`, `Some`, `Event::Start`).
        path: Path,
        /// Named or numbered fields.
        fields: Vec<FieldInit>,
        /// `..base`.
        base: Option<Operand>,
    },
    /// `(a, b)`.
    Tuple(Vec<Operand>),
    /// `[a, b]`, `[a; n]`, `vec![a, b]`.
    Array(Vec<Operand>),
    /// Arithmetic, bit operations, comparisons (`&&` and `||` are switches).
    Binary {
        /// Operator.
        op: BinaryOp,
        /// Left operand.
        left: Operand,
        /// Right operand.
        right: Operand,
    },
    /// `!x`, `-x`.
    Unary {
        /// Operator.
        op: UnaryOp,
        /// Operand.
        value: Operand,
    },
    /// `x as T`.
    Cast {
        /// Operand.
        value: Operand,
        /// Target type.
        ty: Type,
    },
    /// A call.
    Call(Call),
    /// A closure or async block, an index into [`Body::closures`].
    Closure {
        /// Index into [`Body::closures`].
        index: u32,
        /// In the order of the inner body's capture locals.
        captures: Vec<Capture>,
    },
    /// `future.await`: the callback may end here and another one go on.
    Await(Operand),
    /// Text put together from operands, or told to somebody: `format!`, `info!`, `println!`.
    Format {
        /// What happens with the text.
        kind: FormatKind,
        /// Everything that is printed, in order, inline captures (`"{route}"`) included. Each is
        /// borrowed, not moved.
        args: Vec<Operand>,
    },
    /// The rest of a sequence seen by a slice pattern, `a..b`, and unknown macros: everything that
    /// goes in comes out.
    Mix {
        /// The name of an unknown macro, for the model dump.
        unknown_macro: Option<Symbol>,
        /// What goes in.
        args: Vec<Operand>,
    },
}

/// One field of a [`Rvalue::Struct`].
#[derive(Clone, Debug)]
pub struct FieldInit {
    /// Name, or decimal number.
    pub name: Symbol,
    /// Value.
    pub value: Operand,
    /// `name: value` in the source.
    pub span: Span,
}

/// What happens with formatted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatKind {
    /// It becomes a value: `format!`, `format_args!`.
    Value,
    /// It is appended to the first argument: `write!`, `writeln!`.
    Write,
    /// It is logged or printed: `info!`, `println!`, `eprintln!`.
    Log,
    /// It becomes a panic message: `assert!`, after which the code goes on.
    Assert,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// Arguments. For a method call the receiver is the first; it is passed as the place itself and
    /// borrowed or moved as the method wants.
    pub args: Vec<Operand>,
    /// Turbofish arguments of a method call.
    pub type_args: Vec<Type>,
    /// The whole call expression.
    pub span: Span,
    /// Just the name of the function or method.
    pub name_span: Span,
    /// Nobody looks at the result: the call is a statement, or `let _ =`.
    pub discarded: bool,
}

/// What is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// `a::b(..)`: a function, an associated function, a tuple struct or variant constructor.
    Path(Path),
    /// `receiver.name(..)`.
    Method(Symbol),
    /// A local or field that holds a closure or function pointer.
    Value(Operand),
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+ - * / % << >>`.
    Arithmetic,
    /// `& | ^`.
    Bits,
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `< <= > >=`.
    Order,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`.
    Not,
    /// `-`.
    Neg,
}

impl Operand {
    /// Where the operand stands in the source.
    pub fn span(&self) -> Span {
        match self {
            Self::Place(p) => p.span,
            Self::Const(_, span) => *span,
        }
    }
}
