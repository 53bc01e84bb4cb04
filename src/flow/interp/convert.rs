//! Values as the type that is wanted where they stand: defaults, conversions and parsed text of which
//! the type was not known where they were made.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::ir::{FnId, ImplId, Operand, PlaceBase, Symbol, Type, TypeId};

use super::Interp;
use super::place::Located;
use crate::flow::resolve::Method;
use crate::flow::tag::TagSet;
use crate::flow::types::{TyEnv, TyId, TyKind};
use crate::flow::value::{Cell, Key, Known, Node, PtrKind, Val};

/// What turns a value into one of a type that somebody wants, by the name of the function: those
/// that can't fail first.
const CONVERSIONS: [&str; 3] = ["from", "try_from", "from_str"];

/// How a conversion takes a value of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// `From<T>`.
    Owned,
    /// `From<&T>`.
    Borrowed,
    /// `From<Option<T>>`, `From<Vec<T>>`.
    Held,
}

/// A conversion: to which type, `None` for one that is not of the tree, and by which function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    into: Option<TypeId>,
    func: FnId,
    given: Given,
}

/// For each type what is made from it.
pub(super) type Conversions = FxHashMap<TypeId, Vec<Way>>;

impl Interp<'_> {
    /// The value where one of this type is wanted: what `Default::default()` gives is known then, also
    /// as a part of it or in a cell that it brings along, and what text is converted or parsed to.
    pub(crate) fn default_as(&mut self, v: Val, ty: TyId) -> Val {
        if ty == TyId::UNKNOWN {
            return v;
        }
        if let Some(converted) = self.converted(v, ty) {
            return converted;
        }
        for p in self.v.node(v).ptrs.clone() {
            let content = self.st.get(p.cell);
            let whole = p.path.is_empty();
            if whole && p.kind == PtrKind::Shared && self.v.is_untyped(content) {
                let content = self.default_as(content, ty);
                self.st.set(p.cell, content);
            }
            // `f(&"a.b".into())`: what is borrowed has no other type than the one wanted.
            if whole
                && matches!(p.cell, Cell::Stack(_))
                && let Some(converted) = self.converted(content, ty)
            {
                self.st.set(p.cell, converted);
            }
        }
        if let Some(turned) = self.turned_inside(v, ty) {
            return turned;
        }
        if !self.v.is_untyped(v) {
            return v;
        }
        let mut n = self.v.node(v).clone();
        if n.known == [Known::Default] && n.fields.is_empty() {
            let default = self.default_value(ty, 0);
            return self.v.taint(default, n.tags.0);
        }
        for slot in &mut n.fields {
            let declared = self.part_type(&[ty], slot.0);
            slot.1 = self.default_as(slot.1, declared);
        }
        self.v.make(n)
    }

    /// What a value of a type of the tree is turned into by `.into()`: the wanted type, or the only one
    /// that is made from it.
    fn turned(&mut self, v: Val, want: Option<TypeId>) -> Option<Val> {
        let conversions = self.conversions();
        if conversions.is_empty() {
            return None;
        }
        let (from, given) = self.given(v)?;
        if want == Some(from) && given != Given::Held {
            return None;
        }
        let fits = |w: &&Way| w.given == given || (w.given != Given::Held && given != Given::Held);
        let ways: Vec<Way> = conversions
            .get(&from)?
            .iter()
            .filter(fits)
            .copied()
            .collect();
        let into = match want {
            Some(t) => t,
            // Types outside of the tree count: who gets one of them is not known.
            None => ways.first()?.into?,
        };
        if want.is_none() && ways.iter().any(|w| w.into != Some(into)) {
            return None;
        }
        let ty = self.tys.intern(TyKind::Adt(into, Vec::new()));
        let span = self.frames.last()?.call_span;
        // `.into()` does not tell `From<T>` from `From<&T>`: it gives the value of what it is asked of.
        let mut made = None;
        for way in ways.iter().filter(|w| w.into == Some(into)) {
            let new = self.run_fn(way.func, vec![v], ty, span, TagSet::EMPTY);
            if !std::mem::take(&mut self.st_dead) {
                made = Some(self.v.join(made.unwrap_or(Val::BOTTOM), new));
            }
        }
        made
    }

    /// What `.into()` gives where nobody says what is wanted: the only type that is made from it, or it
    /// itself.
    pub(crate) fn turned_alone(&mut self, v: Val) -> Val {
        self.turned(v, None).unwrap_or(v)
    }

    /// The type of the tree that a value is of, and how the value has it.
    fn given(&mut self, v: Val) -> Option<(TypeId, Given)> {
        let behind = self.content(v);
        let (held, given) = match self.v.node(behind).fields.as_slice() {
            _ if behind != v => (behind, Given::Borrowed),
            &[(Key::Element, held)] => (held, Given::Held),
            _ => (v, Given::Owned),
        };
        let [ty] = self.v.node(held).tys[..] else {
            return None;
        };
        match *self.tys.kind(ty) {
            TyKind::Adt(t, _) => Some((t, given)),
            _ => None,
        }
    }

    /// Which types are made from a type of the tree, and by what (`impl From<A> for B`).
    fn conversions(&mut self) -> Rc<Conversions> {
        if let Some(known) = &self.conversions {
            return known.clone();
        }
        let mut found = Conversions::default();
        for (i, imp) in self.r.program.impls.iter().enumerate() {
            let Some(path) = imp.of_trait.as_ref().filter(|p| p.last() == "From") else {
                continue;
            };
            let Some(given) = path.segments.last().and_then(|s| s.args.first()) else {
                continue;
            };
            let taken = given.behind_references();
            let ty = self
                .r
                .ty(&mut self.tys, imp.module, taken, &TyEnv::default());
            let (from, given) = match self.tys.kind(ty) {
                TyKind::Adt(from, _) if matches!(given, Type::Ref { .. }) => {
                    (*from, Given::Borrowed)
                }
                TyKind::Adt(from, _) => (*from, Given::Owned),
                TyKind::External(_, args) => match args.iter().map(|&a| self.tys.kind(a)).next() {
                    Some(TyKind::Adt(from, _)) => (*from, Given::Held),
                    _ => continue,
                },
                _ => continue,
            };
            let Some(&func) = imp.methods.first() else {
                continue;
            };
            let into = self
                .r
                .impl_type(ImplId(u32::try_from(i).unwrap_or(u32::MAX)));
            let way = Way { into, func, given };
            found.entry(from).or_default().push(way);
        }
        let found = Rc::new(found);
        self.conversions = Some(found.clone());
        found
    }

    /// The same for what an `Option` or another container holds: `Some(given.into())`.
    fn turned_inside(&mut self, v: Val, ty: TyId) -> Option<Val> {
        let n = self.v.node(v);
        let part = n.fields.iter().position(|(k, _)| *k == Key::Element)?;
        let held = n.fields[part].1;
        if self.conversions().is_empty() || self.v.node(held).tys.len() != 1 {
            return None;
        }
        let declared = self.part_type(&[ty], Key::Element);
        let TyKind::Adt(t, _) = *self.tys.kind(declared) else {
            return None;
        };
        let made = self.turned(held, Some(t))?;
        let mut n = self.v.node(v).clone();
        n.fields[part].1 = made;
        Some(self.v.make(n))
    }

    /// A value as the place wants it that it is stored in: `self.mode = given.into()`.
    pub(crate) fn turned_for(&mut self, v: Val, at: &Located) -> Val {
        if self.conversions().is_empty() {
            return v;
        }
        let [t] = at.targets.as_slice() else { return v };
        let targets = self.hop(std::slice::from_ref(t));
        let ([t], false) = (targets.as_slice(), v == Val::BOTTOM) else {
            return v;
        };
        let mut way = self.way_to(t);
        for &key in &t.path {
            self.go(&mut way, key);
        }
        let [declared] = way.tys[..] else { return v };
        if let TyKind::Adt(t, _) = *self.tys.kind(declared)
            && let Some(made) = self.turned(v, Some(t))
        {
            return made;
        }
        self.turned_inside(v, declared).unwrap_or(v)
    }

    /// Constant text, or a value of another type, where a type of the tree is wanted: what that type
    /// makes of it.
    fn converted(&mut self, v: Val, ty: TyId) -> Option<Val> {
        let TyKind::Adt(t, _) = *self.tys.kind(ty) else {
            return None;
        };
        if let Some(made) = self.turned(v, Some(t)) {
            return Some(made);
        }
        let n = self.v.node(v);
        let text = match n.known[..] {
            [Known::Str(text)] if !n.opaque && n.fields.is_empty() => text,
            [Known::Parsed(text)] if n.fields.is_empty() => text,
            _ => return None,
        };
        let tags = n.tags.0;
        let given = self.v.known(Known::Str(text));
        for name in CONVERSIONS {
            let name = Symbol::new(name);
            let found = self.r.methods(t, name);
            let Some(&m) = found.iter().find(|m| self.takes_text(**m)) else {
                continue;
            };
            let span = self.frames.last()?.call_span;
            let made = self.run_fn(m.func, vec![given], ty, span, TagSet::EMPTY);
            if std::mem::take(&mut self.st_dead) {
                continue;
            }
            let made = match name.as_str() {
                "from" => made,
                _ => {
                    let result = self.content(made);
                    self.project(result, Key::Element)
                }
            };
            return Some(self.v.taint(made, tags));
        }
        None
    }

    /// Of several conversions to one type the one that takes what is given, as far as that is known.
    pub(crate) fn conversion_for(&mut self, f: FnId, given: Option<Val>) -> FnId {
        let func = &self.r.program.functions[f.index()];
        if !CONVERSIONS.contains(&func.name.as_str()) {
            return f;
        }
        let ty = func.impl_id.and_then(|i| self.r.impl_type(i));
        let (Some(ty), Some(v)) = (ty, given) else {
            return f;
        };
        let found = self.r.methods(ty, func.name);
        if found.len() < 2 {
            return f;
        }
        if let Some((from, given)) = self.given(v) {
            let conversions = self.conversions();
            let ways = conversions.get(&from).map_or(&[][..], |w| w);
            let mut ways = ways
                .iter()
                .filter(|w| found.iter().any(|m| m.func == w.func));
            let first = ways.clone().find(|w| w.given != Given::Held);
            if let Some(way) = ways.find(|w| w.given == given).or(first) {
                return way.func;
            }
        }
        let is_text = self.text(v).is_some();
        let fits = found.iter().find(|m| self.takes_text(**m) == is_text);
        fits.map_or(f, |m| m.func)
    }

    /// Whether a conversion starts from text.
    pub(crate) fn takes_text(&self, m: Method) -> bool {
        let func = &self.r.program.functions[m.func.index()];
        let ty = match func.params.first() {
            Some(param) if func.receiver.is_none() => param.ty.behind_references(),
            _ => return false,
        };
        let Type::Path(path) = ty else { return false };
        // `impl<S: Into<String>> From<S>` takes anything.
        let generics = func
            .impl_id
            .map_or(&[][..], |i| &self.r.program.impls[i.index()].generics);
        let is_param = path.segments.len() == 1
            && generics
                .iter()
                .chain(&func.generics)
                .any(|g| g.name == path.last());
        is_param || matches!(path.last().as_str(), "str" | "String" | "Cow")
    }

    /// What a parameter is declared to turn into: `impl Into<Path>`, `P: Into<Path>`.
    pub(crate) fn turns_into(&mut self, op: &Operand) -> TyId {
        let Operand::Place(place) = op else {
            return TyId::UNKNOWN;
        };
        let PlaceBase::Local(l) = place.base else {
            return TyId::UNKNOWN;
        };
        let frame = self.frame();
        let (module, env) = (frame.module, frame.env.clone());
        let func = &self.r.program.functions[frame.func.index()];
        let Some(ty) = frame.body.locals[l.0 as usize].ty.as_ref() else {
            return TyId::UNKNOWN;
        };
        let bounds: Vec<&crate::ir::Path> = match ty {
            Type::Impl(paths) => paths.iter().collect(),
            Type::Path(p) if p.segments.len() == 1 => func
                .generics
                .iter()
                .filter(|g| g.name == p.last())
                .flat_map(|g| &g.bounds)
                .filter_map(|b| match b {
                    Type::Path(p) => Some(p),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let target = bounds
            .iter()
            .filter(|p| matches!(p.last().as_str(), "Into" | "TryInto"))
            .find_map(|p| p.segments.last()?.args.first());
        match target {
            Some(t) => self.r.ty(&mut self.tys, module, t, &env),
            None => TyId::UNKNOWN,
        }
    }

    /// What `text.parse()` gives: the text, until a type says what becomes of it.
    pub(crate) fn parsed(&mut self, text: Val, ty: TyId) -> Option<Val> {
        let name = self.text(text)?;
        let tags = self.v.deep(text);
        let waits = self.v.make(Node {
            known: vec![Known::Parsed(name)],
            opaque: true,
            ..Node::default()
        });
        let made = self.default_as(waits, ty);
        let made = self.v.taint(made, tags);
        let result = self.v.wrap(made, tags);
        let n = self.v.node(result).clone();
        Some(self.v.make(Node { opaque: true, ..n }))
    }
}
