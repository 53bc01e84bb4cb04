//! What the standard library and common crates do with a value.
//!
//! `Option`, `Result`, collections and iterators share one shape, a container with a payload
//! ([`Key::Element`]), so one model serves `map` on all of them.

mod atomics;
mod closures;
mod collections;
mod functions;
mod pointers;

use crate::ir::{Call, Operand, Symbol};
use crate::source::Span;

pub(crate) use pointers::is_pointer_function;

use super::Interp;
use super::place::{Located, Target};
use crate::flow::tag::{Kind, TagSet};
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{Key, Known, Node, PtrKind, TagSet0, Val};

/// How a method of the standard library treats its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    /// Gives a reference to the receiver, or to what it guards.
    Alias,
    /// Gives a guard in a `Result`.
    Guard,
    /// Gives the value, structure kept.
    Copy,
    /// Gives a value computed from it.
    Compute,
    /// Gives the payload.
    Payload,
    /// Gives the payload or something else.
    PayloadOr,
    /// Gives the receiver or something else of the same shape.
    Or,
    /// Is there a payload.
    Presence,
    /// A question about the value.
    Predicate,
    /// The payload goes through a closure.
    Map,
    /// The payload goes through a closure that gives a container.
    AndThen,
    /// A closure decides whether the payload stays.
    Filter,
    /// A closure that gives `bool` is asked of the payload.
    Test,
    /// A closure runs on the payload; the receiver passes through.
    Visit,
    /// Finds a payload by key or position.
    Lookup,
    /// The place under a key of a map.
    Entry,
    /// Fills the place if it is empty and gives it.
    Fill,
    /// Adds to a collection.
    Insert,
    /// Overwrites, gives the old value.
    Replace,
    /// Overwrites.
    Set,
    /// Takes the value out.
    Take,
    /// Empties.
    Clear,
    /// Takes a part out.
    Remove,
    /// Folds all payloads with a closure.
    Fold,
    /// Runs a closure on a reference to the receiver.
    With,
    /// `zip`, `chain`.
    Pair,
    /// Cuts text.
    Split,
    /// The error side.
    Error,
}

pub(crate) fn model(name: &str) -> Option<Model> {
    use Model::*;
    Some(match name {
        "as_ref" | "as_mut" | "as_deref" | "as_deref_mut" | "borrow" | "borrow_mut" | "deref"
        | "deref_mut" | "iter" | "iter_mut" | "as_slice" | "as_mut_slice" | "as_str"
        | "as_bytes" | "as_mut_str" | "by_ref" | "get_ref" | "downgrade" | "as_ptr" | "as_any"
        | "as_any_mut" | "into_inner" | "inner" | "values_mut" | "force" => Alias,
        "lock" | "try_lock" | "try_borrow" | "try_borrow_mut" | "upgrade" | "downcast_ref"
        | "downcast_mut" | "downcast" | "try_read" | "try_write" => Guard,
        "read" | "write" => Guard,
        "clone"
        | "cloned"
        | "copied"
        | "to_owned"
        | "into"
        | "into_iter"
        | "collect"
        | "rev"
        | "skip"
        | "step_by"
        | "peekable"
        | "into_boxed_slice"
        | "into_vec"
        | "to_vec"
        | "into_values"
        | "drain"
        | "fuse"
        | "cycle"
        | "sorted"
        | "unwrap_or_clone"
        | "ok"
        | "ok_or"
        | "ok_or_else"
        | "map_err"
        | "flatten"
        | "transpose"
        | "into_string"
        | "to_string"
        | "take_while"
        | "skip_while"
        | "into_bytes"
        | "expect_err"
        | "copied_"
        | "values"
        | "keys"
        | "into_keys"
        | "enumerate"
        | "windows"
        | "chunks"
        | "dedup"
        | "context"
        | "with_context"
        | "or_insert_with_key_" => Copy,
        "unwrap" | "expect" | "unwrap_or_default" | "unwrap_unchecked" => Payload,
        "unwrap_or" | "unwrap_or_else" => PayloadOr,
        "or" | "or_else" | "xor" => Or,
        "is_some" | "is_none" | "is_ok" | "is_err" => Presence,
        "contains"
        | "starts_with"
        | "ends_with"
        | "eq"
        | "ne"
        | "is_empty"
        | "is_match"
        | "contains_key"
        | "cmp"
        | "is_eq"
        | "is_ne"
        | "partial_cmp"
        | "lt"
        | "le"
        | "gt"
        | "ge"
        | "eq_ignore_ascii_case"
        | "is_ascii"
        | "is_some_"
        | "matches_"
        | "is_subset"
        | "is_superset"
        | "is_disjoint"
        | "binary_search" => Predicate,
        "map" | "flat_map" | "filter_map" | "map_while" | "scan" | "then" | "then_some"
        | "map_or_default" => Map,
        "and_then" => AndThen,
        "filter" | "find" | "retain_" | "partition" | "max_by_key" | "min_by_key" | "find_map"
        | "max_by" | "min_by" | "rfind" => Filter,
        "is_some_and"
        | "is_ok_and"
        | "is_none_or"
        | "any"
        | "all"
        | "position"
        | "rposition"
        | "binary_search_by"
        | "binary_search_by_key"
        | "partition_point" => Test,
        "for_each" | "inspect" | "inspect_err" | "try_for_each" | "retain" | "retain_mut"
        | "take_if" | "sort_by" | "sort_by_key" | "map_or" | "map_or_else" => Visit,
        "get" | "get_mut" | "first" | "last" | "nth" | "next" | "peek" | "get_key_value"
        | "first_mut" | "last_mut" | "next_back" | "min" | "max" | "get_vec" | "get_vec_mut"
        | "front" | "back" | "first_key_value" | "last_key_value" => Lookup,
        "entry" => Entry,
        "or_insert"
        | "or_insert_with"
        | "or_default"
        | "get_or_insert_with"
        | "get_or_insert"
        | "get_or_insert_default"
        | "get_or_init"
        | "or_insert_with_key"
        | "and_modify" => Fill,
        "push" | "insert" | "push_back" | "push_front" | "extend" | "append" | "push_str"
        | "extend_from_slice" | "add_assign" | "write_str" | "write_all" | "insert_str"
        | "prepend" => Insert,
        "replace" => Replace,
        "set" | "store" | "insert_" | "clone_from" | "fetch_" => Set,
        "take" => Take,
        "clear" | "truncate" => Clear,
        "remove" | "pop" | "pop_front" | "pop_back" | "swap_remove" | "remove_entry"
        | "split_off" | "pop_first" | "pop_last" => Remove,
        "fold" | "try_fold" | "reduce" => Fold,
        "with" | "with_borrow" | "with_borrow_mut" | "update" => With,
        "zip" | "chain" => Pair,
        "split" | "splitn" | "rsplit" | "rsplitn" | "split_whitespace" | "lines" | "split_once"
        | "rsplit_once" | "split_terminator" | "chars" | "bytes" | "char_indices" | "split_at"
        | "split_first" | "split_last" => Split,
        "err" | "unwrap_err" => Error,
        "trim" | "to_lowercase" | "to_uppercase" | "len" | "count" | "sum" => Compute,
        _ => return None,
    })
}

