//! The outline of a file: what a fix has to know of the user's text.
//!
//! Fixes edit text, so they need to know where statements, fields and literals stand, which the
//! representation does not keep. Only files with a finding that may be fixed are read again for it.

mod marks;
mod scope;
mod walk;

use rustc_hash::FxHashMap;
use syn::visit::Visit as _;

use super::{depth, strip_prefix};
use crate::source::{FileId, Span};

/// Code that is nested more deeply has no outline: nobody wrote it, and fixes are for people.
const MAX_DEPTH: usize = 256;

/// What stands where in one file.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Functions and methods with a body, in the order of the text.
    pub functions: Vec<Function>,
    /// Fields of structs with names.
    pub fields: Vec<Field>,
    /// Fields that struct literals give a value.
    pub initialisers: Vec<Field>,
    /// Structs.
    pub structs: Vec<Struct>,
    /// Other names of types: by `use .. as ..`, and by `type`.
    pub renamed: Vec<(String, String)>,
    /// Names in macros that may be those of fields in a literal or a pattern.
    pub named_in_macros: Vec<(String, Span)>,
    /// Statics, those in `thread_local!` and `lazy_static!` too.
    pub statics: Vec<Static>,
    /// Imports at the start of a line.
    pub imports: Vec<Span>,
    /// Items that only `cfg(test)` compiles.
    pub tests: Vec<Span>,
    /// `mod name;` under a `cfg`.
    pub conditional: Vec<Conditional>,
    /// `.name` that is no method call, in macros too, in the order of the text.
    pub members: Vec<(String, Span)>,
    /// Names of types that a pattern takes apart by field.
    pub destructured: Vec<String>,
    /// Impl blocks.
    pub impls: Vec<Impl>,
    /// Modules with their code in place.
    pub modules: Vec<Span>,
    /// Method calls whose last word is a value of its own: `expr.unwrap()`.
    pub unwraps: Vec<Unwrap>,
    /// For each function the one around it.
    around: Vec<Option<usize>>,
    /// The functions of each name.
    named: FxHashMap<String, Vec<usize>>,
}

impl Outline {
    /// Puts functions and names in the order of the text, so that both can be searched.
    fn sort(&mut self) {
        self.functions.sort_by_key(|f| f.body.lo);
        self.members.sort_by_key(|(_, s)| s.lo);
        for i in 0..self.functions.len() {
            let body = self.functions[i].body;
            let mut at = i.checked_sub(1);
            while let Some(outer) = at.filter(|&o| !self.functions[o].body.contains(body)) {
                at = self.around[outer];
            }
            self.around.push(at);
            let name = self.functions[i].name.clone();
            self.named.entry(name).or_default().push(i);
        }
    }

    /// The functions of a name.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Function> {
        self.indices(name).iter().map(|&i| &self.functions[i])
    }

    /// Where the functions of a name are in the list.
    pub fn indices(&self, name: &str) -> &[usize] {
        self.named.get(name).map_or(&[][..], Vec::as_slice)
    }

    /// The index of the innermost function whose body holds a span.
    pub fn innermost(&self, span: Span) -> Option<usize> {
        let behind = self.functions.partition_point(|f| f.body.lo <= span.lo);
        let mut at = behind.checked_sub(1);
        while let Some(function) = at.filter(|&f| !self.functions[f].body.contains(span)) {
            at = self.around[function];
        }
        at
    }

    /// The innermost module with its code in place that holds a span.
    pub fn module(&self, span: Span) -> Option<Span> {
        let around = self.modules.iter().filter(|m| m.contains(span));
        around.min_by_key(|m| m.hi - m.lo).copied()
    }

    /// Whether a word that starts at byte `at` is the name of a field behind a dot.
    pub fn is_member(&self, at: usize) -> bool {
        let found = self
            .members
            .binary_search_by_key(&at, |(_, s)| s.lo as usize);
        found.is_ok()
    }
}

impl Function {
    /// The statements of the body itself, in order.
    pub fn top(&self) -> impl Iterator<Item = &Statement> {
        let body = self.body.lo as usize;
        self.statements.iter().filter(move |s| s.block == body)
    }

    /// Whether its body declares functions, types, constants or imports.
    pub fn has_items(&self) -> bool {
        let item = |w: &str| {
            matches!(
                w,
                "use" | "const" | "static" | "fn" | "struct" | "macro_rules"
            )
        };
        self.words.iter().any(|(w, _)| item(w))
    }
}

/// A function with a body.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The last name of the type that it is a method of.
    pub owner: Option<String>,
    /// The impl has type parameters.
    pub generic: bool,
    /// Takes `&self`, `&mut self` or `self`.
    pub has_self: bool,
    /// The receiver is `&mut self`.
    pub mutable: bool,
    /// The receiver is no reference: `self`, `self: Box<Self>`.
    pub consumes: bool,
    /// An `async fn`.
    pub is_async: bool,
    /// The result type as written.
    pub output: Option<String>,
    /// All of it.
    pub span: Span,
    /// The body with its braces.
    pub body: Span,
    /// The statements of the body, nested blocks included, in order.
    pub statements: Vec<Statement>,
    /// Every identifier in the body, macros included, with the byte where it starts.
    pub words: Vec<(String, usize)>,
    /// Variables that parameters and patterns make, with the byte where they do.
    pub bound: Vec<(String, usize)>,
    /// Uses of variables, in macros too, in the order of the text.
    pub uses: Vec<Use>,
    /// Its parameters besides the receiver.
    pub parameters: usize,
    /// What is noteworthy in the body, in the order of the text.
    pub marks: Vec<Mark>,
    /// It is compiled only sometimes: it, its impl or its module has a `#[cfg(..)]`.
    pub conditional: bool,
}

