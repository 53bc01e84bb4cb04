//! Computed values.

use crate::ir::{
    AssignKind, BinaryOp, FormatKind, ModuleId, Operand, Place, PlaceBase, Rvalue, Symbol,
    TypeDefKind, UnaryOp,
};
use crate::source::Span;

use super::Interp;
use super::place::{Located, variant_key};
use crate::flow::resolve::Def;
use crate::flow::tag::{Age, Extent, Kind, Site, SiteId, Storage, TagSet};
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{
    Cell, Guard, Key, Known, Mapped, Node, Proof, PtrKind, Sided, TagSet0, Val,
};

/// What a comparison of a kept value with a fresh one is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detected {
    property: Symbol,
    /// Where the kept value was read.
    callback: Symbol,
    /// What both sides have at least.
    extent: Extent,
}

impl<'p> Interp<'p> {
    /// The value of a computation; `None` when it never completes.
    pub(crate) fn rvalue(&mut self, value: &'p Rvalue, span: Span) -> Option<Val> {
        Some(match value {
            Rvalue::Use(Operand::Place(p)) if self.binding || self.is_pattern_part(p) => {
                // A binding of something that lives on is a reference: using it is the read.
                let at = self.locate(p);
                if self.in_heap(&at) && !at.targets.is_empty() {
                    let v = self.load(&at);
                    if self.v.node(v).ptrs.is_empty() {
                        return Some(self.borrowed(&at, p));
                    }
                    v
                } else {
                    self.load(&at)
                }
            }
            Rvalue::Use(op) => self.operand(op),
            Rvalue::Ref { place, .. } => {
                let at = self.locate(place);
                if at.targets.is_empty() {
                    self.load(&at)
                } else {
                    self.borrowed(&at, place)
                }
            }
            Rvalue::Struct { path, fields, base } => {
                let fields: Vec<(Symbol, Val, Span)> = fields
                    .iter()
                    .map(|f| (f.name, self.operand(&f.value), f.span))
                    .collect();
                let base = base.as_ref().map(|b| {
                    let v = self.operand(b);
                    self.content(v)
                });
                self.aggregate(path, &fields, base)
            }
            Rvalue::Tuple(ops) => {
                let fields = ops
                    .iter()
                    .enumerate()
                    .map(|(i, o)| (Key::Field(Symbol::new(&i.to_string())), self.operand(o)))
                    .collect();
                self.v.make(Node {
                    known: if ops.is_empty() {
                        vec![Known::Unit]
                    } else {
                        Vec::new()
                    },
                    fields,
                    complete: true,
                    ..Node::default()
                })
            }
            Rvalue::Array(ops) => {
                let fields = if ops.len() <= 16 {
                    ops.iter()
                        .enumerate()
                        .map(|(i, o)| (Key::Index(u32::try_from(i).unwrap_or(0)), self.operand(o)))
                        .collect()
                } else {
                    let mut all = Val::BOTTOM;
                    for o in ops {
                        let v = self.operand(o);
                        all = self.v.join(all, v);
                    }
                    vec![(Key::Element, all)]
                };
                self.v.make(Node {
                    fields,
                    complete: true,
                    ..Node::default()
                })
            }
            Rvalue::Binary { op, left, right } => self.binary(*op, left, right),
            Rvalue::Unary { op, value } => {
                let v = self.operand(value);
                let v = self.content(v);
                match (op, self.known_bool(v)) {
                    (UnaryOp::Not, Some(b)) => {
                        let k = self.v.known(Known::Bool(!b));
                        let tags = self.v.root(v);
                        self.v.taint(k, tags)
                    }
                    _ => {
                        let sided = self.v.sided(v).into_iter();
                        let guards = sided.map(|(p, b)| (p, Known::Bool(!b))).collect();
                        let v = self.blur(v);
                        let n = self.v.node(v).clone();
                        self.v.make(Node { guards, ..n })
                    }
                }
            }
            Rvalue::Cast { value, ty } => {
                let v = self.operand(value);
                let frame = self.frame();
                let (module, env) = (frame.module, frame.env.clone());
                let ty = self.r.ty(&mut self.tys, module, ty, &env);
                self.as_declared(v, ty)
            }
            Rvalue::Call(call) => self.call(call)?,
            Rvalue::Closure { index, captures } => self.make_closure(*index, captures, span),
            Rvalue::Await(op) => {
                let v = self.operand(op);
                self.await_value(v, span)?
            }
            Rvalue::Format { kind, args } => self.format(*kind, args, span),
            Rvalue::Mix { args, .. } => {
                let mut tags = TagSet::EMPTY;
                let mut live = false;
                for a in args {
                    let v = self.operand(a);
                    let t = self.deep_tags(v);
                    live |= self.v.is_live(v);
                    tags = self.v.tags.union(tags, t);
                }
                self.v.make(Node {
                    tags: TagSet0(tags),
                    opaque: true,
                    live,
                    ..Node::default()
                })
            }
        })
    }

