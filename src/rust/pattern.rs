//! Patterns: what they test and what they bind.

use proc_macro2::Ident;
use syn::parse::Parser;
use syn::{Pat, PatIdent};

use super::body::{Lower, mix, path_place, project, use_place};
use super::expr::constant;
use super::name_of;
use super::types::member;
use crate::ir::{
    AssignKind, Block, Cond, Const, LocalId, Operand, Path, Place, Projection, Rvalue, Symbol,
    Test, TestKind, Type,
};
use crate::source::Span;

/// What a pattern does with a place.
#[derive(Default)]
pub(super) struct Matched {
    pub(super) tests: Vec<Test>,
    pub(super) alternatives: bool,
    pub(super) bind: Block,
}

impl Matched {
    /// The condition that it is, after `setup`.
    pub(super) fn cond(self, setup: Block, span: Span) -> Cond {
        Cond {
            setup,
            tests: self.tests,
            alternatives: self.alternatives,
            bind: self.bind,
            span,
        }
    }
}

impl Lower<'_, '_> {
    /// Lowers a pattern on `place`; its names are declared in the current scope. `ty` is the
    /// annotation, which a pattern that is a name gets.
    pub(super) fn pattern(&mut self, pat: &Pat, place: &Place, ty: Option<Type>) -> Matched {
        let outer = std::mem::take(&mut self.pattern_names);
        let around = std::mem::take(&mut self.alternatives);
        let mut tests = Vec::new();
        let bind = self.block(|s| s.pat(pat, place, &ty, &mut tests));
        self.pattern_names = outer;
        Matched {
            tests,
            alternatives: std::mem::replace(&mut self.alternatives, around),
            bind,
        }
    }

    /// Declares the names of a pattern without giving them values.
    pub(super) fn declare_bindings(&mut self, pat: &Pat, ty: Option<Type>) {
        let span = self.span(pat);
        let nowhere = path_place(Path::of(&["_"]), span);
        self.pattern(pat, &nowhere, ty);
    }

    fn test(&mut self, place: &Place, kind: TestKind, tests: &mut Vec<Test>) {
        tests.push(Test {
            place: place.clone(),
            kind,
        });
    }

    fn pat(&mut self, pat: &Pat, place: &Place, ty: &Option<Type>, tests: &mut Vec<Test>) {
        match pat {
            Pat::Paren(p) => self.pat(&p.pat, place, ty, tests),
            Pat::Reference(p) => self.pat(&p.pat, place, &None, tests),
            Pat::Type(p) => {
                let ty = Some(self.ty(&p.ty));
                self.pat(&p.pat, place, &ty, tests);
            }
            // The guard is the caller's.
            Pat::Guard(p) => self.pat(&p.pat, place, ty, tests),
            Pat::Ident(p) => self.pat_ident(p, place, ty, tests),
            Pat::Or(p) => {
                let first = tests.len();
                let mut always = false;
                for case in &p.cases {
                    let before = tests.len();
                    self.pat(case, place, &None, tests);
                    always |= tests.len() == before;
                }
                if always {
                    tests.truncate(first);
                }
                self.alternatives |= !always;
            }
            Pat::Tuple(p) => self.numbered(&p.elems, place, tests, Projection::Field),
            Pat::TupleStruct(p) => {
                let path = self.path(p.qself.as_ref(), &p.path);
                let variant = path.last();
                if self.is_struct(&path) {
                    self.numbered(&p.elems, place, tests, Projection::Field);
                } else {
                    self.test(place, TestKind::Variant(path), tests);
                    let step = |field| Projection::Variant(variant, field);
                    self.numbered(&p.elems, place, tests, step);
                }
            }
            Pat::Struct(p) => {
                let path = self.path(p.qself.as_ref(), &p.path);
                let variant = path.last();
                let is_struct = self.is_struct(&path);
                if !is_struct {
                    self.test(place, TestKind::Variant(path), tests);
                }
                for field in &p.fields {
                    if !self.active(&field.attrs) {
                        continue;
                    }
                    let name = member(&field.member);
                    let step = match is_struct {
                        true => Projection::Field(name),
                        false => Projection::Variant(variant, name),
                    };
                    let part = project(place, step, place.span);
                    self.pat(&field.pat, &part, &None, tests);
                }
            }
            Pat::Slice(p) => {
                let open = p.elems.iter().any(is_rest);
                if !(open && p.elems.len() == 1) {
                    self.test(place, TestKind::Length, tests);
                }
                let element = project(place, Projection::Element, place.span);
                for part in &p.elems {
                    match part {
                        Pat::Rest(_) => {}
                        Pat::Ident(p) if is_rest(part) => {
                            let value = mix(vec![Operand::Place(place.clone())]);
                            self.bind(&p.ident, None, value, AssignKind::Init);
                        }
                        part => self.pat(part, &element, &None, tests),
                    }
                }
            }
            Pat::Path(p) => {
                let path = self.path(p.qself.as_ref(), &p.path);
                if !self.is_struct(&path) {
                    let span = self.span(pat);
                    let value = Operand::Place(path_place(path, span));
                    self.test(place, TestKind::Equals(value), tests);
                }
            }
            Pat::Lit(p) => {
                let span = self.span(pat);
                let value = Operand::Const(constant(&p.lit), span);
                self.test(place, TestKind::Equals(value), tests);
            }
            Pat::Range(_) => self.test(place, TestKind::Range, tests),
            Pat::Macro(p) => {
                let known = self.expand_with(&p.mac, Pat::parse_multi, |s, pat| {
                    s.pat(&pat, place, &None, tests);
                });
                if known.is_none() {
                    self.test_unknown(pat, place, tests);
                }
            }
            Pat::Verbatim(tokens) => {
                // `box pattern`: sees through the box.
                let mut inner = tokens.clone().into_iter();
                let boxed = inner.next().is_some_and(|t| t.to_string() == "box");
                match Pat::parse_single.parse2(inner.collect()) {
                    Ok(inner) if boxed => self.pat(&inner, place, &None, tests),
                    _ => self.test_unknown(pat, place, tests),
                }
            }
            Pat::Const(_) => self.test_unknown(pat, place, tests),
            _ => {}
        }
    }

