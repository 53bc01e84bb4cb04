//! Abstract values: trees of taints, pointers, closures, constants and types.
//!
//! Values are hash-consed: equal values have equal ids, so a state is a vector of integers, copying
//! it at a branch is a `memcpy`, and comparing two states costs nothing where they agree.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{FnId, Symbol};

use super::tag::{Age, Extent, SiteId, SourceId, Tag, TagSet, Tags};
use super::types::{TyEnv, TyId};

/// An interned value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Val(pub(crate) u32);

impl Val {
    /// No value: unreachable or not yet assigned. Joining with it changes nothing.
    pub(crate) const BOTTOM: Self = Self(0);
}

/// One way into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A struct or tuple field.
    Field(Symbol),
    /// Payload of an enum variant other than `Some` and `Ok`.
    Variant(Symbol, Symbol),
    /// The payload of `Some` and `Ok`, the elements of a collection.
    Element,
    /// The elements of an array literal by position.
    Index(u32),
    /// The keys of a map.
    MapKeys,
    /// The values of a map under unknown keys.
    AnyEntry,
    /// The value of a map under a constant key.
    Entry(Symbol),
    /// Functions that code outside of the tree was given and may give back, see
    /// [`Values::held_functions`].
    Held,
}

/// What keys of token maps begin with. No text that a plugin uses as a key does.
const TOKEN: &str = "\u{0}token ";

impl Key {
    /// The value of a map under the token of the callout at byte `at`.
    pub(crate) fn token(at: u32) -> Self {
        Self::Entry(Symbol::new(&format!("{TOKEN}{at}")))
    }

    /// Whether it is the token of a callout.
    pub(crate) fn is_token(self) -> bool {
        matches!(self, Self::Entry(name) if name.as_str().starts_with(TOKEN))
    }
}

/// A storage cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Cell {
    /// A slot of the running frames.
    Stack(u32),
    /// An `Rc` allocation, a context object, a static.
    Heap(u32),
}

/// What kind of pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PtrKind {
    /// `&`, `&mut`, guards: cloning reaches through it.
    Borrow,
    /// `Rc`, `Arc`, `Weak`: cloning gives another pointer to the same.
    Shared,
}

/// A pointer to a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ptr {
    pub(crate) cell: Cell,
    pub(crate) path: Rc<[Key]>,
    pub(crate) kind: PtrKind,
}

/// Something callable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Callable {
    /// A function or method by name, with the type it was named on.
    Fn(FnId, TyId),
    /// A closure or future: the bodies it is nested in (indices from the function inwards), its
    /// captures, and what type parameters mean in it.
    Closure {
        func: FnId,
        path: Rc<[u32]>,
        captures: Rc<[Val]>,
        env: Rc<TyEnv>,
        is_async: bool,
    },
    /// A future of an `async fn`: arguments already bound.
    Future {
        func: FnId,
        args: Rc<[Val]>,
        self_ty: TyId,
    },
    /// A tuple struct, variant or `Some` used as a function.
    Constructor(Symbol),
    /// `Type::default` of a derived impl.
    Default(TyId),
    /// A constructor of a pointer, cell or lock by name, and the type of what it holds: `Box::new`.
    Pointer(Symbol, TyId),
    /// A future of an SDK outside of the tree: what it gives, and what its wait does.
    Wait(Val, Wait),
}

impl Callable {
    /// Changes each value that it brings along.
    fn map_parts(&mut self, change: impl FnMut(Val) -> Val) {
        if let Self::Closure {
            captures: parts, ..
        }
        | Self::Future { args: parts, .. } = self
        {
            *parts = parts.iter().copied().map(change).collect();
        }
    }

    /// Whether it is the same closure, whatever it captured.
    fn is_same_code(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Closure {
                    func,
                    path,
                    captures,
                    env,
                    is_async,
                },
                Self::Closure {
                    func: f,
                    path: p,
                    captures: c,
                    env: e,
                    is_async: a,
                },
            ) => (func, path, env, is_async) == (f, p, e, a) && captures.len() == c.len(),
            _ => false,
        }
    }
}

