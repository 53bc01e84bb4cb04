//! The program as data: what the front end lowers source text to, and all that the analysis sees.
//!
//! The representation is language neutral. A front end (today [`crate::rust`]) turns each source
//! file into a [`Fragment`]; [`Program`] is the fragments joined. Function bodies are *structured*
//! control flow over assignments between [`Place`]s: the rules about decisions speak of "inside a
//! branch" and "after an early return", which a flat control-flow graph would first have to find
//! again. Labelled blocks and loops with labelled exits express every reducible flow.

mod body;
mod item;
mod pretty;
mod symbol;
mod ty;

pub use body::{
    Arm, AssignKind, BinaryOp, Block, Body, Call, Callee, Capture, Closure, ClosureKind, Cond,
    Const, FieldInit, FormatKind, LabelId, Local, LocalId, Operand, Place, PlaceBase, Projection,
    Rvalue, Stmt, StmtKind, Switch, Test, TestKind, UnaryOp,
};
pub use item::{
    Crate, CrateId, Field, FnId, Fragment, Function, GenericParam, Global, GlobalId, GlobalKind,
    Impl, ImplId, Import, Item, ModDecl, Module, ModuleId, Param, Program, Receiver, Trait,
    TraitId, TypeDef, TypeDefKind, TypeId, Variant,
};
pub use pretty::{print_body, print_function};
pub use symbol::Symbol;
pub use ty::{Path, PathSegment, Type};