    fn test_unknown(&mut self, pat: &Pat, place: &Place, tests: &mut Vec<Test>) {
        let span = self.span(pat);
        let value = Operand::Const(Const::Other, span);
        self.test(place, TestKind::Equals(value), tests);
    }

    fn pat_ident(&mut self, p: &PatIdent, place: &Place, ty: &Option<Type>, tests: &mut Vec<Test>) {
        if is_constant(p) {
            let name = name_of(&p.ident);
            let path = Path::of(&[name.as_str()]);
            if !self.structs.contains(&name) {
                let span = self.mark(p.ident.span());
                let value = Operand::Place(path_place(path, span));
                self.test(place, TestKind::Equals(value), tests);
            }
            return;
        }
        let value = match p.by_ref {
            Some(_) => Rvalue::Ref {
                mutable: p.mutability.is_some(),
                place: place.clone(),
            },
            None => use_place(place.clone()),
        };
        let kind = match p.mutability {
            Some(_) => AssignKind::Init,
            None => AssignKind::Bind,
        };
        self.bind(&p.ident, ty.clone(), value, kind);
        if let Some((_, sub)) = &p.subpat {
            self.pat(sub, place, &None, tests);
        }
    }

    fn bind(&mut self, ident: &Ident, ty: Option<Type>, value: Rvalue, kind: AssignKind) {
        let name = name_of(ident);
        let span = self.mark(ident.span());
        let known = self.pattern_names.iter().find(|(n, _)| *n == name);
        let local: LocalId = match known {
            Some(&(_, local)) => local,
            None => {
                let local = self.new_local(Some(name), ty, span);
                self.pattern_names.push((name, local));
                self.declare(name, local);
                local
            }
        };
        self.assign(local, value, kind, span);
    }

    /// The parts of a tuple or tuple struct. How many parts `..` leaves out is not known, so those
    /// after it stand for the whole.
    fn numbered<'p>(
        &mut self,
        parts: impl IntoIterator<Item = &'p Pat>,
        place: &Place,
        tests: &mut Vec<Test>,
        step: impl Fn(Symbol) -> Projection,
    ) {
        let mut after_rest = false;
        for (n, part) in parts.into_iter().enumerate() {
            if is_rest(part) {
                after_rest = true;
            } else if after_rest {
                self.pat(part, place, &None, tests);
            } else {
                let field = Symbol::new(&n.to_string());
                let part_place = project(place, step(field), place.span);
                self.pat(part, &part_place, &None, tests);
            }
        }
    }

    /// Whether a pattern's path is known to be a struct, which needs no test.
    fn is_struct(&self, path: &Path) -> bool {
        path.qself.is_none()
            && path.segments.len() == 1
            && (path.last() == "Self" || self.structs.contains(&path.last()))
    }
}

/// `..`, or a name for it.
fn is_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Ident(p) => p.subpat.as_ref().is_some_and(|(_, sub)| is_rest(sub)),
        _ => false,
    }
}

/// Whether a name in a pattern is a constant or a unit variant by the naming convention.
fn is_constant(p: &PatIdent) -> bool {
    p.by_ref.is_none()
        && p.mutability.is_none()
        && p.subpat.is_none()
        && name_of(&p.ident)
            .as_str()
            .starts_with(|c: char| c.is_uppercase())
}