/// What the SDK does with the request until its future is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wait {
    /// It is done at once.
    No,
    /// The SDK holds the request.
    Holding,
    /// The SDK lets the request headers go on.
    LettingGo,
}

/// A known constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Known {
    /// Text.
    Str(Symbol),
    /// Number.
    Int(i128),
    /// Truth.
    Bool(bool),
    /// A float, a char and what else is told apart by its text alone.
    Literal(Symbol),
    /// A variant by its last name: `None`, `Pause`.
    Variant(Symbol),
    /// `()`.
    Unit,
    /// What `Default::default()` gives where its type is not known yet, beside `opaque`.
    Default,
    /// What parsing this text gives, in the same way.
    Parsed(Symbol),
}

impl Known {
    /// Whether it is told apart from all others of its type.
    pub(crate) fn is_certain(self) -> bool {
        !matches!(self, Self::Unit | Self::Default | Self::Parsed(_))
    }
}

/// What a condition can prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Proof {
    /// What is kept of this property from this callback is up to date, or with [`Extent::Part`] what
    /// was made of no more than parts of it.
    Fresh(Symbol, Symbol, Extent),
    /// What was stored there, or what was made of it that has no more of the property than this, equals
    /// something that is up to date.
    Same(SiteId, Extent),
    /// The host had a value at this read.
    Present(SourceId),
}

impl Proof {
    /// Whether it says of something kept that it is up to date.
    pub(crate) fn is_of_kept(self) -> bool {
        !matches!(self, Self::Present(_))
    }
}

/// A proof, and the constant that a value is where it holds: `true`, `Equal`, `None`.
pub(crate) type Guard = (Proof, Known);

/// A proof, and what a condition says where it holds.
pub(crate) type Sided = (Proof, bool);

/// The inside of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Node {
    /// Taints of the value as a whole; parts inherit them.
    pub(crate) tags: TagSet0,
    /// Parts that are known apart, by key.
    pub(crate) fields: Vec<(Key, Val)>,
    /// What it may point at.
    pub(crate) ptrs: Vec<Ptr>,
    /// What calling it may run.
    pub(crate) fns: Vec<Callable>,
    /// The constants it may be. Meaningful only without `opaque`.
    pub(crate) known: Vec<Known>,
    /// Nominal types it may have.
    pub(crate) tys: Vec<TyId>,
    /// It may be something that is not described by the rest.
    pub(crate) opaque: bool,
    /// It comes from this callback's own input: parameters, host calls that are no property reads.
    pub(crate) live: bool,
    /// A struct, tuple or array literal: parts not listed do not exist.
    pub(crate) complete: bool,
    /// What it proves to be a certain constant.
    pub(crate) guards: Vec<Guard>,
}

impl Node {
    /// Whether it may be this constant or variant, where all that it may be is listed.
    fn may_be(&self, constant: Known) -> bool {
        let holds = |(key, _): &(Key, Val)| match (constant, key) {
            (Known::Variant(name), Key::Element) => matches!(name.as_str(), "Some" | "Ok"),
            (Known::Variant(name), Key::Variant(variant, _)) => name == *variant,
            _ => false,
        };
        self.known.contains(&constant) || self.fields.iter().any(holds)
    }

    /// The constant or variant that it surely is, as conditions ask for it.
    pub(crate) fn sole(&self) -> Vec<Known> {
        let variants = |names: &[&str]| {
            let names = names.iter().map(|n| Known::Variant(Symbol::new(n)));
            names.collect()
        };
        match (self.known.as_slice(), self.fields.as_slice()) {
            _ if self.opaque || !self.ptrs.is_empty() || !self.fns.is_empty() => Vec::new(),
            (&[k], []) if k.is_certain() => vec![k],
            ([], [(Key::Element, _)]) => variants(&["Some", "Ok"]),
            ([], [(Key::Variant(name, _), _)]) => vec![Known::Variant(*name)],
            _ => Vec::new(),
        }
    }
}

/// [`TagSet`] with a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TagSet0(pub(crate) TagSet);

impl Default for TagSet0 {
    fn default() -> Self {
        Self(TagSet::EMPTY)
    }
}

