//! The Rust front end: source text in, [`Fragment`]s of the representation out.
//!
//! `syn` parses; nothing of its tree leaves this module. What can't be expressed exactly becomes
//! [`Rvalue::Mix`](crate::ir::Rvalue::Mix): everything that goes in comes out. Conventions that
//! the representation leaves to the front end:
//!
//! - Places see through references: `self.x` on a `&mut Self` is `Field("x")` of `self`, and `&p`
//!   patterns and default binding modes add no projection.
//! - The success value of `e?` is the projection `Variant("?", "0")` of `e`: syntax can't tell
//!   `Ok` from `Some`. The other arm tests for `Variant(Err)` whatever the type is.
//! - A pattern with a payload projects `Variant(last segment, field)`, unless its path is `Self` or
//!   one name that the file declares as a struct: then `Field`.
//! - `include!("x.rs")` in an expression is a call of the path `include!x.rs`, and
//!   [`Fragment::includes`] lists it under that name; see [`lower_expr_file`]. Included items are
//!   listed under the bare path.
//! - A value choice (`let x = if ..`) uses the variable itself as the result slot.
//! - Spans of code made by a `macro_rules!` macro that do not lie in the macro call are the call.

mod args;
mod attrs;
mod block;
mod body;
mod calls;
mod closure;
mod comments;
mod cond;
mod control;
mod depth;
mod entry_macros;
mod exits;
mod expand;
mod expr;
mod format;
mod functions;
mod imports;
mod items;
mod macros;
mod matcher;
mod once;
mod outline;
mod pattern;
mod remap;
mod spans;
mod transcribe;
mod types;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Problem;
use crate::ir::{CrateId, Fragment, Module, ModuleId, Symbol};
use crate::source::{FileId, Span};

pub use comments::{CommentStyle, CommentedItem, ToolComment};
pub use depth::MAX_DEPTH;
pub use outline::{
    Call, Field, Function, Impl, Lend, Mark, MarkKind, Outline, Statement, StatementKind, Static,
    Struct, Unwrap, Use, outline,
};

/// Decides which conditionally compiled code is there.
pub trait Cfg: Sync {
    /// Whether the predicate inside `#[cfg(...)]` is true. It is given as text, its tokens possibly
    /// separated by blanks (`all (test , feature = "x")`).
    fn active(&self, predicate: &str) -> bool;
}

/// What became of one file.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The code; empty if the file could not be parsed.
    pub fragment: Fragment,
    /// A parse error, or code nested too deeply.
    pub problems: Vec<Problem>,
    /// Macros that are not known: their arguments were mixed.
    pub macros: Vec<(Symbol, Span)>,
    /// The `macro_rules!` macros that the file defines.
    pub defines: Vec<Definition>,
    /// Comments that speak to this tool, in the order of the file.
    pub comments: Vec<ToolComment>,
}

/// A `macro_rules!` macro as text, which may go from one thread to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: Symbol,
    /// Its rules.
    pub text: String,
}

/// Lowers a file of items. Deeply nested code needs a deep stack: call it on a thread with one of
/// 1 GiB.
pub fn lower_file(file: FileId, text: &str, cfg: &dyn Cfg) -> Lowered {
    lower_file_with(file, text, cfg, &[])
}

/// The same with macros that other files define. Those of the file itself come first.
pub fn lower_file_with(file: FileId, text: &str, cfg: &dyn Cfg, macros: &[Definition]) -> Lowered {
    let (base, content) = strip_prefix(text);
    run(file, base, content, cfg, |cx| {
        let tree = syn::parse_str::<syn::File>(content)?;
        expand::import(cx, macros);
        expand::collect(cx, &tree);
        cx.items(&tree.items, ModuleId(0));
        cx.comments_of(content, &tree);
        Ok(())
    })
}

/// Lowers a file that holds an expression (`include!("table.in")` where a value is expected) to a
/// function without parameters, named `include!` and then `name`, the path as the macro writes it.
pub fn lower_expr_file(file: FileId, name: &str, text: &str, cfg: &dyn Cfg) -> Lowered {
    let (base, content) = strip_prefix(text);
    run(file, base, content, cfg, |cx| {
        let tree = syn::parse_str::<syn::Expr>(content)?;
        let span = Span::new(file, base, base + content.len());
        cx.value_function(&format!("include!{name}"), ModuleId(0), &tree, span);
        cx.comments_of_expression(content);
        Ok(())
    })
}

