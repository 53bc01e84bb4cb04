//! Putting into collections, keyed state, and cutting text.

use rustc_hash::FxHashSet;

use crate::ir::Symbol;
use crate::source::Span;

use super::super::Interp;
use super::super::place::{Located, Target};
use crate::flow::tag::{Kind, Tag, TagSet};
use crate::flow::types::TyId;
use crate::flow::value::{Cell, Key, Known, Mapped, Node, PtrKind, TagSet0, Val};
use crate::sdk::PropertyClass;

impl Interp<'_> {
    /// Taint of a key is not taint of what is kept under it. Under a key that names a stream
    /// everything is per-stream state.
    pub(crate) fn unkeyed(&mut self, v: Val, keys: TagSet, targets: &[Target], span: Span) -> Val {
        let deep = self.v.deep(v);
        if keys.is_empty() || deep.is_empty() || self.is_context(v) {
            return v;
        }
        let keys = self.v.tags.list(keys);
        let by_stream = keys
            .iter()
            .any(|t| self.v.tags.source_of(t.source).class == PropertyClass::ContextId);
        let sources: Vec<Symbol> = keys
            .iter()
            .map(|t| self.v.tags.source_of(t.source).property)
            .collect();
        let keyed: FxHashSet<Tag> = self
            .v
            .tags
            .list(deep)
            .into_iter()
            .filter(|t| {
                by_stream
                    || (t.kind != Kind::Copied
                        && sources.contains(&self.v.tags.source_of(t.source).property))
            })
            .collect();
        self.note_keyed(&keyed, targets, span);
        let mut memo = Mapped::default();
        self.v
            .map_tags(v, &mut memo, &mut |t| (!keyed.contains(&t)).then_some(t))
    }

    /// A value put under a key in a collection. What a condition on the key decided, such as that
    /// nothing is there yet, is right for the key; what one on a fresh read put under a kept key is not.
    pub(crate) fn put_under_key(
        &mut self,
        v: Val,
        keys: TagSet,
        targets: &[Target],
        span: Span,
    ) -> Val {
        if self.has_kept(keys) {
            let v = self.unkeyed(v, keys, targets, span);
            return self.put_under_control(v);
        }
        let v = self.put_under_control(v);
        self.unkeyed(v, keys, targets, span)
    }

    /// A store under a key that makes it right: listed, never reported.
    fn note_keyed(&mut self, keyed: &FxHashSet<Tag>, targets: &[Target], span: Span) {
        if keyed.is_empty() {
            return;
        }
        for t in targets {
            if !matches!(t.cell, Cell::Heap(_)) {
                continue;
            }
            let site = self.site_for(t, span);
            let site = self.v.tags.site(site);
            for tag in keyed {
                let decided = tag.kind != Kind::Copied;
                self.facts
                    .stores
                    .entry((site, tag.source))
                    .or_insert((decided, tag.low));
            }
        }
    }

    /// Where the callout is whose token a key is, in bytes.
    fn token_of(&self, keys: TagSet) -> Option<u32> {
        self.v
            .tags
            .list(keys)
            .iter()
            .filter(|t| t.kind == Kind::Copied)
            .map(|t| self.v.tags.source_of(t.source))
            .find(|s| s.class == PropertyClass::Token)
            .map(|s| s.host_span.lo)
    }

    pub(crate) fn insert(
        &mut self,
        name: Symbol,
        targets: &[Target],
        recv: Val,
        args: &[Val],
        span: Span,
    ) -> Val {
        let into = |key: Option<Key>| {
            let targets = targets
                .iter()
                .map(|t| {
                    let mut path = t.path.clone();
                    path.extend(key);
                    Target { cell: t.cell, path }
                })
                .collect();
            Located {
                targets,
                appends: true,
                ..Located::default()
            }
        };
        match (name.as_str(), args) {
            ("insert", &[k, v]) => {
                self.note_key(k, span);
                let kc = self.content(k);
                let is_index = matches!(self.v.node(kc).known.as_slice(), [Known::Int(_)])
                    && !self.is_map(recv);
                let key_tags = self.deep_tags(k);
                let v = self.cloned(v);
                let v = self.put_under_key(v, key_tags, targets, span);
                let token = self.token_of(key_tags);
                let key = if let Some(at) = token {
                    Key::token(at)
                } else if is_index {
                    Key::Element
                } else {
                    match self.index_key(kc) {
                        e @ Key::Entry(_) => e,
                        _ => Key::AnyEntry,
                    }
                };
                self.store(
                    &into(Some(key)),
                    v,
                    span,
                    key == Key::AnyEntry || key == Key::Element,
                );
                let old = self.project(recv, key);
                self.v.make(Node {
                    fields: vec![(Key::Element, old)],
                    opaque: true,
                    ..Node::default()
                })
            }
            ("insert", &[v]) => {
                let v = self.cloned(v);
                // `Option::insert` overwrites; what a set holds are keys, and what chose that one of
                // them is there stays in it.
                if !self.may_be_option(recv) {
                    self.note_key(v, span);
                    let keys = self.deep_tags(v);
                    let there = self.v.make(Node {
                        opaque: true,
                        live: self.v.is_live(v),
                        ..Node::default()
                    });
                    let there = self.put_under_key(there, keys, targets, span);
                    if !self.v.root(there).is_empty() {
                        self.store(&into(Some(Key::Element)), there, span, true);
                    }
                    return self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN);
                }
                let some = self.v.wrap(v, TagSet::EMPTY);
                let some = self.put_under_control(some);
                self.store(&into(None), some, span, false);
                let payload = into(Some(Key::Element)).targets;
                if payload.is_empty() {
                    self.project(some, Key::Element)
                } else {
                    self.pointer_to(&payload, PtrKind::Borrow)
                }
            }
            (
                "push_str" | "write_str" | "write_all" | "extend_from_slice" | "insert_str"
                | "add_assign",
                _,
            ) => {
                let mut tags = TagSet::EMPTY;
                let mut live = false;
                for &a in args {
                    let d = self.deep_tags(a);
                    live |= self.v.is_live(a);
                    tags = self.v.tags.union(tags, d);
                }
                let text = self.v.make(Node {
                    tags: TagSet0(tags),
                    opaque: true,
                    live,
                    ..Node::default()
                });
                let text = self.put_under_control(text);
                self.store(&into(None), text, span, true);
                self.v.known(Known::Unit)
            }
            ("extend" | "append", &[v]) => {
                let c = self.content(v);
                let e = self.project(c, Key::Element);
                let e = self.put_under_control(e);
                self.store(&into(Some(Key::Element)), e, span, true);
                self.v.known(Known::Unit)
            }
            (_, &[v]) => {
                let v = self.cloned(v);
                let v = self.put_under_control(v);
                self.store(&into(Some(Key::Element)), v, span, true);
                self.v.known(Known::Unit)
            }
            _ => self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN),
        }
    }

    pub(crate) fn split(
        &mut self,
        name: Symbol,
        raw: Val,
        recv: Val,
        args: &[Val],
        heap: bool,
        span: Span,
    ) -> Val {
        let tags = self.deep_tags(raw);
        if heap {
            self.note_read(tags, span);
        }
        let text = self.text(recv);
        let sep = args.last().and_then(|&a| self.text(a));
        let pieces: Option<Vec<&str>> = match (text, sep) {
            (Some(t), Some(s)) if name == "split" => Some(t.as_str().split(s.as_str()).collect()),
            // A `char` separator is not kept as a constant; in property paths it is the dot.
            (Some(t), None) if name == "split" => Some(t.as_str().split('.').collect()),
            _ => None,
        };
        if let Some(pieces) = pieces {
            let fields = pieces
                .iter()
                .enumerate()
                .map(|(i, p)| {
                    let v = self.v.known(Known::Str(Symbol::new(p)));
                    (Key::Index(u32::try_from(i).unwrap_or(0)), v)
                })
                .collect();
            return self.v.make(Node {
                tags: TagSet0(tags),
                fields,
                complete: true,
                ..Node::default()
            });
        }
        let live = self.v.is_live(recv);
        let tags = self.v.tags.partial(tags);
        let part = self.v.make(Node {
            tags: TagSet0(tags),
            opaque: true,
            live,
            ..Node::default()
        });
        // Whether the cut finds something is computed from the text.
        self.v.make(Node {
            tags: TagSet0(tags),
            fields: vec![(Key::Element, part)],
            opaque: true,
            live,
            ..Node::default()
        })
    }
}