/// Facts of a value computed once.
#[derive(Clone, Copy, Debug, Default)]
struct Summary {
    deep: TagSet0,
    has_ptr: bool,
    /// It or a part of it waits for its type, see [`Known::Default`] and [`Known::Parsed`].
    untyped: bool,
    /// It or a part of it proves something.
    guarded: bool,
    depth: u8,
}

const MAX_DEPTH: u8 = 9;
const MAX_LIST: usize = 12;

/// What one change of taints made of values and sets so far.
#[derive(Default)]
pub(crate) struct Mapped {
    values: FxHashMap<Val, Val>,
    sets: FxHashMap<TagSet, TagSet>,
    /// Sets in which it changes nothing.
    fixed: FxHashMap<TagSet, bool>,
}

/// The intern table of values.
pub(crate) struct Values {
    pub(crate) tags: Tags,
    nodes: Vec<Node>,
    summaries: Vec<Summary>,
    ids: FxHashMap<Node, Val>,
    joins: FxHashMap<(Val, Val), Val>,
    /// Values of which the innermost parts are folded, by how deep they may be.
    folds: FxHashMap<(Val, u8), Val>,
}

impl Values {
    pub(crate) fn new() -> Self {
        let mut this = Self {
            tags: Tags::new(),
            nodes: Vec::new(),
            summaries: Vec::new(),
            ids: FxHashMap::default(),
            joins: FxHashMap::default(),
            folds: FxHashMap::default(),
        };
        this.make(Node::default());
        this
    }

    pub(crate) fn node(&self, v: Val) -> &Node {
        &self.nodes[v.0 as usize]
    }

    /// All taints of the value and its parts; not of what it points at.
    pub(crate) fn deep(&self, v: Val) -> TagSet {
        self.summaries[v.0 as usize].deep.0
    }

    /// Taints of the value as a whole.
    pub(crate) fn root(&self, v: Val) -> TagSet {
        self.node(v).tags.0
    }

    /// Whether it or a part of it points somewhere.
    pub(crate) fn has_ptr(&self, v: Val) -> bool {
        self.summaries[v.0 as usize].has_ptr
    }

    /// Whether it or a part of it is a default of which the type is not known yet.
    pub(crate) fn is_untyped(&self, v: Val) -> bool {
        self.summaries[v.0 as usize].untyped
    }

    pub(crate) fn make(&mut self, mut node: Node) -> Val {
        node.fields.retain(|(_, v)| *v != Val::BOTTOM);
        if let Some(&id) = self.ids.get(&node) {
            return id;
        }
        let mut s = Summary {
            deep: node.tags,
            has_ptr: !node.ptrs.is_empty(),
            untyped: node
                .known
                .iter()
                .any(|k| matches!(k, Known::Default | Known::Parsed(_))),
            guarded: !node.guards.is_empty(),
            depth: 0,
        };
        let mut parts: Vec<Val> = node.fields.iter().map(|&(_, v)| v).collect();
        for f in &node.fns {
            match f {
                Callable::Closure { captures, .. } => parts.extend(captures.iter()),
                Callable::Future { args, .. } => parts.extend(args.iter()),
                _ => {}
            }
        }
        for v in parts {
            let part = self.summaries[v.0 as usize];
            s.deep = TagSet0(self.tags.union(s.deep.0, part.deep.0));
            s.has_ptr |= part.has_ptr;
            s.untyped |= part.untyped;
            s.guarded |= part.guarded;
            s.depth = s.depth.max(part.depth.saturating_add(1));
        }
        if s.depth > MAX_DEPTH {
            // Too deep to be told apart. What is folded is the innermost: the fields of a context stay
            // apart, whatever is in one of them.
            let node = self.shallow(node, MAX_DEPTH);
            return self.make(node);
        }
        let id = Val(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node.clone());
        self.summaries.push(s);
        self.ids.insert(node, id);
        id
    }