fn run(
    file: FileId,
    base: usize,
    content: &str,
    cfg: &dyn Cfg,
    work: impl FnOnce(&mut FileCx<'_>) -> syn::Result<()>,
) -> Lowered {
    let mut cx = FileCx::new(file, base, cfg);
    if let Some(range) = depth::too_deep(content) {
        let span = Span::new(file, base + range.start, base + range.end);
        cx.problems
            .push(Problem::at("code is nested too deeply", span));
    } else if let Err(error) = work(&mut cx) {
        let problem = parse_problem(file, base, content, &error);
        cx.fragment = empty_fragment(file);
        cx.problems.push(problem);
    }
    let lowered = cx.finish();
    // The parser's source map would otherwise keep the text of every file that this thread saw.
    proc_macro2::extra::invalidate_current_thread_spans();
    lowered
}

fn parse_problem(file: FileId, base: usize, content: &str, error: &syn::Error) -> Problem {
    let message = error.to_string();
    // An unexpected end has no token to point at.
    let range = match error.span().byte_range() {
        range if range.is_empty() && range.start == 0 => content.len()..content.len(),
        range => range,
    };
    let span = Span::new(file, base + range.start, base + range.end);
    Problem::at(format!("can't parse this file: {message}"), span)
}

/// Cuts off a byte order mark and a `#!` line; the number is how many bytes were cut.
fn strip_prefix(text: &str) -> (usize, &str) {
    let content = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut base = text.len() - content.len();
    let mut rest = content;
    // `#![attribute]`, possibly with blanks before the bracket, is not a `#!` line.
    if let Some(line) = content.strip_prefix("#!")
        && !line.trim_start().starts_with('[')
    {
        let end = content.find('\n').unwrap_or(content.len());
        base += end;
        rest = &content[end..];
    }
    (base, rest)
}

fn empty_fragment(file: FileId) -> Fragment {
    let mut fragment = Fragment::default();
    fragment.modules.push(Module {
        krate: CrateId(0),
        parent: None,
        name: Symbol::new(""),
        is_block: false,
        items: Vec::new(),
        imports: Vec::new(),
        file,
    });
    fragment
}

/// What is being made of one file.
struct FileCx<'c> {
    file: FileId,
    /// How many bytes of the file come before what the parser was given.
    base: usize,
    cfg: &'c dyn Cfg,
    fragment: Fragment,
    problems: Vec<Problem>,
    macros: Vec<(Symbol, Span)>,
    defines: Vec<Definition>,
    comments: Vec<ToolComment>,
    /// Names that the file declares as structs.
    structs: FxHashSet<Symbol>,
    /// `macro_rules!` of the file, and those of other files that it may call.
    rules: FxHashMap<Symbol, Rc<expand::Rules>>,
    /// The call being expanded, outermost first.
    call_site: Option<Span>,
    expansion_depth: u32,
    /// Known macros around the current code.
    macro_depth: u32,
    expansions: u32,
    expanded_tokens: usize,
    blocks: u32,
}

impl<'c> FileCx<'c> {
    fn new(file: FileId, base: usize, cfg: &'c dyn Cfg) -> Self {
        Self {
            file,
            base,
            cfg,
            fragment: empty_fragment(file),
            problems: Vec::new(),
            macros: Vec::new(),
            defines: Vec::new(),
            comments: Vec::new(),
            structs: FxHashSet::default(),
            rules: FxHashMap::default(),
            call_site: None,
            expansion_depth: 0,
            macro_depth: 0,
            expansions: 0,
            expanded_tokens: 0,
            blocks: 0,
        }
    }

    fn finish(self) -> Lowered {
        Lowered {
            fragment: self.fragment,
            problems: self.problems,
            macros: self.macros,
            defines: self.defines,
            comments: self.comments,
        }
    }

    /// A new module below `parent`.
    fn module(&mut self, parent: ModuleId, name: Symbol, is_block: bool) -> ModuleId {
        let id = ModuleId(id32(self.fragment.modules.len()));
        self.fragment.modules.push(Module {
            krate: CrateId(0),
            parent: Some(parent),
            name,
            is_block,
            items: Vec::new(),
            imports: Vec::new(),
            file: self.file,
        });
        id
    }

    /// The scope of a function body that declares items.
    fn block_module(&mut self, parent: ModuleId) -> ModuleId {
        let name = Symbol::new(&format!("{{block#{}}}", self.blocks));
        self.blocks += 1;
        self.module(parent, name, true)
    }
}

/// A length as the next index.
fn id32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// An identifier's name, without `r#`.
fn name_of(ident: &proc_macro2::Ident) -> Symbol {
    let text = ident.to_string();
    Symbol::new(text.strip_prefix("r#").unwrap_or(&text))
}
