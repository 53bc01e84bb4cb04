//! The front end for Rust.

use crate::finding::Problem;
use crate::ir::{Fragment, Symbol};
use crate::source::{FileId, Span};

/// Decides `#[cfg(..)]` predicates.
pub trait Cfg: Sync {
    /// Is the predicate inside `#[cfg(...)]` (its token text, for instance
    /// `all(test, feature = "x")`) true.
    fn active(&self, predicate: &str) -> bool;
}

/// A lowered file.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Its items; without any module if the file could not be parsed.
    pub fragment: Fragment,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// Macro calls that were not understood.
    pub macros: Vec<(Symbol, Span)>,
}

/// Lowers one file.
pub fn lower_file(_file: FileId, _text: &str, _cfg: &dyn Cfg) -> Lowered {
    Lowered::default()
}

/// Lowers a file that is included in expression position.
pub fn lower_expr_file(_file: FileId, _text: &str, _cfg: &dyn Cfg) -> Lowered {
    Lowered::default()
}