    /// A node whose parts are so deep that it is not deeper than `depth`, which is more than 0.
    fn shallow(&mut self, mut node: Node, depth: u8) -> Node {
        for (_, part) in &mut node.fields {
            *part = self.folded(*part, depth - 1);
        }
        for f in &mut node.fns {
            f.map_parts(|v| self.folded(v, depth - 1));
        }
        node
    }

    /// The value, in which parts that lie more than `depth` below it are folded into what holds them.
    fn folded(&mut self, v: Val, depth: u8) -> Val {
        let s = self.summaries[v.0 as usize];
        if s.depth <= depth {
            return v;
        }
        if let Some(&known) = self.folds.get(&(v, depth)) {
            return known;
        }
        let node = self.node(v).clone();
        let node = match depth {
            0 => Node {
                tags: s.deep,
                ptrs: node.ptrs,
                tys: node.tys,
                opaque: true,
                live: node.live,
                ..Node::default()
            },
            _ => self.shallow(node, depth),
        };
        let new = self.make(node);
        self.folds.insert((v, depth), new);
        new
    }

    /// A value of which nothing is known but its taints and type.
    pub(crate) fn opaque(&mut self, tags: TagSet, ty: TyId) -> Val {
        let tys = if ty == TyId::UNKNOWN {
            Vec::new()
        } else {
            vec![ty]
        };
        self.make(Node {
            tags: TagSet0(tags),
            tys,
            opaque: true,
            ..Node::default()
        })
    }

    /// A value that the host gave in this callback, without taint.
    pub(crate) fn live(&mut self, ty: TyId) -> Val {
        let tys = if ty == TyId::UNKNOWN {
            Vec::new()
        } else {
            vec![ty]
        };
        self.make(Node {
            tys,
            opaque: true,
            live: true,
            ..Node::default()
        })
    }

    pub(crate) fn known(&mut self, k: Known) -> Val {
        self.make(Node {
            known: vec![k],
            ..Node::default()
        })
    }

    pub(crate) fn ptr(&mut self, cell: Cell, path: &[Key], kind: PtrKind) -> Val {
        self.make(Node {
            ptrs: vec![Ptr {
                cell,
                path: path.into(),
                kind,
            }],
            ..Node::default()
        })
    }

    /// What holds where a value is this constant.
    pub(crate) fn proofs_of(&self, v: Val, constant: Known) -> impl Iterator<Item = Proof> {
        let guards = self.node(v).guards.iter();
        guards.filter(move |g| g.1 == constant).map(|g| g.0)
    }

    /// What it proves of a value that it is this constant, or that it is not.
    pub(crate) fn told_by_constant(&self, v: Val, constant: Known) -> Vec<Sided> {
        let mut told: Vec<Sided> = self.proofs_of(v, constant).map(|p| (p, true)).collect();
        let n = self.node(v);
        if n.opaque || !n.fields.is_empty() || !n.ptrs.is_empty() || !n.fns.is_empty() {
            return told;
        }
        // All that is left where it is not.
        let mut rest = n.known.iter().filter(|k| **k != constant);
        if let Some(&first) = rest.next() {
            let all = |p: &Proof| rest.clone().all(|&k| n.guards.contains(&(*p, k)));
            let left = self.proofs_of(v, first).filter(all);
            told.extend(left.map(|p| (p, false)));
        }
        told
    }

    /// What it proves of a value that it is true, or false.
    pub(crate) fn sided(&self, v: Val) -> Vec<Sided> {
        let guards = self.node(v).guards.iter();
        let sided = guards.filter_map(|&(p, k)| match k {
            Known::Bool(b) => Some((p, b)),
            _ => None,
        });
        sided.collect()
    }

    /// The value, of which nothing proves anything any more.
    pub(crate) fn unguarded(&mut self, v: Val) -> Val {
        if !self.summaries[v.0 as usize].guarded {
            return v;
        }
        let mut n = self.node(v).clone();
        n.guards.clear();
        for slot in &mut n.fields {
            slot.1 = self.unguarded(slot.1);
        }
        for f in &mut n.fns {
            f.map_parts(|v| self.unguarded(v));
        }
        self.make(n)
    }

    pub(crate) fn callable(&mut self, c: Callable) -> Val {
        self.make(Node {
            fns: vec![c],
            ..Node::default()
        })
    }

