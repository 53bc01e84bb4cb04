//! Places: finding, reading and writing them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{Const, Operand, Place, PlaceBase, Projection, Symbol, TypeDefKind};
use crate::source::Span;

use super::Interp;
use super::models::is_pointer_function;
use crate::flow::facts::is_within;
use crate::flow::resolve::Def;
use crate::flow::tag::{Age, Kind, Site, SiteId, Storage, Tag, TagSet};
use crate::flow::types::{TyEnv, TyId, TyKind};
use crate::flow::value::{Callable, Cell, Key, Known, Mapped, Node, PtrKind, TagSet0, Val};

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
            let n = self.v.node(v).clone();
            if !n.ptrs.is_empty() {
                tags = self.v.tags.union(tags, n.tags.0);
            }
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
                    Const::Int(Some(i)) => Known::Int(*i),
                    Const::Str(s) => Known::Str(*s),
                    Const::Int(None) | Const::Other => {
                        return self.v.make(Node {
                            known: Vec::new(),
                            complete: true,
                            ..Node::default()
                        });
                    }
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

    /// A kept value is read at a place. Through a local reference the read is told where that
    /// reference was made, and beside it where it is used.
    pub(crate) fn note_place_read(&mut self, tags: TagSet, at: &Located, p: &Place) {
        if !self.has_kept(tags) {
            return;
        }
        if self.is_direct(p) {
            self.note_read_at(tags, p.span, true);
            return;
        }
        self.note_read_at(tags, p.span, false);
        let targets = self.hop(&at.targets);
        self.note_origin_reads(tags, &targets);
    }

    fn note_origin_reads(&mut self, tags: TagSet, targets: &[Target]) {
        for t in targets {
            let made = (0..=t.path.len())
                .rev()
                .find_map(|n| self.origins.get(&(t.cell, t.path[..n].to_vec())).copied());
            if let Some(span) = made {
                self.note_read_at(tags, span, true);
            }
        }
    }

    /// What a reference leads to is read by code outside of the tree.
    pub(crate) fn note_value_read(&mut self, v: Val, span: Span) {
        if !self.v.has_ptr(v) {
            return;
        }
        let tags = self.deep_tags(v);
        if !self.has_kept(tags) {
            return;
        }
        self.note_read(tags, span);
        let targets = self.targets_of(v);
        self.note_origin_reads(tags, &targets);
    }

    /// A copy is made of what references in a value lead to.
    pub(crate) fn note_copied(&mut self, v: Val, span: Span) {
        let tags = self.copied_tags(v);
        self.note_read(tags, span);
        let mut ptrs = Vec::new();
        self.v
            .pointers(v, &mut rustc_hash::FxHashSet::default(), &mut ptrs);
        let targets: Vec<Target> = ptrs
            .iter()
            .filter(|p| p.kind == PtrKind::Borrow)
            .map(|p| Target {
                cell: p.cell,
                path: p.path.to_vec(),
            })
            .collect();
        self.note_origin_reads(tags, &targets);
    }

    pub(crate) fn has_kept(&self, tags: TagSet) -> bool {
        self.v.tags.has_kept(tags)
    }

    /// Remembers where the last reference to what outlives the callback was made; gives what was
    /// remembered before.
    pub(crate) fn note_origin(&mut self, targets: &[Target], p: &Place) -> Vec<Origin> {
        let mut before = Vec::new();
        if targets.iter().any(|t| matches!(t.cell, Cell::Heap(_))) && self.is_direct(p) {
            for t in targets {
                // What a context keeps is read by its own methods.
                let whole = self.load_target(t);
                if self.is_context(whole) {
                    continue;
                }
                let place = (t.cell, t.path.clone());
                if let Some(span) = self.origins.insert(place.clone(), p.span) {
                    before.push((place, span));
                }
            }
        }
        before
    }

    /// Whether a place expression leads by itself to what outlives the callback: from a static, a
    /// capture, `self` of a context, or a reference made in the same expression; not through a
    /// reference that some earlier statement made.
    pub(crate) fn is_direct(&mut self, p: &Place) -> bool {
        let PlaceBase::Local(l) = p.base else {
            return true;
        };
        let frame = self.frame();
        if l.0 < frame.body.captures {
            return true;
        }
        let name = frame.body.locals[l.0 as usize].name;
        if name.is_some_and(|n| n != "self") {
            return false;
        }
        let v = self.st.get(Cell::Stack(frame.base + l.0));
        let ptrs = self.v.node(v).ptrs.clone();
        ptrs.iter().any(|p| {
            let held = self.st.get(p.cell);
            let meant = self.load_target(&Target {
                cell: p.cell,
                path: p.path.to_vec(),
            });
            match name {
                Some(_) => self.is_context(meant),
                None => self.is_context(held) && !p.path.is_empty(),
            }
        })
    }

    /// Whether a local holds something from before an `.await`.
    pub(crate) fn is_suspended(&self, tags: TagSet) -> bool {
        self.v.tags.is_suspended(tags)
    }

    /// Writes to places. Writes to more than one place, to one of many elements, or to a cell that
    /// stands for several are weak.
    pub(crate) fn store(&mut self, at: &Located, v: Val, span: Span, weak: bool) {
        let single = at.targets.len() == 1;
        // Written back under the key by which it was found: keyed state.
        let v = self.unkeyed(v, at.chosen.0, &at.targets, span);
        for t in &at.targets {
            let mut v = v;
            let mut strong = single && !weak;
            if let Cell::Heap(h) = t.cell {
                strong &= !self.cells[h as usize].many;
                // No reference to a slot of the stack outlives it: what it leads to is meant.
                v = self.escape(v, 0, 0);
                v = self.mark_stored(v, t, span);
                self.note_write(t, span);
            } else if matches!(t.path.first(), Some(Key::Field(_))) && !self.v.deep(v).is_empty() {
                // A context that is still being built: the store is told here if it lives on.
                let site = self.site_for(t, span);
                let mut memo = Mapped::default();
                v = self.retag_stored(v, site, &mut memo);
            }
            strong = strong && self.is_single(t);
            let old = self.st.get(t.cell);
            if let Some(Key::Field(field)) = t.path.last() {
                let owner = self.type_name(old);
                self.name_cells(v, *field, || owner);
            }
            let new = self.set_path(old, &t.path, v, strong, !at.appends);
            self.st.set(t.cell, new);
        }
    }

    fn set_path(&mut self, old: Val, path: &[Key], v: Val, strong: bool, spreads: bool) -> Val {
        let Some((&key, rest)) = path.split_first() else {
            return if strong { v } else { self.v.join(old, v) };
        };
        let base = if old == Val::BOTTOM {
            self.v.make(Node {
                opaque: true,
                ..Node::default()
            })
        } else {
            old
        };
        let mut base = base;
        if key == Key::Element && spreads {
            // Some element, which may be any of those that are known one by one.
            for (k, part) in self.v.node(base).fields.clone() {
                if matches!(k, Key::Index(_)) {
                    let new = self.set_path(part, rest, v, false, spreads);
                    base = self.v.with_field(base, k, new, true);
                }
            }
        }
        let had = self.v.node(base).fields.iter().any(|(k, _)| *k == key);
        let part = if rest.is_empty() && strong {
            Val::BOTTOM
        } else {
            self.project(base, key)
        };
        // A weak write to a part of which nothing was known adds the new value beside it.
        let part = if rest.is_empty() && !had && !strong {
            Val::BOTTOM
        } else {
            part
        };
        let new = self.set_path(part, rest, v, strong, spreads);
        self.v.with_field(base, key, new, true)
    }

    /// Fresh taints that are written to something which outlives the callback remember the store.
    fn mark_stored(&mut self, v: Val, t: &Target, span: Span) -> Val {
        let deep = self.v.deep(v);
        if deep.is_empty() && !self.v.has_ptr(v) {
            return v;
        }
        if self.is_context(v) {
            // A context that is put aside to be resumed: its fields were stored where they were.
            let v = self.stored_while_built(v, span);
            self.note_stores(v);
            return v;
        }
        // What is computed from a kept value is told under the store of that value: here it ends. What
        // is put back where it was taken from goes on as it was.
        let site = self.site_for(t, span);
        let back: FxHashSet<Tag> = self
            .v
            .tags
            .list(deep)
            .into_iter()
            .filter(|tag| match tag.age {
                Age::Kept { site: from, .. } => {
                    is_same_place(self.v.tags.site_of(from).subject, site.subject)
                }
                Age::Fresh(_) => true,
            })
            .collect();
        let ended = self.v.tags.map(deep, |t| (!back.contains(&t)).then_some(t));
        self.note_act(ended);
        let mut memo = Mapped::default();
        let v = self
            .v
            .map_tags(v, &mut memo, &mut |t: Tag| back.contains(&t).then_some(t));
        // What lies under a key is judged by its key.
        let keyed = |k: &Key| matches!(k, Key::AnyEntry | Key::Entry(_));
        if !t.path.iter().any(keyed) {
            self.settle_allocations(v, &site);
        }
        let mut memo = Mapped::default();
        let v = self.retag_stored(v, site, &mut memo);
        self.note_stores(v);
        v
    }

    /// Remembers how stores depend on sources.
    pub(crate) fn note_stores(&mut self, v: Val) {
        let deep = self.v.deep(v);
        for t in self.v.tags.list(deep) {
            if let Age::Fresh(Some(site)) = t.age {
                self.note_store(site, t);
            }
        }
    }

    /// Remembers how one store depends on one source.
    pub(super) fn note_store(&mut self, site: SiteId, t: Tag) {
        let met = self.v.tags.conditions.get(&t.source).map_or(0, Vec::len);
        self.facts.conditions.entry((site, t.source)).or_insert(met);
        let decided = t.kind != Kind::Copied;
        let s = self
            .facts
            .stores
            .entry((site, t.source))
            .or_insert((true, true));
        s.0 &= decided;
        s.1 &= t.low;
    }

    /// The store that a write to `t` at `span` is.
    pub(crate) fn site_for(&mut self, t: &Target, span: Span) -> Site {
        let mut subject = String::new();
        let mut storage = Storage::Stream;
        if let Cell::Heap(h) = t.cell {
            let info = self.cells[h as usize].clone();
            storage = info.storage;
            let v = self.st.get(t.cell);
            let declared = self.type_name(v);
            // A struct that was allocated by itself names its own fields; the author knows them so.
            let own = info.made.is_some() && matches!(t.path.first(), Some(Key::Field(_)));
            match info.name {
                Some(n) if declared == "state" || !own => subject.push_str(n.as_str()),
                _ => subject.push_str(&declared),
            }
        } else {
            let v = self.st.get(t.cell);
            subject.push_str(&self.type_name(v));
        }
        if t.path.iter().any(|k| k.is_token()) {
            // It waits for an answer, as what a closure captured does.
            storage = Storage::Capture;
        }
        for k in &t.path {
            match k {
                _ if k.is_token() => subject.push_str("[token]"),
                Key::Field(n) => {
                    subject.push('.');
                    subject.push_str(n.as_str());
                }
                Key::Entry(n) => {
                    subject.push_str(&format!("[{:?}]", n.as_str()));
                }
                _ => {}
            }
        }
        let f = self.frame().func;
        let function = Symbol::new(&self.fn_name(f));
        Site {
            span,
            subject: Symbol::new(&subject),
            part: None,
            storage,
            callback: self.callback,
            function,
            adds: t.path.iter().any(|k| {
                matches!(
                    k,
                    Key::Element | Key::MapKeys | Key::AnyEntry | Key::Index(_)
                )
            }),
        }
    }

    /// An allocation is called after the first field that holds it.
    pub(crate) fn name_cells(&mut self, v: Val, field: Symbol, owner: impl FnOnce() -> String) {
        let held: Vec<u32> = self
            .v
            .node(v)
            .ptrs
            .iter()
            .filter_map(|p| match p.cell {
                Cell::Heap(h) if p.kind == PtrKind::Shared && p.path.is_empty() => Some(h),
                _ => None,
            })
            .collect();
        let mut unnamed = Vec::new();
        for h in held {
            let cell = &mut self.cells[h as usize];
            if !cell.holders.contains(&field) {
                cell.holders.push(field);
            }
            if cell.name.is_none() && !cell.is_context {
                unnamed.push(h);
            }
        }
        if unnamed.is_empty() {
            return;
        }
        let name = Symbol::new(&format!("{}.{field}", owner()));
        for h in unnamed {
            self.cells[h as usize].name = Some(name);
        }
    }

    /// The name of the nominal type of a value.
    pub(crate) fn type_name(&self, v: Val) -> String {
        self.v
            .node(v)
            .tys
            .iter()
            .find_map(|t| match self.tys.kind(*t) {
                TyKind::Adt(id, _) => {
                    Some(self.r.program.types[id.index()].name.as_str().to_owned())
                }
                _ => None,
            })
            .unwrap_or_else(|| "state".to_owned())
    }

    /// What a context holds from before it was put in place, without any store on the way that the
    /// tree shows, is stored where it is put in place.
    pub(crate) fn stored_while_built(&mut self, v: Val, span: Span) -> Val {
        let deep = self.v.deep(v);
        let homeless = self
            .v
            .tags
            .list(deep)
            .iter()
            .any(|t| t.age == Age::Fresh(None));
        if !homeless {
            return v;
        }
        let id = self.v.tags.site(Site {
            span,
            subject: Symbol::new(&self.type_name(v)),
            part: None,
            storage: Storage::Stream,
            callback: self.callback,
            function: Symbol::new(""),
            adds: false,
        });
        let mut memo = Mapped::default();
        self.v.map_tags(v, &mut memo, &mut |t: Tag| {
            Some(match t.age {
                Age::Fresh(None) => Tag {
                    age: Age::Fresh(Some(id)),
                    ..t
                },
                _ => t,
            })
        })
    }

    /// What a pointer leads to is stored with it: fresh taints in allocations that had no home yet
    /// (`Rc::new(route)`) get the store `site`.
    pub(crate) fn settle_allocations(&mut self, v: Val, site: &Site) {
        if !self.v.has_ptr(v) {
            return;
        }
        let mut seen = rustc_hash::FxHashSet::default();
        let mut ptrs = Vec::new();
        self.v.pointers(v, &mut seen, &mut ptrs);
        let mut i = 0;
        while i < ptrs.len() {
            let cell = ptrs[i].cell;
            i += 1;
            let Cell::Heap(h) = cell else { continue };
            let content = self.st.get(cell);
            if self.cells[h as usize].is_context || content == Val::BOTTOM {
                continue;
            }
            self.v.pointers(content, &mut seen, &mut ptrs);
            let deep = self.v.deep(content);
            let homeless = |t: &Tag| t.age == Age::Fresh(None) && t.kind != Kind::Presence;
            if !self.v.tags.list(deep).iter().any(homeless) {
                continue;
            }
            let mut memo = Mapped::default();
            let v = self.retag_stored(content, site.clone(), &mut memo);
            self.note_stores(v);
            self.st.set(cell, v);
        }
    }

    /// Gives fresh taints in `v` the store `site`. A store already known inside the same statement
    /// (a field of a struct literal) is kept as the more exact place, and so is a capture.
    pub(crate) fn retag_stored(&mut self, v: Val, site: Site, memo: &mut Mapped) -> Val {
        let deep = self.v.deep(v);
        let mut map: FxHashMap<Age, Age> = FxHashMap::default();
        for tag in self.v.tags.list(deep) {
            let Age::Fresh(old) = tag.age else { continue };
            if map.contains_key(&tag.age) {
                continue;
            }
            let new = match old.map(|o| self.v.tags.site_of(o).clone()) {
                Some(o) if o.storage == Storage::Capture => o,
                Some(o) if site.span.contains(o.span) && !is_other_field(&o, &site) => Site {
                    span: o.span,
                    subject: match o.subject.as_str().rsplit_once('.') {
                        // Met again, in a loop.
                        _ if is_within(o.subject.as_str(), site.subject.as_str()) => o.subject,
                        // The field of a struct that is built here is a part of this place.
                        Some((_, field)) => {
                            Symbol::new(&format!("{}.{field}", site.subject.as_str()))
                        }
                        None => site.subject,
                    },
                    ..site.clone()
                },
                o => Site {
                    part: o
                        .and_then(|o| o.field())
                        .filter(|&f| self.v.has_field(v, f)),
                    ..site.clone()
                },
            };
            let id = self.v.tags.site(new);
            map.insert(tag.age, Age::Fresh(Some(id)));
        }
        if map.is_empty() {
            return v;
        }
        self.v.map_tags(v, memo, &mut |t: Tag| {
            Some(Tag {
                age: map.get(&t.age).copied().unwrap_or(t.age),
                ..t
            })
        })
    }
}

/// `Some`, `Ok` and the success side of `?` have one payload key.
pub(crate) fn variant_key(variant: Symbol, field: Symbol) -> Key {
    match variant.as_str() {
        "Some" | "Ok" | "?" => Key::Element,
        _ => Key::Variant(variant, field),
    }
}

/// Whether two names of places (`Plugin.info`, `Plugin.info.route`) mean one place or a part of it.
fn is_same_place(a: Symbol, b: Symbol) -> bool {
    let (a, b) = (a.as_str(), b.as_str());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_prefix(short)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether two stores at one place are to two fields of one struct: a helper that is given the field.
fn is_other_field(a: &Site, b: &Site) -> bool {
    let owner = |s: &Site| s.subject.as_str().split_once('.').map(|(owner, _)| owner);
    a.span == b.span
        && owner(a).is_some()
        && owner(a) == owner(b)
        && !is_same_place(a.subject, b.subject)
}