impl<'p> Interp<'p> {
    /// A method of something outside of the tree.
    pub(crate) fn model_method(
        &mut self,
        call: &'p Call,
        name: Symbol,
        at: Located,
        raw: Val,
        recv: Val,
    ) -> Option<Val> {
        let recv_span = call.args[0].span();
        let place = match &call.args[0] {
            Operand::Place(p) => Some(p),
            Operand::Const(..) => None,
        };
        // Calling a stored closure: `(self.f).call(..)`, or a boxed one through a method.
        let args: Vec<Val> = call.args[1..].iter().map(|a| self.operand(a)).collect();
        let (targets, through) = self.hop_tags(&at.targets);
        let through = self.v.tags.union(through, at.chosen.0);
        let heap = self.in_heap(&at) || (at.targets.is_empty() && self.points_to_heap(raw));
        let is_own = model(name.as_str()).is_none() || self.sdk.callback(name).is_some();
        if is_own && self.is_context(recv) {
            // A method of the context that the tree does not spell out: a default of the SDK.
            for &a in &args {
                self.maybe_run(a, call.span);
            }
            return Some(self.v.live(TyId::UNKNOWN));
        }
        if name == "hash"
            && let [into] = args[..]
        {
            // The hasher knows what went into it.
            let tags = self.deep_tags(raw);
            let text = self.v.opaque(tags, TyId::UNKNOWN);
            self.store_behind(into, text, call.span, true);
        }
        if name == "clone_into"
            && let [into] = args[..]
        {
            let v = self.cloned(raw);
            let v = self.put_under_control(v);
            self.store_behind(into, v, call.span, false);
            return Some(self.v.known(Known::Unit));
        }
        if matches!(name.as_str(), "parse" | "try_into") && args.is_empty() {
            let ty = match call.type_args.first() {
                Some(t) => {
                    let frame = self.frame();
                    let (module, env) = (frame.module, frame.env.clone());
                    self.r.ty(&mut self.tys, module, t, &env)
                }
                None => self.turns_into(&call.args[0]),
            };
            if let Some(v) = self.parsed(raw, ty) {
                return Some(v);
            }
        }
        let note = |this: &mut Self, tags: TagSet| {
            if heap || this.is_suspended(tags) {
                match place {
                    Some(p) => this.note_place_read(tags, &at, p),
                    None => this.note_read(tags, recv_span),
                }
            }
        };
        if let Some((new, surely)) = self.exchange(name, recv, &args, call.discarded) {
            if !call.discarded {
                let tags = self.v.deep(recv);
                note(self, tags);
            }
            let at = Located {
                targets,
                ..Located::default()
            };
            self.store(&at, new, call.span, !surely);
            if surely {
                return Some(recv);
            }
            let root = self.v.root(recv);
            return Some(self.v.make(Node {
                tags: TagSet0(root),
                fields: vec![(Key::Element, recv)],
                opaque: true,
                ..Node::default()
            }));
        }
        let Some(kind) = model(name.as_str()) else {
            return self.unknown_method(name, &at, &targets, raw, recv, &args, call);
        };
        let reference = |this: &mut Self| {
            if targets.is_empty() {
                return raw;
            }
            if let Some(p) = place {
                this.note_origin(&targets, p);
            }
            let p = this.pointer_to(&targets, PtrKind::Borrow);
            this.v.taint(p, through)
        };
        Some(match kind {
            Model::Alias => {
                if name == "downgrade" || name == "into_inner" {
                    return Some(self.cloned(raw));
                }
                reference(self)
            }
            Model::Guard => {
                if args.is_empty() || name.as_str().starts_with("downcast") {
                    let want = call.type_args.first().cloned();
                    let inner = if matches!(name.as_str(), "upgrade") {
                        self.cloned(raw)
                    } else {
                        reference(self)
                    };
                    let inner = if let Some(t) = want {
                        self.narrowed(inner, &t)
                    } else {
                        inner
                    };
                    self.v.make(Node {
                        fields: vec![(Key::Element, inner)],
                        complete: true,
                        known: if name == "lock" || name == "read" || name == "write" {
                            Vec::new()
                        } else {
                            vec![Known::Variant(Symbol::new("None"))]
                        },
                        ..Node::default()
                    })
                } else {
                    return self.unknown_method(name, &at, &targets, raw, recv, &args, call);
                }
            }
            Model::Copy => {
                let v = self.cloned(raw);
                let tags = self.copied_tags(v);
                if !heap && self.v.has_ptr(v) && self.has_kept(tags) {
                    // A payload behind a reference is copied: `map.get(key).cloned()`.
                    self.note_copied(v, recv_span);
                } else {
                    note(self, tags);
                }
                for &a in &args {
                    self.maybe_run(a, call.span);
                }
                if name == "into" {
                    let ty = self.turns_into(&call.args[0]);
                    let v = self.default_as(v, ty);
                    return Some(self.turned_alone(v));
                }
                if name == "drain" {
                    self.drain_all(recv, targets.clone(), args.first().copied(), call.span);
                }
                match name.as_str() {
                    "values" | "into_values" => {
                        let c = self.content(v);
                        let e = self.project(c, Key::AnyEntry);
                        let root = self.v.root(c);
                        self.v.wrap(e, root)
                    }
                    "keys" | "into_keys" => {
                        let c = self.content(v);
                        let e = self.project(c, Key::MapKeys);
                        let root = self.v.root(c);
                        self.v.wrap(e, root)
                    }
                    "enumerate" => {
                        let c = self.content(v);
                        let e = self.project(c, Key::Element);
                        let i = self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN);
                        let pair = self.pair(i, e);
                        let root = self.v.root(c);
                        self.v.wrap(pair, root)
                    }
                    "cloned" | "copied" | "flatten" => {
                        let c = self.content(v);
                        let e = self.project(c, Key::Element);
                        let mut e = self.cloned(e);
                        let mut inner = TagSet::EMPTY;
                        if name == "flatten" {
                            let n = self.content(e);
                            inner = self.v.root(n);
                            if self
                                .v
                                .node(n)
                                .fields
                                .iter()
                                .any(|(k, _)| *k == Key::Element)
                            {
                                e = self.project(n, Key::Element);
                            }
                        }
                        let flat = self.rewrap(c, e);
                        self.v.taint(flat, inner)
                    }
                    "to_string" | "into_string" | "collect" => {
                        let c = self.content(v);
                        if self.v.node(c).fields.is_empty() && self.v.node(c).known.is_empty() {
                            let n = self.v.node(c).clone();
                            return Some(self.v.make(Node {
                                tys: Vec::new(),
                                ..n
                            }));
                        }
                        c
                    }
                    "ok_or" | "ok_or_else" | "map_err" | "context" | "with_context" | "ok" => {
                        let c = self.content(v);
                        let e = self.project(c, Key::Element);
                        let mut out = self.rewrap(c, e);
                        let n = self.v.node(out).clone();
                        if n.known.contains(&Known::Variant(Symbol::new("None"))) {
                            out = self.v.make(Node {
                                opaque: true,
                                known: Vec::new(),
                                ..n
                            });
                        }
                        out
                    }
                    _ => v,
                }
            }
            Model::Compute => {
                // How many elements there are says nothing about what they are.
                let counts = matches!(name.as_str(), "len" | "count")
                    && self
                        .v
                        .node(recv)
                        .fields
                        .iter()
                        .any(|(k, _)| *k == Key::Element);
                let tags = if counts {
                    self.v.root(recv)
                } else {
                    self.deep_tags(raw)
                };
                note(self, tags);
                let live = self.v.is_live(recv);
                let tags = match name.as_str() {
                    "len" | "count" => self.v.tags.partial(tags),
                    _ => tags,
                };
                self.v.make(Node {
                    tags: TagSet0(tags),
                    opaque: true,
                    live,
                    ..Node::default()
                })
            }
            Model::Payload => {
                let tags = self.v.deep(recv);
                note(self, tags);
                if matches!(name.as_str(), "unwrap" | "expect") {
                    self.check_present(recv, call.span);
                }
                self.payload(&at, raw, recv)
            }
            Model::PayloadOr => {
                let tags = self.v.deep(recv);
                note(self, tags);
                let p = self.payload(&at, raw, recv);
                let other = self.run_or_value(args.first().copied(), call.span);
                let root = self.v.root(recv);
                let j = self.v.join(p, other);
                let decided = self.v.tags.decided(root);
                self.v.taint(j, decided)
            }
            Model::Or => {
                let tags = self.v.deep(recv);
                note(self, tags);
                let other = self.run_or_value(args.first().copied(), call.span);
                let v = self.cloned(raw);
                let c = self.content(v);
                let o = self.content(other);
                let root = self.v.root(recv);
                let j = self.v.join(c, o);
                let decided = self.v.tags.decided(root);
                self.v.taint(j, decided)
            }
            Model::Presence => {
                let tags = self.v.root(recv);
                note(self, tags);
                let some = self.is_variant(recv, Symbol::new("Some"));
                let negative = matches!(name.as_str(), "is_none" | "is_err");
                match some {
                    Some(b) if !matches!(name.as_str(), "is_err" | "is_ok") => {
                        let k = self.v.known(Known::Bool(b != negative));
                        self.v.taint(k, tags)
                    }
                    _ => {
                        let variant = match name.as_str() {
                            "is_some" => "Some",
                            "is_none" => "None",
                            "is_ok" => "Ok",
                            _ => "Err",
                        };
                        let sided = self.told_by_variant(recv, tags, Symbol::new(variant));
                        let guards = sided.into_iter().map(|(p, b)| (p, Known::Bool(b)));
                        let guards = guards.collect();
                        let tags = self.v.tags.decided(tags);
                        self.v.make(Node {
                            tags: TagSet0(tags),
                            opaque: true,
                            guards,
                            ..Node::default()
                        })
                    }
                }
            }
            Model::Predicate => {
                let mine = if name == "is_empty" {
                    // Of what is kept: was it read at all?
                    let mine = self.tags_of_number(raw, recv);
                    self.v.tags.kept_presence(mine)
                } else {
                    self.deep_tags(raw)
                };
                let mut theirs = TagSet::EMPTY;
                for &a in &args {
                    let d = self.deep_tags(a);
                    theirs = self.v.tags.union(theirs, d);
                    self.maybe_run(a, call.span);
                }
                if matches!(name.as_str(), "is_eq" | "is_ne") && args.is_empty() {
                    // Of an `Ordering`.
                    let says = Known::Bool(name == "is_eq");
                    let equal = Known::Variant(Symbol::new("Equal"));
                    let proofs = self.v.proofs_of(recv, equal);
                    let guards = proofs.map(|p| (p, says)).collect();
                    let tags = self.v.tags.decided(mine);
                    return Some(self.v.make(Node {
                        tags: TagSet0(tags),
                        opaque: true,
                        guards,
                        ..Node::default()
                    }));
                }
                let equality =
                    matches!(name.as_str(), "eq" | "ne" | "eq_ignore_ascii_case" | "cmp");
                if equality || name == "contains" {
                    let detected = self.detected(mine, theirs);
                    if !detected.is_empty() {
                        // Being among several proves nothing of any one.
                        let guards = if equality {
                            let equal = match name.as_str() {
                                "cmp" => Known::Variant(Symbol::new("Equal")),
                                _ => Known::Bool(name != "ne"),
                            };
                            self.proofs(&detected, mine, theirs, equal)
                        } else {
                            Vec::new()
                        };
                        return Some(self.v.make(Node {
                            opaque: true,
                            guards,
                            ..Node::default()
                        }));
                    }
                }
                for &a in &args {
                    self.note_value_read(a, call.span);
                }
                let tags = self.v.tags.union(mine, theirs);
                self.v.tags.note_condition(tags, call.span);
                note(self, tags);
                let tags = self.v.tags.decided(tags);
                self.v.make(Node {
                    tags: TagSet0(tags),
                    opaque: true,
                    ..Node::default()
                })
            }
            Model::Map | Model::AndThen | Model::Filter | Model::Test | Model::Visit => {
                return self.closure_method(call, name, kind, &at, raw, recv, &args, heap);
            }
            // `RefCell::get_mut`, `Mutex::get_mut`: what they hold.
            Model::Lookup if name == "get_mut" && args.is_empty() => reference(self),
            Model::Lookup => {
                let mut key_tags = TagSet::EMPTY;
                let mut key = None;
                for &a in &args {
                    let d = self.deep_tags(a);
                    key_tags = self.v.tags.union(key_tags, d);
                    let c = self.content(a);
                    key.get_or_insert(c);
                    self.maybe_run(a, call.span);
                }
                let root = self.v.root(recv);
                note(self, root);
                let is_map = self.is_map(recv);
                let k = match (key, is_map) {
                    (Some(k), true) => match self.index_key(k) {
                        e @ Key::Entry(_) => e,
                        _ => Key::AnyEntry,
                    },
                    (Some(k), false) => match self.index_key(k) {
                        i @ Key::Index(_) => i,
                        e @ Key::Entry(_) => e,
                        _ => Key::Element,
                    },
                    (None, _) => Key::Element,
                };
                self.v.tags.note_condition(key_tags, call.span);
                let decided = self.v.tags.decided(key_tags);
                let tags = self.v.tags.union(root, decided);
                let k = self.fit_key(recv, k);
                // An iterator held by value hands its elements over.
                let owned = matches!(name.as_str(), "next" | "next_back" | "nth" | "min" | "max")
                    && self.v.node(raw).ptrs.is_empty()
                    && !self.in_heap(&at);
                let item = if targets.is_empty() || owned {
                    self.project(recv, k)
                } else {
                    let inner: Vec<Target> = targets
                        .iter()
                        .map(|t| {
                            let mut path = t.path.clone();
                            path.push(k);
                            Target { cell: t.cell, path }
                        })
                        .collect();
                    let p = self.pointer_to(&inner, PtrKind::Borrow);
                    self.v.taint(p, through)
                };
                let item = self.v.taint(item, decided);
                self.v.make(Node {
                    tags: TagSet0(tags),
                    fields: vec![(Key::Element, item)],
                    opaque: true,
                    ..Node::default()
                })
            }
            Model::Entry => {
                let key = args.first().copied().unwrap_or(Val::BOTTOM);
                self.note_key(key, call.span);
                let c = self.content(key);
                let k = match self.index_key(c) {
                    e @ Key::Entry(_) => e,
                    _ => Key::AnyEntry,
                };
                let inner: Vec<Target> = targets
                    .iter()
                    .map(|t| {
                        let mut path = t.path.clone();
                        path.push(k);
                        Target { cell: t.cell, path }
                    })
                    .collect();
                let p = self.pointer_to(&inner, PtrKind::Borrow);
                let tags = self.deep_tags(key);
                let tags = self.v.tags.decided(tags);
                self.v.taint(p, tags)
            }
            Model::Fill => {
                let places = if targets.is_empty() {
                    self.targets_of(raw)
                } else {
                    targets.clone()
                };
                if name == "and_modify" {
                    let p = reference(self);
                    for &a in &args {
                        let c = self.content(a);
                        if !self.v.node(c).fns.is_empty() {
                            self.call_value(c, vec![p], call.span);
                        }
                    }
                    return Some(p);
                }
                let option = places.clone();
                // An option or once cell holds what fills it; an entry is the place itself.
                let places: Vec<Target> = if name.as_str().starts_with("get_or_") {
                    places
                        .into_iter()
                        .map(|mut t| {
                            t.path.push(Key::Element);
                            t
                        })
                        .collect()
                } else {
                    places
                };
                let v = self.run_or_value(args.first().copied(), call.span);
                if v != Val::BOTTOM {
                    let key_tags = self.v.root(raw);
                    let v = self.put_under_key(v, key_tags, &targets, call.span);
                    let at = Located {
                        targets: places.clone(),
                        ..Located::default()
                    };
                    self.store(&at, v, call.span, true);
                    // Whether there is something is decided too.
                    let there = self.v.wrap(v, TagSet::EMPTY);
                    let decided = self.put_under_control(there);
                    if decided != there && name.as_str().starts_with("get_or_insert") {
                        let at = Located {
                            targets: option,
                            ..Located::default()
                        };
                        self.store(&at, decided, call.span, true);
                    }
                }
                if places.is_empty() {
                    self.v.join(recv, v)
                } else {
                    // Which entry it is was chosen by the key.
                    let p = self.pointer_to(&places, PtrKind::Borrow);
                    let keys = self.v.root(raw);
                    self.v.taint(p, keys)
                }
            }
            Model::Insert => self.insert(name, &targets, recv, &args, call.span),
            Model::Replace => {
                if self.is_text_replace(recv, &args) {
                    let mut tags = self.deep_tags(raw);
                    note(self, tags);
                    for &a in &args {
                        let d = self.deep_tags(a);
                        tags = self.v.tags.union(tags, d);
                    }
                    return Some(self.v.opaque(tags, TyId::UNKNOWN));
                }
                // What was held, not the pointer to it: something else is there now.
                let old = recv;
                if !call.discarded {
                    let tags = self.v.deep(old);
                    note(self, tags);
                }
                if let Some(&new) = args.first() {
                    let mut v = self.cloned(new);
                    // `Option::replace` takes the payload; a cell's takes what it holds.
                    let option = self.may_be_option(recv) || self.is_declared_option(&call.args[0]);
                    if option && !self.v.node(v).opaque && !self.may_be_option(v) {
                        v = self.v.wrap(v, TagSet::EMPTY);
                    }
                    let v = self.exchanged(v, call.discarded);
                    let at = Located {
                        targets,
                        ..Located::default()
                    };
                    self.store(&at, v, call.span, false);
                }
                old
            }
            Model::Set => {
                if let Some(&new) = args.first() {
                    let v = self.put_under_control(new);
                    // Who sets a once cell again is turned away.
                    let once = name == "set" && targets.iter().any(|t| self.is_once(t));
                    let at = Located {
                        targets,
                        ..Located::default()
                    };
                    self.store(&at, v, call.span, once);
                }
                self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN)
            }
            Model::Take => {
                if !args.is_empty() {
                    // `iter.take(n)`.
                    return Some(self.cloned(raw));
                }
                // What was held, not the pointer to it: something else is there now.
                let old = recv;
                if !call.discarded {
                    let tags = self.v.deep(old);
                    note(self, tags);
                }
                let none = self.none();
                let none = self.put_under_control(none);
                let at = Located {
                    targets,
                    ..Located::default()
                };
                self.store(&at, none, call.span, false);
                old
            }
            Model::Clear if name == "truncate" && !self.is_zero(args.first().copied()) => {
                self.unknown_method(name, &at, &targets, raw, recv, &args, call)?
            }
            Model::Clear => {
                let tys = self.v.node(recv).tys.clone();
                let empty = self.v.make(Node {
                    tys,
                    ..Node::default()
                });
                let empty = self.put_under_control(empty);
                let at = Located {
                    targets,
                    ..Located::default()
                };
                self.store(&at, empty, call.span, false);
                self.v.known(Known::Unit)
            }
            Model::Remove => {
                let mut key_tags = TagSet::EMPTY;
                for &a in &args {
                    self.note_key(a, call.span);
                    let d = self.deep_tags(a);
                    key_tags = self.v.tags.union(key_tags, d);
                }
                let exact = self.removed_entry(recv, args.first().copied());
                let k = match exact {
                    Some(key) => key,
                    None if self.is_map(recv) => Key::AnyEntry,
                    None => Key::Element,
                };
                let item = self.project(recv, k);
                if let Some(key) = exact {
                    let gone = targets
                        .iter()
                        .map(|t| {
                            let mut path = t.path.clone();
                            path.push(key);
                            Target { cell: t.cell, path }
                        })
                        .collect();
                    let at = Located {
                        targets: gone,
                        ..Located::default()
                    };
                    self.store(&at, Val::BOTTOM, call.span, false);
                }
                if !call.discarded {
                    let tags = self.v.deep(item);
                    note(self, tags);
                }
                let decided = self.v.tags.decided(key_tags);
                let item = self.v.taint(item, decided);
                // `Vec::remove` gives the element, `HashMap::remove` an option: both readings work,
                // since a payload inherits from its container.
                let n = self.v.node(item).clone();
                let mut fields = n.fields.clone();
                fields.push((Key::Element, item));
                self.v.make(Node {
                    fields,
                    opaque: true,
                    complete: false,
                    ..n
                })
            }
            Model::Fold => {
                let c = self.content(raw);
                let item = self.project(c, Key::Element);
                let mut acc = args.first().copied().unwrap_or(Val::BOTTOM);
                if let Some(&f) = args.get(1) {
                    for _ in 0..2 {
                        let next = self.call_value(f, vec![acc, item], call.span)?;
                        acc = self.v.join(acc, next);
                    }
                }
                let d = self.v.deep(item);
                self.v.taint(acc, d)
            }
            Model::With => {
                let p = reference(self);
                let f = args.last().copied().unwrap_or(Val::BOTTOM);
                let c = self.content(f);
                if self.v.node(c).fns.is_empty() {
                    return self.unknown_method(name, &at, &targets, raw, recv, &args, call);
                }
                if name == "update" {
                    let v = self.call_value(f, vec![recv], call.span)?;
                    let at = Located {
                        targets,
                        ..Located::default()
                    };
                    self.store(&at, v, call.span, false);
                    return Some(v);
                }
                return self.call_value(f, vec![p], call.span);
            }
            Model::Pair => {
                let c = self.content(raw);
                let o = args.first().map_or(Val::BOTTOM, |&a| self.content(a));
                if name == "chain" {
                    self.v.join(c, o)
                } else {
                    let a = self.project(c, Key::Element);
                    let b = self.project(o, Key::Element);
                    let pair = self.pair(a, b);
                    let root = self.v.root(c);
                    self.v.wrap(pair, root)
                }
            }
            Model::Split => self.split(name, raw, recv, &args, heap, recv_span),
            Model::Error => {
                let e = self.project(recv, Key::Variant(Symbol::new("Err"), Symbol::new("0")));
                let root = self.v.root(recv);
                self.v.wrap(e, root)
            }
        })
    }

    /// Writes to what a reference leads to.
    fn store_behind(&mut self, reference: Val, v: Val, span: Span, weak: bool) {
        let targets = self.targets_of(reference);
        let at = Located {
            targets: self.hop(&targets),
            ..Located::default()
        };
        self.store(&at, v, span, weak);
    }

    /// What decided how many elements there are. What they are themselves did not.
    fn tags_of_number(&mut self, raw: Val, recv: Val) -> TagSet {
        let n = self.v.node(recv);
        let holds = |k: &Key| !matches!(k, Key::Field(_) | Key::Variant(..) | Key::Held);
        if !n.fields.iter().any(|(k, _)| holds(k)) {
            return self.deep_tags(raw);
        }
        let (root, deep) = (self.v.root(recv), self.v.deep(recv));
        let chosen = self.v.tags.map(deep, |t| {
            let chosen = matches!(t.kind, Kind::Decided | Kind::Variant);
            chosen.then_some(t)
        });
        self.v.tags.union(root, chosen)
    }

    fn points_to_heap(&self, v: Val) -> bool {
        self.v
            .node(v)
            .ptrs
            .iter()
            .any(|p| matches!(p.cell, crate::flow::value::Cell::Heap(_)))
    }

    /// The entry that a removal surely takes out if there is one: that of a constant key, or the
    /// only one that waits for an answer.
    fn removed_entry(&mut self, map: Val, key: Option<Val>) -> Option<Key> {
        let key = self.content(key?);
        if let exact @ Key::Entry(_) = self.index_key(key) {
            return self.is_map(map).then_some(exact);
        }
        let n = self.v.node(map);
        let waiting: Vec<Key> = n
            .fields
            .iter()
            .map(|&(k, _)| k)
            .filter(|k| matches!(k, Key::Entry(_) | Key::AnyEntry))
            .collect();
        match waiting.as_slice() {
            &[only] if only.is_token() => Some(only),
            _ => None,
        }
    }

    /// A pointer whose pointees are only those of the wanted type.
    fn narrowed(&mut self, v: Val, want: &crate::ir::Type) -> Val {
        let (module, env) = {
            let f = self.frame();
            (f.module, f.env.clone())
        };
        let ty = self.r.ty(&mut self.tys, module, want, &env);
        let TyKind::Adt(wanted, _) = *self.tys.kind(ty) else {
            return v;
        };
        let n = self.v.node(v).clone();
        let ptrs: Vec<_> = n
            .ptrs
            .iter()
            .filter(|p| {
                let t = Target {
                    cell: p.cell,
                    path: p.path.to_vec(),
                };
                let c = self.load_target(&t);
                let c = self.content(c);
                let tys = &self.v.node(c).tys;
                tys.is_empty()
                    || tys.iter().any(|t| match self.tys.kind(*t) {
                        TyKind::Adt(t, _) => *t == wanted,
                        _ => true,
                    })
            })
            .cloned()
            .collect();
        self.v.make(Node { ptrs, ..n })
    }

    /// The payload of an option, result or guard, as a reference where the receiver is a place.
    fn payload(&mut self, at: &Located, raw: Val, recv: Val) -> Val {
        let n = self.v.node(recv).clone();
        let container = n.fields.iter().any(|(k, _)| *k == Key::Element)
            || n.known.contains(&Known::Variant(Symbol::new("None")))
            || n.tys.iter().any(|t| {
                matches!(self.tys.kind(*t), TyKind::External(n, _) if n == "Option" || n == "Result")
            });
        if !container {
            if !n.complete && n.opaque && n.tys.is_empty() {
                // Some option of which nothing is known: its payload is as tainted as it is.
                return recv;
            }
            return if at.targets.is_empty() {
                raw
            } else {
                self.cloned(raw)
            };
        }
        let is_ref = !self.v.node(raw).ptrs.is_empty();
        if is_ref {
            let targets: Vec<Target> = self
                .targets_of(raw)
                .into_iter()
                .map(|mut t| {
                    t.path.push(Key::Element);
                    t
                })
                .collect();
            let p = self.pointer_to(&targets, PtrKind::Borrow);
            let root = self.v.root(recv);
            // What the payload already is a pointer to is the pointer meant.
            let c = self.project(recv, Key::Element);
            if !self.v.node(c).ptrs.is_empty() {
                return c;
            }
            return self.v.taint(p, root);
        }
        self.project(recv, Key::Element)
    }

    /// The value of an argument, or of running it when it is a closure.
    fn run_or_value(&mut self, arg: Option<Val>, span: Span) -> Val {
        let Some(a) = arg else { return Val::BOTTOM };
        let c = self.content(a);
        if self.v.node(c).fns.is_empty() {
            return self.cloned(a);
        }
        let before = self.st.clone();
        let clean = self.v.live(TyId::UNKNOWN);
        let v = self.call_value(c, vec![clean], span);
        self.st.join(&before, &mut self.v);
        v.unwrap_or(Val::BOTTOM)
    }

    /// `drain(..)`, and `drain()` of a map: nothing is left.
    fn drain_all(&mut self, recv: Val, targets: Vec<Target>, range: Option<Val>, span: Span) {
        let all = range.is_none_or(|r| {
            let n = self.v.node(r);
            !n.opaque && n.known == [Known::Unit]
        });
        if !all {
            return;
        }
        let tys = self.v.node(recv).tys.clone();
        let empty = self.v.make(Node {
            tys,
            ..Node::default()
        });
        let at = Located {
            targets,
            ..Located::default()
        };
        self.store(&at, empty, span, false);
    }

    fn is_zero(&self, v: Option<Val>) -> bool {
        v.is_some_and(|v| {
            let n = self.v.node(v);
            !n.opaque && n.known == [Known::Int(0)]
        })
    }

    /// Whether a value looks like an `Option`.
    pub(crate) fn may_be_option(&self, v: Val) -> bool {
        let n = self.v.node(v);
        n.known.contains(&Known::Variant(Symbol::new("None")))
            || n.fields.iter().any(|(k, _)| *k == Key::Element)
            || n.tys
                .iter()
                .any(|t| matches!(self.tys.kind(*t), TyKind::External(n, _) if n == "Option"))
    }

    /// Whether an operand is a local that is declared as an `Option`, behind references or not.
    fn is_declared_option(&mut self, op: &Operand) -> bool {
        let Operand::Place(place) = op else {
            return false;
        };
        let crate::ir::PlaceBase::Local(l) = place.base else {
            return false;
        };
        let frame = self.frame();
        let (module, env) = (frame.module, frame.env.clone());
        let Some(t) = frame.body.locals[l.0 as usize].ty.as_ref() else {
            return false;
        };
        let deref = |p: &crate::ir::Projection| matches!(p, crate::ir::Projection::Deref);
        let ty = self.r.ty(&mut self.tys, module, t, &env);
        place.proj.iter().all(deref)
            && matches!(self.tys.kind(ty), TyKind::External(n, _) if n == "Option")
    }

    fn is_map(&self, v: Val) -> bool {
        let n = self.v.node(v);
        n.fields.iter().any(|(k, _)| matches!(k, Key::AnyEntry | Key::Entry(_)))
            || n.tys.iter().any(|t| {
                matches!(self.tys.kind(*t), TyKind::External(n, _) if n.as_str().ends_with("Map"))
            })
    }

    fn is_text_replace(&self, recv: Val, args: &[Val]) -> bool {
        args.len() == 2 || (args.len() == 3 && self.v.node(recv).ptrs.is_empty())
    }

    /// A container of the same kind with another payload.
    fn rewrap(&mut self, like: Val, payload: Val) -> Val {
        let n = self.v.node(like).clone();
        let none = Known::Variant(Symbol::new("None"));
        let may_be_none = n.known.contains(&none);
        if may_be_none && n.fields.is_empty() && !n.opaque {
            return like;
        }
        self.v.make(Node {
            tags: n.tags,
            fields: vec![(Key::Element, payload)],
            known: if may_be_none { vec![none] } else { Vec::new() },
            opaque: n.opaque,
            complete: n.complete,
            live: n.live,
            ..Node::default()
        })
    }

    /// Whether a place is reached by a parameter that is declared as `&`, `&self` among them.
    fn is_behind_shared_reference(&self, op: &Operand) -> bool {
        let Operand::Place(place) = op else {
            return false;
        };
        let crate::ir::PlaceBase::Local(l) = place.base else {
            return false;
        };
        let frame = self.frame();
        let func = &self.r.program.functions[frame.func.index()];
        let ty = match func.params.get(l.0 as usize) {
            Some(param) if frame.path.is_empty() => Some(&param.ty),
            _ => frame.body.locals[l.0 as usize].ty.as_ref(),
        };
        matches!(ty, Some(crate::ir::Type::Ref { mutable: false, .. }))
    }

    /// A method that no model knows: taint passes to the result, and into the receiver with
    /// certainty lost, unless that is behind a shared reference and nothing hints at a cell in it.
    #[allow(clippy::too_many_arguments)]
    fn unknown_method(
        &mut self,
        name: Symbol,
        at: &Located,
        targets: &[Target],
        raw: Val,
        recv: Val,
        args: &[Val],
        call: &'p Call,
    ) -> Option<Val> {
        let fns = self.v.node(recv).fns.clone();
        if !fns.is_empty() && name == "poll" {
            // An executor of the plugin's own: the future goes on.
            let v = self.await_value(recv, call.span)?;
            return Some(self.v.make(Node {
                fields: vec![(Key::Element, v)],
                opaque: true,
                live: true,
                ..Node::default()
            }));
        }
        if !fns.is_empty() && call.args.len() > 1 {
            return self.call_value(recv, args.to_vec(), call.span);
        }
        let mine = self.deep_tags(raw);
        if self.in_heap(at)
            && let Operand::Place(p) = &call.args[0]
        {
            self.note_place_read(mine, at, p);
        }
        let mut theirs = TagSet::EMPTY;
        for &a in args {
            let d = self.deep_tags(a);
            self.note_value_read(a, call.span);
            theirs = self.v.tags.union(theirs, d);
            if let Some(v) = self.maybe_run(a, call.span) {
                let d = self.v.deep(v);
                theirs = self.v.tags.union(theirs, d);
            }
        }
        let looks = self.is_behind_shared_reference(&call.args[0]) && !says_it_writes(name);
        if !looks {
            for t in targets {
                self.note_late(t);
            }
        }
        let none = self.v.make(Node::default());
        let holds = self.with_held(none, args) != none;
        if (!theirs.is_empty() || holds) && !targets.is_empty() && !looks {
            let low = self.v.tags.low(theirs);
            for t in targets {
                let old = self.load_target(t);
                if old == Val::BOTTOM {
                    continue;
                }
                let new = self.v.taint(old, low);
                let new = self.with_held(new, args);
                let at = Located {
                    targets: vec![t.clone()],
                    ..Located::default()
                };
                self.store(&at, new, call.span, true);
            }
        }
        let tags = self.v.tags.union(mine, theirs);
        let live = self.v.is_live(recv) || args.iter().any(|&a| self.v.is_live(a));
        let v = self.v.make(Node {
            tags: TagSet0(tags),
            opaque: true,
            live,
            ..Node::default()
        });
        let mut given = vec![recv];
        given.extend(args);
        Some(self.with_held(v, &given))
    }
}