    /// `Some(v)`, `Ok(v)`, a collection of `v`.
    pub(crate) fn wrap(&mut self, v: Val, tags: TagSet) -> Val {
        self.make(Node {
            tags: TagSet0(tags),
            fields: vec![(Key::Element, v)],
            opaque: false,
            ..Node::default()
        })
    }

    /// A constant and nothing else: the same wherever it comes from.
    pub(crate) fn is_definite(&self, v: Val) -> bool {
        let n = self.node(v);
        !n.opaque
            && n.ptrs.is_empty()
            && n.fns.is_empty()
            && (n.known.len() == 1 || (n.complete && n.known.is_empty()))
            && n.fields.iter().all(|&(_, f)| self.is_definite(f))
    }

    /// Whether any part comes from this callback's own input.
    pub(crate) fn is_live(&self, v: Val) -> bool {
        let n = self.node(v);
        n.live || n.fields.iter().any(|&(_, f)| self.is_live(f))
    }

    pub(crate) fn join(&mut self, a: Val, b: Val) -> Val {
        if a == b || b == Val::BOTTOM {
            return a;
        }
        if a == Val::BOTTOM {
            return b;
        }
        let key = if a < b { (a, b) } else { (b, a) };
        if let Some(&j) = self.joins.get(&key) {
            return j;
        }
        let (x, y) = (self.node(a).clone(), self.node(b).clone());
        // What means "up to date" still does beside what is something else for sure:
        // `.map(|c| c.token != now).unwrap_or(true)`.
        let stands = |g: &Guard, other: &Node| {
            let unsaid = other.known.is_empty() && other.fields.is_empty();
            let unknown = other.opaque || unsaid || !other.fns.is_empty();
            other.guards.contains(g) || !(unknown || other.may_be(g.1))
        };
        let guards: Vec<Guard> = x
            .guards
            .iter()
            .filter(|g| stands(g, &y))
            .chain(
                y.guards
                    .iter()
                    .filter(|g| stands(g, &x) && !x.guards.contains(g)),
            )
            .copied()
            .collect();
        let mut fields = x.fields.clone();
        for &(k, v) in &y.fields {
            match fields.iter_mut().find(|(f, _)| *f == k) {
                Some(slot) => slot.1 = self.join(slot.1, v),
                None => fields.push((k, v)),
            }
        }
        let node = Node {
            tags: TagSet0(self.tags.union(x.tags.0, y.tags.0)),
            fields: sorted(fields),
            ptrs: merge(x.ptrs, y.ptrs),
            fns: self.callables(x.fns, y.fns),
            opaque: x.opaque || y.opaque || x.known.len() + y.known.len() > MAX_LIST,
            known: {
                let mut k = merge(x.known, y.known);
                if k.len() > MAX_LIST {
                    k.clear();
                }
                k
            },
            tys: merge(x.tys, y.tys),
            live: x.live || y.live,
            complete: x.complete && y.complete,
            guards,
        };
        let j = self.make(node);
        self.joins.insert(key, j);
        j
    }

    /// What either of two values may run. One closure with many captures is one with all of them.
    fn callables(&mut self, a: Vec<Callable>, b: Vec<Callable>) -> Vec<Callable> {
        let all = merge(a, b);
        if all.len() <= MAX_LIST {
            return all;
        }
        let mut out: Vec<Callable> = Vec::new();
        for f in all {
            let same = out.iter().position(|o| o.is_same_code(&f));
            match (same, f) {
                (Some(at), Callable::Closure { captures, .. }) => {
                    let Callable::Closure { captures: old, .. } = &out[at] else {
                        continue;
                    };
                    let old = old.clone();
                    let pairs = old.iter().zip(captures.iter());
                    let joined = pairs.map(|(&x, &y)| self.join(x, y)).collect();
                    if let Callable::Closure { captures, .. } = &mut out[at] {
                        *captures = joined;
                    }
                }
                (_, f) => out.push(f),
            }
        }
        out
    }

