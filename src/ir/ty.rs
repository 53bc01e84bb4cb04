//! Types and paths as written in the source, unresolved.

use std::fmt;

use super::Symbol;

/// One segment of a [`Path`] with its generic arguments, `Vec<u8>` or `collect::<Vec<_>>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PathSegment {
    /// The identifier. `crate`, `self`, `super` and `Self` stand as themselves.
    pub name: Symbol,
    /// Type arguments in order. Lifetimes and const arguments are left out.
    pub args: Vec<Type>,
}

/// A path as written: `crate::rules::Matcher::<T>::new`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// `::std::..` starts at the extern prelude.
    pub global: bool,
    /// For `<T as Trait>::name` and `<T>::name`: the type `T`. The segments are then those of the
    /// trait (none for `<T>::name`) followed by the name.
    pub qself: Option<Box<Type>>,
    /// At least one.
    pub segments: Vec<PathSegment>,
}

impl Path {
    /// A path of plain names.
    pub fn of(names: &[&str]) -> Self {
        Self {
            global: false,
            qself: None,
            segments: names
                .iter()
                .map(|n| PathSegment {
                    name: Symbol::new(n),
                    args: Vec::new(),
                })
                .collect(),
        }
    }

    /// The last name.
    pub fn last(&self) -> Symbol {
        self.segments
            .last()
            .map_or_else(|| Symbol::new(""), |s| s.name)
    }
}

/// A type as written. Lifetimes are dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A named type or a generic parameter.
    Path(Path),
    /// `&T`, `&mut T`, `*const T`, `*mut T`.
    Ref {
        /// Can be written through.
        mutable: bool,
        /// What it points at.
        inner: Box<Self>,
    },
    /// `(A, B)`; `()` has no members.
    Tuple(Vec<Self>),
    /// `[T]` and `[T; N]`.
    Slice(Box<Self>),
    /// `fn(A) -> R`, `impl Fn(A) -> R`, `dyn FnOnce(A) -> R`.
    Fn {
        /// Parameter types.
        params: Vec<Self>,
        /// Result type.
        ret: Box<Self>,
    },
    /// `dyn A + B`: the traits.
    Dyn(Vec<Path>),
    /// `impl A + B`: the traits.
    Impl(Vec<Path>),
    /// `!`.
    Never,
    /// `_`, or a type that the front end can't express.
    Infer,
}

impl Type {
    /// The type that references lead to: `T` of `&&mut T`.
    pub fn behind_references(&self) -> &Self {
        let mut ty = self;
        while let Self::Ref { inner, .. } = ty {
            ty = inner;
        }
        ty
    }

    /// `()`.
    pub fn unit() -> Self {
        Self::Tuple(Vec::new())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.global {
            f.write_str("::")?;
        }
        if let Some(q) = &self.qself {
            write!(f, "<{q}>::")?;
        }
        for (i, s) in self.segments.iter().enumerate() {
            if i > 0 {
                f.write_str("::")?;
            }
            write!(f, "{}", s.name)?;
            if !s.args.is_empty() {
                f.write_str("<")?;
                join(f, &s.args, ", ")?;
                f.write_str(">")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(p) => write!(f, "{p}"),
            Self::Ref { mutable, inner } => {
                write!(f, "&{}{inner}", if *mutable { "mut " } else { "" })
            }
            Self::Tuple(ts) => {
                f.write_str("(")?;
                join(f, ts, ", ")?;
                f.write_str(")")
            }
            Self::Slice(t) => write!(f, "[{t}]"),
            Self::Fn { params, ret } => {
                f.write_str("fn(")?;
                join(f, params, ", ")?;
                write!(f, ") -> {ret}")
            }
            Self::Dyn(ps) => {
                f.write_str("dyn ")?;
                join(f, ps, " + ")
            }
            Self::Impl(ps) => {
                f.write_str("impl ")?;
                join(f, ps, " + ")
            }
            Self::Never => f.write_str("!"),
            Self::Infer => f.write_str("_"),
        }
    }
}

fn join<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T], sep: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(sep)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}