/// Whether the name of a method says that it writes, so that a type which takes itself by `&self` there
/// keeps what it is given in a cell or behind a lock: an atomic, a channel, a concurrent map or cache.
fn says_it_writes(name: Symbol) -> bool {
    const VERBS: [&str; 27] = [
        "add",
        "append",
        "cache",
        "enqueue",
        "extend",
        "fetch",
        "fill",
        "inc",
        "increment",
        "init",
        "insert",
        "observe",
        "publish",
        "push",
        "put",
        "record",
        "register",
        "replace",
        "rcu",
        "save",
        "send",
        "set",
        "store",
        "swap",
        "update",
        "upsert",
        "write",
    ];
    let text = name.as_str();
    let mut words = text.split('_').skip_while(|word| *word == "try");
    let verb = words.next().unwrap_or("");
    VERBS.contains(&verb) || text.starts_with("get_or_") || text.starts_with("compare_")
}

#[cfg(test)]
mod tests {
    use super::{Symbol, says_it_writes};

    #[test]
    fn the_first_word_says_whether_a_method_writes() {
        let writes = |name: &str| says_it_writes(Symbol::new(name));
        for name in ["set", "try_insert", "get_or_init", "compare_exchange"] {
            assert!(writes(name), "{name}");
        }
        for name in ["get", "settings", "is_set", "try_get", "comparison"] {
            assert!(!writes(name), "{name}");
        }
    }
}