    /// The value with more taints on the whole.
    pub(crate) fn taint(&mut self, v: Val, tags: TagSet) -> Val {
        if tags.is_empty() {
            return v;
        }
        let mut n = self.node(v).clone();
        let all = self.tags.union(n.tags.0, tags);
        if all == n.tags.0 {
            return v;
        }
        n.tags = TagSet0(all);
        self.make(n)
    }

    /// The value with a type, where it had none.
    pub(crate) fn typed(&mut self, v: Val, ty: TyId) -> Val {
        if ty == TyId::UNKNOWN || v == Val::BOTTOM {
            return v;
        }
        let n = self.node(v);
        if !n.tys.is_empty() || !n.ptrs.is_empty() || !n.fns.is_empty() || !n.opaque {
            return v;
        }
        let mut n = n.clone();
        n.tys = vec![ty];
        self.make(n)
    }

    /// The value with `key` set; weakly joins with what was there.
    pub(crate) fn with_field(&mut self, v: Val, key: Key, new: Val, strong: bool) -> Val {
        let mut n = self.node(v).clone();
        let mut new = new;
        match n.fields.iter_mut().find(|(k, _)| *k == key) {
            Some(slot) => {
                if !strong {
                    new = self.join(slot.1, new);
                }
                slot.1 = new;
            }
            None => n.fields.push((key, new)),
        }
        if key == Key::Element {
            n.known.retain(|k| !matches!(k, Known::Variant(_)));
        }
        n.fields = sorted(n.fields);
        self.make(n)
    }

    /// The value with every taint, also of parts and captures, changed by `f`.
    pub(crate) fn map_tags(
        &mut self,
        v: Val,
        memo: &mut Mapped,
        f: &mut dyn FnMut(Tag) -> Option<Tag>,
    ) -> Val {
        let deep = self.deep(v);
        if deep.is_empty() {
            return v;
        }
        if let Some(&done) = memo.values.get(&v) {
            return done;
        }
        let fixed = match memo.fixed.get(&deep) {
            Some(&fixed) => fixed,
            None => {
                let mut ids = self.tags.ids(deep).iter();
                let fixed = ids.all(|&t| {
                    let tag = self.tags.get(t);
                    f(tag) == Some(tag)
                });
                memo.fixed.insert(deep, fixed);
                fixed
            }
        };
        if fixed {
            return v;
        }
        let mut n = self.node(v).clone();
        let root = n.tags.0;
        n.tags = TagSet0(match memo.sets.get(&root) {
            Some(&set) => set,
            None => {
                let set = self.tags.map(root, &mut *f);
                memo.sets.insert(root, set);
                set
            }
        });
        for slot in &mut n.fields {
            slot.1 = self.map_tags(slot.1, memo, f);
        }
        let mut fns = Vec::with_capacity(n.fns.len());
        for c in n.fns {
            fns.push(match c {
                Callable::Closure {
                    func,
                    path,
                    captures,
                    env,
                    is_async,
                } => {
                    let captures: Rc<[Val]> = captures
                        .iter()
                        .map(|&c| self.map_tags(c, memo, f))
                        .collect();
                    Callable::Closure {
                        func,
                        path,
                        captures,
                        env,
                        is_async,
                    }
                }
                Callable::Future {
                    func,
                    args,
                    self_ty,
                } => {
                    let args: Rc<[Val]> = args.iter().map(|&c| self.map_tags(c, memo, f)).collect();
                    Callable::Future {
                        func,
                        args,
                        self_ty,
                    }
                }
                other => other,
            });
        }
        n.fns = fns;
        let done = self.make(n);
        memo.values.insert(v, done);
        done
    }