/// Something noteworthy in a body.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The byte where it stands.
    pub at: usize,
    /// What it is.
    pub kind: MarkKind,
}

/// What may be noteworthy.
#[derive(Clone, Debug)]
pub enum MarkKind {
    /// An exit.
    Leave {
        /// In backticks, for messages.
        what: &'static str,
        /// The byte where that starts which is left: a closure, a loop; 0 for the function.
        out_of: usize,
    },
    /// A call of a function, a method or what a variable holds.
    Call(Call),
    /// It panics when something is not as expected.
    Trap,
    /// `place += value` and the like on what may live on: a second time does more.
    Compound,
    /// It is compiled only sometimes.
    Conditional,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The last name; empty when what is called has none.
    pub name: String,
    /// A method, called on `self`.
    pub on_self: bool,
    /// How its arguments give `self` away.
    pub lends: Lend,
}

/// What a call is given of `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lend {
    /// Nothing, or parts.
    Nothing,
    /// `&self`.
    Shared,
    /// `self`, which may be a `&mut Self`.
    Whole,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its name.
    pub name: String,
    /// The byte where the use starts.
    pub at: usize,
    /// The byte where the variable is made, inside the function.
    pub bound: usize,
}

/// An impl block.
#[derive(Clone, Debug)]
pub struct Impl {
    /// The last name of its type.
    pub owner: String,
    /// All of it.
    pub span: Span,
    /// `<T: Bound>` behind `impl`, if it has parameters.
    pub parameters: Option<Span>,
    /// The type as written.
    pub ty: Span,
    /// Its `where` clause.
    pub bounds: Option<Span>,
    /// It implements a trait.
    pub of_trait: bool,
    /// It has attributes, such as `#[cfg(..)]`.
    pub attributed: bool,
    /// The byte of its closing brace.
    pub close: usize,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// With its semicolon.
    pub span: Span,
    /// The block it stands in: the byte where that starts.
    pub block: usize,
    /// What it does.
    pub kind: StatementKind,
}

/// The kinds of statements that fixes know.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `left = right;`
    Assign {
        /// The place.
        left: Span,
        /// The value.
        right: Span,
    },
    /// `let name = value;`
    Let {
        /// The variable.
        name: String,
        /// The value.
        value: Span,
    },
    /// A macro, with its last name.
    Macro(String),
    /// A call that nobody wants the result of.
    Call,
    /// Anything else.
    Other,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// The last names of the traits that it derives.
    pub derives: Vec<String>,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// It has attributes that may look at its fields, or that decide whether it is there.
    pub attributed: bool,
}

/// A static.
#[derive(Clone, Debug)]
pub struct Static {
    /// Its name.
    pub name: String,
    /// All of it, with the macro around it when nothing else stands in that.
    pub span: Span,
    /// Its type.
    pub ty: Span,
    /// What it is at first.
    pub value: Span,
    /// It can be seen outside of the module, or has attributes.
    pub open: bool,
}

/// A module in a file of its own, which is compiled under a condition.
#[derive(Clone, Debug)]
pub struct Conditional {
    /// Its name.
    pub name: String,
    /// The condition is `test`.
    pub test: bool,
    /// An attribute says where it is.
    pub placed: bool,
}

/// A field of a struct, or its value in a literal.
#[derive(Clone, Debug)]
pub struct Field {
    /// The struct's name.
    pub owner: String,
    /// The field's name.
    pub name: String,
    /// The type, or the value, as written.
    pub value: Span,
    /// All of it, without a comma.
    pub span: Span,
    /// It can be seen outside of the module.
    pub public: bool,
    /// It has attributes besides documentation.
    pub attributed: bool,
}

/// `receiver.unwrap()` or `receiver.expect(..)`.
#[derive(Clone, Debug)]
pub struct Unwrap {
    /// The whole call.
    pub span: Span,
    /// What is unwrapped.
    pub receiver: Span,
    /// The names of the calls that it is a chain of, the last one first.
    pub calls: Vec<String>,
    /// The first of them is a method of `self`.
    pub of_self: bool,
}

/// Reads the outline of a file; `None` when it can't be parsed. Needs a deep stack for deeply nested
/// code, as [`lower_file`](super::lower_file) does.
pub fn outline(file: FileId, text: &str) -> Option<Outline> {
    let (base, content) = strip_prefix(text);
    if depth::deeper_than(content, MAX_DEPTH).is_some() {
        return None;
    }
    let tree = syn::parse_str::<syn::File>(content).ok()?;
    let mut walker = walk::Walker::new(file, base);
    walker.visit_file(&tree);
    let mut out = walker.finish();
    out.sort();
    marks::mark(&tree, file, base, &mut out);
    scope::resolve(&tree, file, base, &mut out);
    proc_macro2::extra::invalidate_current_thread_spans();
    Some(out)
}