    /// Whether a place is a part that a pattern takes out of a reference which has no name:
    /// `let (a, b) = &self.pair`, `|(k, v)| ..`.
    pub(crate) fn is_pattern_part(&self, p: &Place) -> bool {
        let PlaceBase::Local(l) = p.base else {
            return false;
        };
        let frame = self.frame();
        if p.proj.is_empty() || frame.body.locals[l.0 as usize].name.is_some() {
            return false;
        }
        let v = self.st.get(Cell::Stack(frame.base + l.0));
        !self.v.node(v).ptrs.is_empty()
    }

    /// What a pattern binds to a part of something borrowed: `let Self { route, .. } = self;`.
    pub(super) fn bound_part(&mut self, value: &Rvalue, kind: AssignKind) -> Option<Val> {
        let (AssignKind::Bind, Rvalue::Use(Operand::Place(p))) = (kind, value) else {
            return None;
        };
        let PlaceBase::Local(l) = p.base else {
            return None;
        };
        let whole = self.st.get(Cell::Stack(self.frame().base + l.0));
        if p.proj.is_empty() || self.v.node(whole).ptrs.is_empty() {
            return None;
        }
        let at = self.locate(p);
        let v = self.load(&at);
        let is_stored = !at.targets.is_empty() && self.v.node(v).ptrs.is_empty();
        is_stored.then(|| self.borrowed(&at, p))
    }

    /// A reference to a place in storage.
    fn borrowed(&mut self, at: &Located, place: &Place) -> Val {
        self.note_origin(&at.targets, place);
        let p = self.pointer_to(&at.targets, PtrKind::Borrow);
        self.v.taint(p, at.chosen.0)
    }

    /// A value computed from `v` that keeps none of its structure.
    pub(crate) fn blur(&mut self, v: Val) -> Val {
        let tags = self.deep_tags(v);
        let live = self.v.is_live(v);
        self.v.make(Node {
            tags: TagSet0(tags),
            opaque: true,
            live,
            ..Node::default()
        })
    }