    /// Where a field carries both fresh and kept taints of a property, the kept ones go.
    pub(crate) fn without_superseded(
        &mut self,
        v: Val,
        property: Symbol,
        memo: &mut FxHashMap<Val, Val>,
    ) -> Val {
        if self.deep(v).is_empty() {
            return v;
        }
        if let Some(&done) = memo.get(&v) {
            return done;
        }
        let mut n = self.node(v).clone();
        let deep = self.tags.list(self.deep(v));
        let of = |t: &Tag, tags: &Tags| tags.source_of(t.source).property == property;
        let is_fresh = |t: &Tag| matches!(t.age, Age::Fresh(_));
        let is_struct = n.fields.iter().any(|(k, _)| matches!(k, Key::Field(_)));
        if !is_struct {
            if !deep.iter().any(|t| is_fresh(t) && of(t, &self.tags)) {
                return v;
            }
            let gone: FxHashSet<Tag> = deep
                .into_iter()
                .filter(|t| !is_fresh(t) && of(t, &self.tags))
                .collect();
            let mut inner = Mapped::default();
            return self.map_tags(v, &mut inner, &mut |t| (!gone.contains(&t)).then_some(t));
        }
        for slot in &mut n.fields {
            slot.1 = self.without_superseded(slot.1, property, memo);
        }
        let done = self.make(n);
        memo.insert(v, done);
        done
    }

    /// The functions and closures in a value, also those that code outside of the tree holds. Closures
    /// that borrow from a running function do not outlive it, and nobody gives them back.
    pub(crate) fn held_functions(&self, v: Val, depth: u32, out: &mut Vec<Callable>) {
        let n = self.node(v);
        for f in &n.fns {
            let outlives = match f {
                Callable::Fn(..) => true,
                Callable::Closure {
                    captures, is_async, ..
                } => !is_async && !captures.iter().any(|&c| self.has_ptr(c)),
                _ => false,
            };
            if outlives && out.len() < MAX_LIST && !out.contains(f) {
                out.push(f.clone());
            }
        }
        if depth < 3 {
            for &(_, part) in &n.fields {
                self.held_functions(part, depth + 1, out);
            }
        }
    }

    /// Whether it is a struct with this field, possibly in an `Option` or an enum.
    pub(crate) fn has_field(&self, v: Val, field: Symbol) -> bool {
        self.node(v).fields.iter().any(|&(key, part)| match key {
            Key::Field(name) => name == field,
            Key::Element | Key::Variant(..) => self.has_field(part, field),
            _ => false,
        })
    }

    /// All pointers in a value and its parts.
    pub(crate) fn pointers(&self, v: Val, seen: &mut FxHashSet<Val>, out: &mut Vec<Ptr>) {
        if !self.has_ptr(v) || !seen.insert(v) {
            return;
        }
        let n = self.node(v);
        out.extend(n.ptrs.iter().cloned());
        for &(_, f) in &n.fields {
            self.pointers(f, seen, out);
        }
        for c in &n.fns {
            match c {
                Callable::Closure { captures, .. } => {
                    for &c in captures.iter() {
                        self.pointers(c, seen, out);
                    }
                }
                Callable::Future { args, .. } => {
                    for &c in args.iter() {
                        self.pointers(c, seen, out);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Fields in an order that does not depend on how they came together.
fn sorted(mut fields: Vec<(Key, Val)>) -> Vec<(Key, Val)> {
    fields.sort_by(|(a, _), (b, _)| key_order(*a).cmp(&key_order(*b)));
    fields
}

fn key_order(k: Key) -> (u8, &'static str, &'static str, u32) {
    match k {
        Key::Field(n) => (0, n.as_str(), "", 0),
        Key::Variant(v, n) => (1, v.as_str(), n.as_str(), 0),
        Key::Element => (2, "", "", 0),
        Key::Index(i) => (3, "", "", i),
        Key::MapKeys => (4, "", "", 0),
        Key::AnyEntry => (5, "", "", 0),
        Key::Entry(n) => (6, n.as_str(), "", 0),
        Key::Held => (7, "", "", 0),
    }
}

/// The union of two lists. Where one holds the other it is returned as it is, so that joining in what
/// is already there gives the same value and loops come to rest.
fn merge<T: PartialEq>(a: Vec<T>, b: Vec<T>) -> Vec<T> {
    if b.iter().all(|x| a.contains(x)) {
        return a;
    }
    if a.iter().all(|x| b.contains(x)) {
        return b;
    }
    let mut a = a;
    for x in b {
        if !a.contains(&x) {
            a.push(x);
        }
    }
    a
}
