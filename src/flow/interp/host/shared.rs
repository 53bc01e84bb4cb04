//! What the plugin hands to the host and gets back: properties, shared data, tokens.

use crate::ir::Symbol;
use crate::sdk::PropertyClass;
use crate::source::Span;

use crate::flow::interp::Interp;
use crate::flow::interp::place::{Located, Target};
use crate::flow::tag::{Storage, Tag, TagSet};
use crate::flow::types::TyId;
use crate::flow::value::{Key, Known, Node, Val};

impl Interp<'_> {
    /// Remembers what the plugin writes under a property's name.
    pub(super) fn hand_on(&mut self, property: Symbol, v: Val, span: Span) {
        let cell = self.named_cell(Symbol::new("property"), Storage::Stream);
        let c = self.content(v);
        let payload = self.project(c, Key::Element);
        let payload = self.content(payload);
        let target = Target {
            cell,
            path: vec![Key::Entry(property)],
        };
        let at = Located {
            targets: vec![target],
            ..Located::default()
        };
        self.store(&at, payload, span, false);
    }

    fn shared_place(&mut self, key: Val) -> (Target, TagSet) {
        let cell = self.named_cell(Symbol::new("shared data"), Storage::SharedData);
        let c = self.content(key);
        let k = match self.index_key(c) {
            e @ Key::Entry(_) => e,
            _ => Key::AnyEntry,
        };
        let tags = self.deep_tags(key);
        (
            Target {
                cell,
                path: vec![k],
            },
            tags,
        )
    }

    /// What a callout gives: no property, but it names the answer.
    pub(super) fn token(&mut self, span: Span) -> Val {
        let source = self.new_source(Symbol::new("token"), PropertyClass::Token, span);
        let tags = self.v.tags.one(Tag::fresh(source));
        let v = self.v.live(TyId::UNKNOWN);
        self.v.taint(v, tags)
    }

    /// Remembers what is written as shared data. Without a number to compare with it surely
    /// overwrites.
    pub(super) fn share(&mut self, key: Val, v: Val, cas: Option<Val>, span: Span) {
        let (target, keys) = self.shared_place(key);
        let c = self.content(v);
        let payload = self.project(c, Key::Element);
        let payload = self.blur(payload);
        let at = Located {
            targets: vec![target],
            ..Located::default()
        };
        let payload = self.unkeyed(payload, keys, &at.targets, span);
        let surely = cas.is_some_and(|cas| {
            let n = self.v.node(cas);
            !n.opaque && n.known == [Known::Variant(Symbol::new("None"))]
        });
        self.store(&at, payload, span, !surely);
    }

    /// What was written as shared data.
    pub(super) fn shared(&mut self, key: Val, span: Span) -> Val {
        let (target, _) = self.shared_place(key);
        let whole = self.st.get(target.cell);
        let v = self.project(whole, target.path[0]);
        let tags = self.v.deep(v);
        self.note_read(tags, span);
        let v = self.v.opaque(tags, TyId::UNKNOWN);
        let some = self.v.make(Node {
            fields: vec![(Key::Element, v)],
            opaque: true,
            live: true,
            ..Node::default()
        });
        let cas = self.v.live(TyId::UNKNOWN);
        self.pair(some, cas)
    }
}