    pub(crate) fn format(&mut self, kind: FormatKind, args: &'p [Operand], span: Span) -> Val {
        let mut tags = TagSet::EMPTY;
        let mut live = false;
        for a in args {
            let v = self.operand_quiet(a);
            let t = self.deep_tags(v);
            live |= self.v.is_live(v);
            if let Operand::Place(p) = a {
                let at = self.locate(p);
                if self.in_heap(&at) || self.v.has_ptr(v) || self.is_suspended(t) {
                    self.note_place_read(t, &at, p);
                }
            }
            tags = self.v.tags.union(tags, t);
        }
        match kind {
            FormatKind::Log => {
                self.note_tell(tags);
                self.v.known(Known::Unit)
            }
            FormatKind::Assert => {
                self.effects += 1;
                self.note_act(tags);
                self.v.known(Known::Unit)
            }
            FormatKind::Value => self.v.make(Node {
                tags: TagSet0(tags),
                opaque: true,
                live,
                ..Node::default()
            }),
            FormatKind::Write => {
                if let Some(Operand::Place(p)) = args.first()
                    && !tags.is_empty()
                {
                    let at = self.locate(p);
                    let targets = self.hop(&at.targets);
                    let text = self.v.make(Node {
                        tags: TagSet0(tags),
                        opaque: true,
                        live,
                        ..Node::default()
                    });
                    self.store(
                        &Located {
                            targets,
                            ..Located::default()
                        },
                        text,
                        span,
                        true,
                    );
                }
                self.v.make(Node {
                    opaque: true,
                    ..Node::default()
                })
            }
        }
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, left: &'p Operand, right: &'p Operand) -> Val {
        let l = self.operand_quiet(left);
        let r = self.operand_quiet(right);
        let (lc, rc) = (self.content(l), self.content(r));
        // What `Some(&now)` or a tuple of references holds is compared too.
        let (lt, rt) = (self.deep_tags(l), self.deep_tags(r));
        let mut all = self.v.tags.union(lt, rt);
        let mut guards = Vec::new();
        let mut detects = false;
        if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            let detected = self.detected(lt, rt);
            if !detected.is_empty() {
                all = TagSet::EMPTY;
                detects = true;
                guards = self.proofs(&detected, lt, rt, Known::Bool(op == BinaryOp::Eq));
            } else if let Some(proven) = self.proven_by_constant(lc, rc) {
                // `kept.cmp(&now) == Ordering::Equal`
                detects = true;
                let equal = Known::Bool(op == BinaryOp::Eq);
                let unequal = Known::Bool(op != BinaryOp::Eq);
                let known = |(p, side)| (p, if side { equal } else { unequal });
                guards = proven.into_iter().map(known).collect();
            }
        }
        for (operand, v, tags) in [(left, l, lt), (right, r, rt)] {
            if let Operand::Place(p) = operand {
                let at = self.locate(p);
                if !detects && self.v.node(v).ptrs.is_empty() && self.v.has_ptr(v) {
                    self.note_value_read(v, p.span);
                } else if self.in_heap(&at) {
                    let kept = self.v.tags.ids(all).to_vec();
                    let seen = self.v.tags.ids(tags).to_vec();
                    let both: Vec<_> = seen.into_iter().filter(|t| kept.contains(t)).collect();
                    let set = self.v.tags.set(both);
                    self.note_place_read(set, &at, p);
                }
            }
        }
        match op {
            BinaryOp::Eq | BinaryOp::Ne => {
                if detects {
                    return self.v.make(Node {
                        opaque: true,
                        guards,
                        ..Node::default()
                    });
                }
                if let Some(eq) = self.known_equal(lc, rc) {
                    let k = self.v.known(Known::Bool(eq == (op == BinaryOp::Eq)));
                    let tags = self.v.tags.decided(all);
                    return self.v.taint(k, tags);
                }
                let tags = self.v.tags.decided(all);
                self.v.make(Node {
                    tags: TagSet0(tags),
                    opaque: true,
                    ..Node::default()
                })
            }
            BinaryOp::Order => {
                let tags = self.v.tags.decided(all);
                self.v.make(Node {
                    tags: TagSet0(tags),
                    opaque: true,
                    ..Node::default()
                })
            }
            // A count or sum is no choice, whatever it stands under; `1 << 20` is a constant.
            BinaryOp::Arithmetic | BinaryOp::Bits => {
                let constant = self.is_constant(left, l) && self.is_constant(right, r);
                self.v.make(Node {
                    tags: TagSet0(all),
                    opaque: true,
                    live: !constant,
                    ..Node::default()
                })
            }
        }
    }

    /// Whether an operand is a constant or made of constants alone: no variable, nothing that is kept.
    fn is_constant(&self, op: &Operand, v: Val) -> bool {
        let written = match op {
            Operand::Const(..) => true,
            Operand::Place(p) => match &p.base {
                PlaceBase::Path(_) => true,
                PlaceBase::Local(l) => {
                    p.proj.is_empty() && self.frame().body.locals[l.0 as usize].name.is_none()
                }
            },
        };
        written && !self.v.is_live(v) && !self.v.has_ptr(v)
    }

    /// A kept value compared with a fresh read of the same property detects the reroute: what is
    /// compared so.
    pub(crate) fn detected(&mut self, a: TagSet, b: TagSet) -> Vec<Detected> {
        let (a, b) = (self.v.tags.list(a), self.v.tags.list(b));
        let mut out = Vec::new();
        for (kept, fresh) in [(&a, &b), (&b, &a)] {
            for k in kept {
                let Age::Kept { site, .. } = k.age else {
                    continue;
                };
                let source = self.v.tags.source_of(k.source);
                let (property, callback) = (source.property, source.callback);
                let read = fresh.iter().filter(|t| {
                    matches!(t.age, Age::Fresh(_))
                        && t.kind == k.kind
                        && self.v.tags.source_of(t.source).property == property
                });
                let Some(extent) = read.map(|t| t.extent()).min() else {
                    continue;
                };
                self.facts.compared.insert((site, k.source));
                let detected = Detected {
                    property,
                    callback,
                    extent: extent.max(k.extent()),
                };
                if k.kind != Kind::Presence && !out.contains(&detected) {
                    out.push(detected);
                }
            }
        }
        out
    }

    /// What a comparison that detects a reroute proves where its answer is `equal`: what is kept of the
    /// properties is up to date, unless two values can lead to what was compared; and what was compared
    /// is so itself if nothing else is in it.
    pub(crate) fn proofs(
        &mut self,
        detected: &[Detected],
        a: TagSet,
        b: TagSet,
        equal: Known,
    ) -> Vec<Guard> {
        let telling = detected.iter().filter(|d| d.extent != Extent::Choice);
        let mut out: Vec<Proof> = telling
            .map(|d| Proof::Fresh(d.property, d.callback, d.extent))
            .collect();
        let mut mixed: Vec<SiteId> = Vec::new();
        for t in [a, b].iter().flat_map(|&set| self.v.tags.list(set)) {
            let Age::Kept { site, .. } = t.age else {
                continue;
            };
            let property = self.v.tags.source_of(t.source).property;
            let same = Proof::Same(site, t.extent());
            // One of several that were added says nothing of the others.
            if self.v.tags.site_of(site).adds || !detected.iter().any(|d| d.property == property) {
                mixed.push(site);
            } else if !out.contains(&same) {
                out.push(same);
            }
        }
        out.retain(|p| !matches!(p, Proof::Same(site, _) if mixed.contains(site)));
        out.into_iter().map(|p| (p, equal)).collect()
    }

    /// What it proves that a value which proves something equals this constant, or does not:
    /// `Ordering::Equal`.
    fn proven_by_constant(&self, a: Val, b: Val) -> Option<Vec<Sided>> {
        [(a, b), (b, a)].into_iter().find_map(|(given, constant)| {
            let [constant] = self.v.node(constant).known.as_slice() else {
                return None;
            };
            let told = self.v.told_by_constant(given, *constant);
            (!told.is_empty()).then_some(told)
        })
    }

    /// A struct literal, or a tuple struct or variant called with its fields.
    pub(crate) fn aggregate(
        &mut self,
        path: &crate::ir::Path,
        fields: &[(Symbol, Val, Span)],
        base: Option<Val>,
    ) -> Val {
        let module = self.frame().module;
        let last = path.last();
        let mut ty = None;
        let mut variant = None;
        match self.resolve_path(module, path) {
            Some((Def::Type(t), self_ty)) => {
                let args = match self.tys.kind(self_ty) {
                    TyKind::Adt(_, args) => args.clone(),
                    _ => Vec::new(),
                };
                if matches!(self.r.program.types[t.index()].kind, TypeDefKind::Enum(_)) {
                    variant = Some(last);
                }
                ty = Some(self.tys.intern(TyKind::Adt(t, args)));
            }
            Some((Def::Variant(t, name), _)) => {
                variant = Some(name);
                ty = Some(self.tys.intern(TyKind::Adt(t, Vec::new())));
            }
            _ if matches!(last.as_str(), "Some" | "Ok" | "Err") => variant = Some(last),
            _ => {}
        }
        let is_struct = variant.is_none() && ty.is_some();
        let mut node = Node {
            complete: true,
            ..Node::default()
        };
        if let Some(b) = base {
            let b = self.default_as(b, ty.unwrap_or(TyId::UNKNOWN));
            node = self.v.node(b).clone();
        }
        if let Some(t) = ty {
            node.tys = vec![t];
        }
        let type_name = match ty.map(|t| self.tys.kind(t).clone()) {
            Some(TyKind::Adt(t, _)) => self.r.program.types[t.index()].name.as_str(),
            _ => "",
        };
        for &(name, v, span) in fields {
            let key = match variant {
                Some(variant) => variant_key(variant, name),
                None => Key::Field(name),
            };
            let mut v = v;
            if is_struct && let Some(def) = ty {
                let declared = self.part_type(&[def], key);
                v = self.default_as(v, declared);
                v = self.shared_field(def, name, v);
            }
            if is_struct && (self.v.has_ptr(v) || !self.v.deep(v).is_empty()) {
                let f = self.frame().func;
                let function = Symbol::new(&self.fn_name(f));
                let site = Site {
                    span,
                    subject: Symbol::new(&format!("{type_name}.{name}")),
                    part: None,
                    storage: Storage::Stream,
                    callback: self.callback,
                    function,
                    adds: false,
                };
                self.settle_allocations(v, &site);
                let mut memo = Mapped::default();
                v = self.retag_stored(v, site, &mut memo);
            }
            if is_struct {
                self.name_cells(v, name, || type_name.to_string());
            }
            match node.fields.iter_mut().find(|(k, _)| *k == key) {
                Some(slot) => slot.1 = v,
                None => node.fields.push((key, v)),
            }
        }
        if base.is_none()
            && fields.is_empty()
            && let Some(variant) = variant
        {
            node.known = vec![Known::Variant(variant)];
        }
        self.v.make(node)
    }

    /// A field declared as a shared pointer holds one, also when its value came from where the tree
    /// does not show it being made (`Default::default()`).
    pub(crate) fn shared_field(
        &mut self,
        ty: crate::flow::types::TyId,
        name: Symbol,
        v: Val,
    ) -> Val {
        let TyKind::Adt(t, _) = *self.tys.kind(ty) else {
            return v;
        };
        let def = &self.r.program.types[t.index()];
        let TypeDefKind::Struct(fields) = &def.kind else {
            return v;
        };
        match fields.iter().find(|f| f.name == name) {
            Some(field) => self.shared_as_declared(def.module, field, v),
            None => v,
        }
    }

    pub(crate) fn shared_as_declared(
        &mut self,
        module: ModuleId,
        field: &crate::ir::Field,
        v: Val,
    ) -> Val {
        let n = self.v.node(v);
        if !n.ptrs.is_empty()
            || !n.fns.is_empty()
            || !matches!(self.r.pointer(module, &field.ty), Some("Rc" | "Arc"))
        {
            return v;
        }
        let cell = self.alloc(field.span, v, false);
        self.v.ptr(cell, &[], PtrKind::Shared)
    }
}
