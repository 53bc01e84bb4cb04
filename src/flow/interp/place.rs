//! Places: finding them, and what is in them.

use crate::ir::{Const, Operand, Place, PlaceBase, Projection, Symbol, TypeDefKind};
use crate::source::Span;

use super::Interp;
use super::models::is_pointer_function;
use crate::flow::resolve::Def;
use crate::flow::tag::TagSet;
use crate::flow::types::{TyEnv, TyId, TyKind};
use crate::flow::value::{Callable, Cell, Key, Known, Node, PtrKind, TagSet0, Val};

/// One place in storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) cell: Cell,
    pub(crate) path: Vec<Key>,
}

/// What a place expression names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Located {
    /// In storage.
    pub(crate) targets: Vec<Target>,
    /// Not in storage: a constant, a function.
    pub(crate) value: Option<Val>,
    /// Taints of the keys used to get there: what is found was chosen by them.
    pub(crate) chosen: TagSet0,
    /// What is written comes behind the elements that are there.
    pub(crate) appends: bool,
}

/// Where the last reference to a place was made.
pub(crate) type Origin = ((Cell, Vec<Key>), Span);

const MAX_TARGETS: usize = 16;

impl Interp<'_> {
    /// Finds a place. The last step is not looked through when it is a reference.
    pub(crate) fn locate(&mut self, place: &Place) -> Located {
        let mut at = match &place.base {
            PlaceBase::Local(l) => Located {
                targets: vec![Target {
                    cell: Cell::Stack(self.frame().base + l.0),
                    path: Vec::new(),
                }],
                ..Located::default()
            },
            PlaceBase::Path(p) => self.locate_path(p),
        };
        for step in &place.proj {
            self.step(&mut at, step);
        }
        at
    }

    fn locate_path(&mut self, path: &crate::ir::Path) -> Located {
        let module = self.frame().module;
        let def = self.resolve_path(module, path);
        match def {
            Some((Def::Global(g), _)) => {
                use crate::ir::GlobalKind;
                match self.r.program.globals[g.index()].kind {
                    GlobalKind::Const => {
                        let v = self.const_value(g);
                        Located {
                            value: Some(v),
                            ..Located::default()
                        }
                    }
                    _ => {
                        let cell = self.static_cell(g);
                        Located {
                            targets: vec![Target {
                                cell,
                                path: Vec::new(),
                            }],
                            ..Located::default()
                        }
                    }
                }
            }
            Some((Def::Fn(f), ty)) => {
                let v = self.v.callable(Callable::Fn(f, ty));
                Located {
                    value: Some(v),
                    ..Located::default()
                }
            }
            Some((Def::Member(t, name), ty)) if name == "default" => {
                let ty = if ty == TyId::UNKNOWN {
                    self.tys.intern(TyKind::Adt(t, Vec::new()))
                } else {
                    ty
                };
                let v = self.v.callable(Callable::Default(ty));
                Located {
                    value: Some(v),
                    ..Located::default()
                }
            }
            Some((Def::Variant(t, name), _)) => {
                let v = self.variant_value(t, name);
                Located {
                    value: Some(v),
                    ..Located::default()
                }
            }
            Some((Def::Type(t), _)) => {
                // A unit struct, or a tuple struct used as a function.
                let is_tuple = matches!(
                    &self.r.program.types[t.index()].kind,
                    TypeDefKind::Struct(f) if !f.is_empty()
                );
                let v = if is_tuple {
                    self.v.callable(Callable::Constructor(path.last()))
                } else {
                    let ty = self.tys.intern(TyKind::Adt(t, Vec::new()));
                    self.v.make(Node {
                        tys: vec![ty],
                        complete: true,
                        ..Node::default()
                    })
                };
                Located {
                    value: Some(v),
                    ..Located::default()
                }
            }
            Some((Def::External(full), ty)) if is_pointer_function(full) => {
                let v = self.v.callable(Callable::Pointer(full, ty));
                Located {
                    value: Some(v),
                    ..Located::default()
                }
            }
            other => {
                let name = match other {
                    Some((Def::External(full), _)) => {
                        Symbol::new(full.as_str().rsplit("::").next().unwrap_or(""))
                    }
                    _ => path.last(),
                };
                let v = self.external_value(name);
                Located {
                    value: Some(v),
                    ..Located::default()
                }
            }
        }
    }

    /// A path outside of the tree used as a value: a unit variant, a function, a constant.
    fn external_value(&mut self, name: Symbol) -> Val {
        let text = name.as_str();
        let first_upper = text.chars().next().is_some_and(char::is_uppercase);
        let has_lower = text.chars().any(char::is_lowercase);
        match text {
            "Some" | "Ok" | "Err" => self.v.callable(Callable::Constructor(name)),
            _ if self.filtering.is_some() && self.sdk.carries(name) => {
                self.v.callable(Callable::Constructor(name))
            }
            _ if first_upper && has_lower => self.v.make(Node {
                known: vec![Known::Variant(name)],
                complete: true,
                ..Node::default()
            }),
            _ if !first_upper => self.v.callable(Callable::Constructor(name)),
            _ => self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN),
        }
    }

    fn variant_value(&mut self, t: crate::ir::TypeId, name: Symbol) -> Val {
        let has_payload = match &self.r.program.types[t.index()].kind {
            TypeDefKind::Enum(vs) => vs.iter().any(|v| v.name == name && !v.fields.is_empty()),
            _ => false,
        };
        if has_payload {
            return self.v.callable(Callable::Constructor(name));
        }
        let ty = self.tys.intern(TyKind::Adt(t, Vec::new()));
        self.v.make(Node {
            known: vec![Known::Variant(name)],
            tys: vec![ty],
            complete: true,
            ..Node::default()
        })
    }

    fn step(&mut self, at: &mut Located, step: &Projection) {
        let raw = match step {
            Projection::Deref => {
                let (targets, tags) = self.hop_tags(&at.targets);
                at.targets = targets;
                at.chosen = TagSet0(self.v.tags.union(at.chosen.0, tags));
                if let Some(v) = at.value {
                    at.value = Some(self.content(v));
                }
                return;
            }
            Projection::Field(n) => Key::Field(*n),
            Projection::Variant(v, n) => variant_key(*v, *n),
            Projection::Element => Key::Element,
            Projection::Index(op) => {
                let k = self.operand_quiet(op);
                let tags = self.v.deep(k);
                let tags = self.v.tags.decided(tags);
                at.chosen = TagSet0(self.v.tags.union(at.chosen.0, tags));
                self.index_key(k)
            }
        };
        let (hopped, tags) = self.hop_tags(&at.targets);
        at.chosen = TagSet0(self.v.tags.union(at.chosen.0, tags));
        let mut next = Vec::with_capacity(hopped.len());
        for t in hopped {
            let v = self.load_target(&t);
            let key = self.fit_key(v, raw);
            let mut path = t.path;
            path.push(key);
            if path.len() > 12 {
                path.pop();
            }
            let t = Target { cell: t.cell, path };
            if !next.contains(&t) {
                next.push(t);
            }
        }
        at.targets = next;
        if let Some(v) = at.value {
            let v = self.content(v);
            let key = self.fit_key(v, raw);
            at.value = Some(self.project(v, key));
        }
    }

    /// The key that an index value stands for.
    pub(crate) fn index_key(&self, k: Val) -> Key {
        let n = self.v.node(k);
        match n.known.as_slice() {
            [Known::Int(i)] if !n.opaque => u32::try_from(*i).map_or(Key::Element, Key::Index),
            [Known::Str(s)] if !n.opaque => Key::Entry(*s),
            _ => Key::Element,
        }
    }

    /// The key under which `v` really keeps what `key` asks for.
    pub(crate) fn fit_key(&self, v: Val, key: Key) -> Key {
        let n = self.v.node(v);
        let has = |k: Key| n.fields.iter().any(|(f, _)| *f == k);
        match key {
            Key::Variant(_, f) if !has(key) => {
                let is_struct = n.tys.iter().any(|t| match self.tys.kind(*t) {
                    TyKind::Adt(t, _) => {
                        matches!(self.r.program.types[t.index()].kind, TypeDefKind::Struct(_))
                    }
                    _ => false,
                });
                if is_struct || has(Key::Field(f)) {
                    Key::Field(f)
                } else {
                    key
                }
            }
            Key::Index(_) if !has(key) => {
                if has(Key::AnyEntry) {
                    Key::AnyEntry
                } else {
                    Key::Element
                }
            }
            _ => key,
        }
    }

    /// Looks through references and shared pointers until storage that is no pointer.
    pub(crate) fn hop(&mut self, targets: &[Target]) -> Vec<Target> {
        self.hop_tags(targets).0
    }

    /// The same, with the taints of the pointers: what they lead to was chosen by those.
    pub(crate) fn hop_tags(&mut self, targets: &[Target]) -> (Vec<Target>, TagSet) {
        let mut tags = TagSet::EMPTY;
        let mut out: Vec<Target> = Vec::new();
        let mut todo: Vec<(Target, u32)> = targets.iter().rev().map(|t| (t.clone(), 0)).collect();
        while let Some((t, depth)) = todo.pop() {
            let v = self.load_target(&t);
            let n = self.v.node(v);
            if !n.ptrs.is_empty() {
                let root = n.tags.0;
                tags = self.v.tags.union(tags, root);
            }
            let n = self.v.node(v);
            if n.ptrs.is_empty() || depth > 6 {
                if !out.contains(&t) && out.len() < MAX_TARGETS {
                    out.push(t);
                }
                continue;
            }
            let mixed = n.opaque || !n.fields.is_empty();
            for p in n.ptrs.iter().rev() {
                todo.push((
                    Target {
                        cell: p.cell,
                        path: p.path.to_vec(),
                    },
                    depth + 1,
                ));
            }
            if mixed && !out.contains(&t) && out.len() < MAX_TARGETS {
                out.push(t);
            }
        }
        (out, tags)
    }

    /// What is at a place, not looking through a final reference.
    pub(crate) fn load_target(&mut self, t: &Target) -> Val {
        let mut v = self.st.get(t.cell);
        for &key in &t.path {
            if v == Val::BOTTOM {
                return v;
            }
            v = self.project(v, key);
        }
        v
    }

    pub(crate) fn load(&mut self, at: &Located) -> Val {
        let mut out = at.value.unwrap_or(Val::BOTTOM);
        for t in &at.targets {
            let v = self.load_target(t);
            out = self.v.join(out, v);
        }
        self.v.taint(out, at.chosen.0)
    }

    /// A part of a value. Parts inherit the taints of the whole.
    pub(crate) fn project(&mut self, v: Val, key: Key) -> Val {
        if v == Val::BOTTOM {
            return v;
        }
        if let Some(&part) = self.parts.get(&(v, key)) {
            return part;
        }
        let part = self.part(v, key);
        // What a pointer leads to is another thing in another state.
        if !self.v.has_ptr(v) {
            self.parts.insert((v, key), part);
        }
        part
    }

    fn part(&mut self, v: Val, key: Key) -> Val {
        let n = self.v.node(v).clone();
        let mut found = Val::BOTTOM;
        let direct = n.fields.iter().find(|(k, _)| *k == key).map(|&(_, f)| f);
        if let Some(f) = direct {
            found = f;
        }
        match key {
            Key::Element => {
                for &(k, f) in &n.fields {
                    if matches!(k, Key::Index(_)) {
                        found = self.v.join(found, f);
                    }
                }
                let mut map = Val::BOTTOM;
                let mut keys = Val::BOTTOM;
                for &(k, f) in &n.fields {
                    match k {
                        Key::AnyEntry | Key::Entry(_) => map = self.v.join(map, f),
                        Key::MapKeys => keys = self.v.join(keys, f),
                        _ => {}
                    }
                }
                if map != Val::BOTTOM {
                    let pair = self.pair(keys, map);
                    found = self.v.join(found, pair);
                }
            }
            Key::AnyEntry => {
                for &(k, f) in &n.fields {
                    if matches!(k, Key::Entry(_)) || (k == Key::Element && direct.is_none()) {
                        found = self.v.join(found, f);
                    }
                }
            }
            Key::Entry(_) => {
                for &(k, f) in &n.fields {
                    let other = k == Key::AnyEntry || (k == Key::Element && direct.is_none());
                    if other && direct.is_none() {
                        found = self.v.join(found, f);
                    }
                }
            }
            Key::Index(_) if direct.is_none() => {
                return self.project(v, Key::Element);
            }
            Key::Field(_) if direct.is_none() && n.fields.len() == 1 => {
                // `lock()` that gives the guard itself: the one payload is meant.
                if let (Key::Element, inner) = n.fields[0]
                    && n.complete
                    && self.v.has_ptr(inner)
                {
                    let inner = self.content(inner);
                    return self.project(inner, key);
                }
            }
            _ => {}
        }
        let exact = direct.is_some() && !matches!(key, Key::Element | Key::AnyEntry);
        if n.opaque && !exact || (found == Val::BOTTOM && !n.complete && n.known.is_empty()) {
            let ty = self.part_type(&n.tys, key);
            let unknown = self.v.make(Node {
                tys: if ty == TyId::UNKNOWN {
                    Vec::new()
                } else {
                    vec![ty]
                },
                opaque: true,
                live: n.live,
                ..Node::default()
            });
            // A typed unknown adds nothing to a part that is known.
            found = if found == Val::BOTTOM { unknown } else { found };
            let held = n.fields.iter().find(|(k, _)| *k == Key::Held);
            if let Some(&(held, fns)) = held.filter(|_| direct.is_none()) {
                found = self.v.with_field(found, held, fns, false);
            }
        }
        if found == Val::BOTTOM {
            return found;
        }
        let tags = if key == Key::Element {
            self.v.tags.of_payload(n.tags.0)
        } else {
            n.tags.0
        };
        self.v.taint(found, tags)
    }

    pub(crate) fn pair(&mut self, a: Val, b: Val) -> Val {
        self.v.make(Node {
            fields: vec![
                (Key::Field(Symbol::new("0")), a),
                (Key::Field(Symbol::new("1")), b),
            ],
            complete: true,
            ..Node::default()
        })
    }

    /// The value as a place of a declared type gets it: what waits for its type is made, the rest has it.
    pub(super) fn as_declared(&mut self, v: Val, ty: TyId) -> Val {
        let v = self.default_as(v, ty);
        self.declared(v, ty)
    }

    /// The value with a declared type where it had none, also in its parts: the `Config` in what is
    /// a `Result<Config, Error>`.
    pub(crate) fn declared(&mut self, v: Val, ty: TyId) -> Val {
        if ty == TyId::UNKNOWN || v == Val::BOTTOM {
            return v;
        }
        if let Some(&known) = self.typed.get(&(v, ty)) {
            return known;
        }
        let typed = self.v.typed(v, ty);
        let n = self.v.node(typed);
        let mut out = typed;
        if n.ptrs.is_empty() && n.fns.is_empty() {
            let mut n = n.clone();
            for slot in &mut n.fields {
                let part = self.part_type(&[ty], slot.0);
                slot.1 = self.declared(slot.1, part);
            }
            out = self.v.make(n);
        }
        self.typed.insert((v, ty), out);
        out
    }

    /// The declared type of a part.
    pub(crate) fn part_type(&mut self, tys: &[TyId], key: Key) -> TyId {
        for &t in tys {
            let found = match (self.tys.kind(t).clone(), key) {
                (TyKind::Adt(id, args), _) => {
                    let def = &self.r.program.types[id.index()];
                    let fields = match (&def.kind, key) {
                        (TypeDefKind::Struct(fs), Key::Field(n)) => fs.iter().find(|f| f.name == n),
                        (TypeDefKind::Enum(vs), Key::Variant(v, n)) => vs
                            .iter()
                            .find(|x| x.name == v)
                            .and_then(|x| x.fields.iter().find(|f| f.name == n)),
                        _ => None,
                    };
                    let Some(field) = fields else { continue };
                    let mut env = TyEnv::default();
                    let args = args.iter().copied().chain(std::iter::repeat(TyId::UNKNOWN));
                    for (g, a) in def.generics.iter().zip(args) {
                        env.set(g.name, a);
                    }
                    env.set(Symbol::new("Self"), t);
                    self.r.ty(&mut self.tys, def.module, &field.ty, &env)
                }
                (TyKind::External(name, _), Key::Field(n)) => match self.sdk.field(name, n) {
                    Some(gives) => self.tys.intern(TyKind::External(gives, Vec::new())),
                    None => TyId::UNKNOWN,
                },
                (TyKind::External(name, args), Key::Element) => {
                    let is_map = name.as_str().ends_with("Map") && args.len() >= 2;
                    if is_map {
                        self.tys.intern(TyKind::Tuple(args))
                    } else {
                        args.first().copied().unwrap_or(TyId::UNKNOWN)
                    }
                }
                (TyKind::External(_, args), Key::AnyEntry | Key::Entry(_)) => {
                    args.get(1).copied().unwrap_or(TyId::UNKNOWN)
                }
                (TyKind::External(_, args), Key::MapKeys) => {
                    args.first().copied().unwrap_or(TyId::UNKNOWN)
                }
                (TyKind::External(_, args), Key::Variant(v, _)) if v == "Err" => {
                    args.get(1).copied().unwrap_or(TyId::UNKNOWN)
                }
                (TyKind::Tuple(items), Key::Field(n)) => n
                    .as_str()
                    .parse::<usize>()
                    .ok()
                    .and_then(|i| items.get(i).copied())
                    .unwrap_or(TyId::UNKNOWN),
                _ => TyId::UNKNOWN,
            };
            if found != TyId::UNKNOWN {
                return found;
            }
        }
        TyId::UNKNOWN
    }

    /// The value behind references and shared pointers.
    pub(crate) fn content(&mut self, v: Val) -> Val {
        let mut v = v;
        for _ in 0..8 {
            let n = self.v.node(v).clone();
            if n.ptrs.is_empty() {
                return v;
            }
            let mut out = if n.opaque || !n.fields.is_empty() || !n.fns.is_empty() {
                self.v.make(Node {
                    ptrs: Vec::new(),
                    ..n.clone()
                })
            } else {
                Val::BOTTOM
            };
            for p in &n.ptrs {
                let t = Target {
                    cell: p.cell,
                    path: p.path.to_vec(),
                };
                let c = self.load_target(&t);
                out = self.v.join(out, c);
            }
            v = self.v.taint(out, n.tags.0);
        }
        v
    }

    /// The value behind `&`s, up to a shared pointer: what `clone` copies.
    pub(crate) fn cloned(&mut self, v: Val) -> Val {
        let mut v = v;
        for _ in 0..8 {
            let n = self.v.node(v).clone();
            if n.ptrs.is_empty() || n.ptrs.iter().any(|p| p.kind == PtrKind::Shared) {
                return v;
            }
            let mut out = if n.opaque || !n.fields.is_empty() {
                self.v.make(Node {
                    ptrs: Vec::new(),
                    ..n.clone()
                })
            } else {
                Val::BOTTOM
            };
            for p in &n.ptrs {
                let t = Target {
                    cell: p.cell,
                    path: p.path.to_vec(),
                };
                let c = self.load_target(&t);
                out = self.v.join(out, c);
            }
            v = self.v.taint(out, n.tags.0);
        }
        v
    }

    /// All taints of a value and of what it points at, two pointers deep. A pointer to a whole
    /// context is not followed.
    pub(crate) fn deep_tags(&mut self, v: Val) -> TagSet {
        self.tags_behind(v, true)
    }

    /// The same, but what a counted pointer leads to stays out: a copy of the pointer reads nothing
    /// of it.
    pub(crate) fn copied_tags(&mut self, v: Val) -> TagSet {
        self.tags_behind(v, false)
    }

    fn tags_behind(&mut self, v: Val, shared: bool) -> TagSet {
        let mut tags = self.v.deep(v);
        if !self.v.has_ptr(v) {
            return tags;
        }
        let mut ptrs = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        self.v.pointers(v, &mut seen, &mut ptrs);
        let mut i = 0;
        while i < ptrs.len() && i < 32 {
            let p = ptrs[i].clone();
            i += 1;
            if !shared && p.kind == PtrKind::Shared {
                continue;
            }
            if let Cell::Heap(h) = p.cell
                && self.cells[h as usize].is_context
                && p.path.is_empty()
            {
                continue;
            }
            let t = Target {
                cell: p.cell,
                path: p.path.to_vec(),
            };
            let c = self.load_target(&t);
            if self.is_context(c) {
                continue;
            }
            let d = self.v.deep(c);
            tags = self.v.tags.union(tags, d);
            if self.v.has_ptr(c) {
                self.v.pointers(c, &mut seen, &mut ptrs);
            }
        }
        tags
    }

    /// The value of an operand, not counted as a read.
    pub(crate) fn operand_quiet(&mut self, op: &Operand) -> Val {
        match op {
            Operand::Place(p) => {
                let at = self.locate(p);
                self.load(&at)
            }
            Operand::Const(c, _) => {
                let k = match c {
                    Const::Unit => Known::Unit,
                    Const::Bool(b) => Known::Bool(*b),
                    Const::Int(i) => Known::Int(*i),
                    Const::Str(s) => Known::Str(*s),
                    Const::Literal(text) => Known::Literal(*text),
                    Const::Other => return self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN),
                };
                self.v.known(k)
            }
        }
    }

    /// The value of an operand. Taking a kept value out of where it is kept is a read.
    pub(crate) fn operand(&mut self, op: &Operand) -> Val {
        let Operand::Place(p) = op else {
            return self.operand_quiet(op);
        };
        let at = self.locate(p);
        let v = self.load(&at);
        let tags = self.v.deep(v);
        // A call of an asynchronous function that is handed on reads nothing of its arguments yet.
        let fns = &self.v.node(v).fns;
        let is_call = |f: &Callable| matches!(f, Callable::Future { .. });
        let waits = (fns.is_empty() || !fns.iter().all(is_call)) && self.is_suspended(tags);
        if !tags.is_empty() && (self.in_heap(&at) || waits) {
            self.note_place_read(tags, &at, p);
        }
        v
    }
}

/// `Some`, `Ok` and the success side of `?` have one payload key.
pub(crate) fn variant_key(variant: Symbol, field: Symbol) -> Key {
    match variant.as_str() {
        "Some" | "Ok" | "?" => Key::Element,
        _ => Key::Variant(variant, field),
    }
}
