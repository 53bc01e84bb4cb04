//! Methods that run a closure on a payload: `map`, `and_then`, `find`, `any`, `for_each`.

use crate::ir::{Call, Operand, Symbol};

use super::super::Interp;
use super::super::place::{Located, Target};
use super::Model;
use crate::flow::types::TyId;
use crate::flow::value::{Guard, Key, Known, Node, Proof, PtrKind, Sided, TagSet0, Val};
use crate::source::Span;

/// Lists of constants up to this length are mapped one by one.
const MAX_PARTS: usize = 8;

impl<'p> Interp<'p> {
    /// An `Option` that holds something where a condition does: what that proves.
    fn there_if(&mut self, v: Val, proofs: &[Sided]) -> Val {
        let mut n = self.v.node(v).clone();
        for &(p, side) in proofs {
            let variant = Symbol::new(if side { "Some" } else { "None" });
            n.guards.push((p, Known::Variant(variant)));
        }
        self.v.make(n)
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn closure_method(
        &mut self,
        call: &'p Call,
        name: Symbol,
        kind: Model,
        at: &Located,
        raw: Val,
        recv: Val,
        args: &[Val],
        heap: bool,
    ) -> Option<Val> {
        let span = call.span;
        let recv_span = call.args[0].span();
        let root = self.v.root(recv);
        let deep = self.v.deep(recv);
        let is_bool = matches!(name.as_str(), "then" | "then_some");
        let none_only = self.is_variant(recv, Symbol::new("None")) == Some(true);
        let item = if is_bool {
            Val::BOTTOM
        } else {
            self.payload_item(at, raw, recv)
        };
        if heap {
            // A payload handed on as a reference is read by the closure.
            let by_ref = item != Val::BOTTOM && !self.v.node(item).ptrs.is_empty();
            let tags = if by_ref { root } else { deep };
            match &call.args[0] {
                Operand::Place(p) => self.note_place_read(tags, at, p),
                Operand::Const(..) => self.note_read(tags, recv_span),
            }
        }
        let (default, f) = match name.as_str() {
            "map_or" => (args.first().copied(), args.get(1).copied()),
            "map_or_else" => (
                Some(self.run_or_value(args.first().copied(), span)),
                args.get(1).copied(),
            ),
            _ => (None, args.first().copied()),
        };
        let fns = f.map_or(Val::BOTTOM, |f| self.content(f));
        if name == "map"
            && let Some(parts) = self.constant_parts(raw, recv)
        {
            return self.map_each(&parts, fns, span);
        }
        let before = self.st.clone();
        // `(token == now).then(..)`: what it gives stands under what was proven.
        let proofs = if is_bool {
            let c = self.content(raw);
            self.v.sided(c)
        } else {
            Vec::new()
        };
        let result = if name == "then_some" {
            f.map(|f| self.vouched(f, &proofs, true))
        } else if self.v.node(fns).fns.is_empty() || none_only {
            None
        } else {
            // The code of the closure is guarded by the container not being empty.
            let outer = self.frame().ctrl;
            let control = self.v.tags.control(root);
            let ctrl = self.v.tags.union(outer, control);
            self.frame_mut().ctrl = ctrl;
            let params = if is_bool {
                Vec::new()
            } else {
                vec![item, item]
            };
            if !proofs.is_empty() {
                let st = std::mem::take(&mut self.st);
                self.st = self.validated(st, &proofs, true);
            }
            let r = self.call_value(fns, params, span);
            let r = r.map(|v| self.vouched(v, &proofs, true));
            self.frame_mut().ctrl = outer;
            self.st.join(&before, &mut self.v);
            r
        };
        let out = result.unwrap_or_else(|| {
            let d = self.v.deep(item);
            self.v.opaque(d, TyId::UNKNOWN)
        });
        Some(match kind {
            Model::Map if name == "filter_map" || name == "flat_map" || name == "map_while" => {
                let c = self.content(out);
                let e = self.project(c, Key::Element);
                let r = self.v.root(c);
                let decided = self.v.tags.decided(r);
                let v = self.rewrap(recv, e);
                self.v.taint(v, decided)
            }
            Model::Map => {
                if none_only {
                    return Some(recv);
                }
                let v = self.rewrap(recv, out);
                if is_bool {
                    let decided = self.v.tags.decided(root);
                    let v = self.v.taint(v, decided);
                    return Some(self.there_if(v, &proofs));
                }
                v
            }
            Model::AndThen => {
                if none_only {
                    return Some(recv);
                }
                let c = self.content(out);
                let n = self.v.node(c).clone();
                let maybe = self.v.make(Node { opaque: true, ..n });
                self.v.taint(maybe, root)
            }
            Model::Filter => {
                // What the closure says decides which payload it is.
                let c = self.content(out);
                let said = self.v.deep(c);
                self.v.tags.note_condition(said, span);
                let decided = self.v.tags.decided(said);
                let tags = self.v.tags.union(root, decided);
                let payload = if name == "find_map" {
                    self.project(c, Key::Element)
                } else {
                    item
                };
                let payload = self.v.taint(payload, decided);
                let guards = self.v.sided(c);
                let payload = self.vouched(payload, &guards, true);
                let left = self.v.make(Node {
                    tags: TagSet0(tags),
                    fields: vec![(Key::Element, payload)],
                    opaque: true,
                    ..Node::default()
                });
                let surely = self.is_variant(recv, Symbol::new("Some")) == Some(true);
                match name == "filter" && surely {
                    true => self.there_if(left, &guards),
                    false => left,
                }
            }
            Model::Test => {
                let c = self.content(out);
                let said = self.v.deep(c);
                // `is_some_and(|t| t == now)`: true only when the closure was.
                let side = !matches!(name.as_str(), "is_none_or" | "all");
                let guards: Vec<Guard> = self
                    .v
                    .node(c)
                    .guards
                    .iter()
                    .copied()
                    .filter(|g| g.1 == Known::Bool(side))
                    // One of several says nothing of the others.
                    .filter(|g| {
                        !matches!(g.0, Proof::Same(..)) || !matches!(name.as_str(), "any" | "all")
                    })
                    .collect();
                let all = if guards.is_empty() {
                    self.v.tags.union(root, said)
                } else {
                    said
                };
                let decided = self.v.tags.decided(all);
                self.v.make(Node {
                    tags: TagSet0(decided),
                    opaque: true,
                    guards,
                    ..Node::default()
                })
            }
            _ if matches!(name.as_str(), "retain" | "retain_mut" | "take_if") => {
                self.keep_some(at, raw, recv, out, name != "take_if", span);
                self.v.opaque(deep, TyId::UNKNOWN)
            }
            _ => {
                if let Some(d) = default {
                    let j = self.v.join(d, out);
                    let decided = self.v.tags.decided(root);
                    return Some(self.v.taint(j, decided));
                }
                if matches!(name.as_str(), "inspect" | "inspect_err") {
                    raw
                } else {
                    self.v.known(Known::Unit)
                }
            }
        })
    }

    /// The elements of a short list of known texts, in order: the parts of a property path.
    fn constant_parts(&mut self, raw: Val, recv: Val) -> Option<Vec<Val>> {
        let n = self.v.node(recv).clone();
        if n.fields.is_empty() || n.fields.len() > MAX_PARTS || n.opaque || !n.tags.0.is_empty() {
            return None;
        }
        let targets = self.targets_of(raw);
        let mut parts = Vec::with_capacity(n.fields.len());
        for (i, &(key, part)) in (0..).zip(&n.fields) {
            if key != Key::Index(i) || self.text(part).is_none() {
                return None;
            }
            let mut inner = self.hop(&targets);
            for t in &mut inner {
                t.path.push(key);
            }
            parts.push(if inner.is_empty() {
                part
            } else {
                self.pointer_to(&inner, PtrKind::Borrow)
            });
        }
        Some(parts)
    }

    /// What a closure makes of each of some parts.
    fn map_each(&mut self, parts: &[Val], f: Val, span: Span) -> Option<Val> {
        let before = self.st.clone();
        let mut fields = Vec::with_capacity(parts.len());
        for (i, &part) in (0..).zip(parts) {
            fields.push((Key::Index(i), self.call_value(f, vec![part], span)?));
        }
        self.st.join(&before, &mut self.v);
        Some(self.v.make(Node {
            fields,
            complete: true,
            ..Node::default()
        }))
    }

    /// What a closure leaves of a container: `retain` what it says yes to, `take_if` what it says no to.
    /// That may prove the rest up to date, and what it looked at chose the rest.
    fn keep_some(&mut self, at: &Located, raw: Val, recv: Val, said: Val, keeps: bool, span: Span) {
        let said = self.content(said);
        let guards = self.v.sided(said);
        let looked = self.v.deep(said);
        if self.is_map(recv) || (guards.is_empty() && looked.is_empty()) {
            return;
        }
        let targets = if self.v.node(raw).ptrs.is_empty() {
            at.targets.clone()
        } else {
            self.targets_of(raw)
        };
        let targets = self.hop(&targets);
        let rest = self.vouched(recv, &guards, keeps);
        let decided = self.v.tags.decided(looked);
        let rest = self.v.taint(rest, decided);
        let at = Located {
            targets,
            ..Located::default()
        };
        self.store(&at, rest, span, false);
    }

    /// The payload handed to a closure: a reference when the container is borrowed.
    pub(crate) fn payload_item(&mut self, at: &Located, raw: Val, recv: Val) -> Val {
        let n = self.v.node(recv).clone();
        let none = Known::Variant(Symbol::new("None"));
        if n.fields.is_empty() && n.known == [none] {
            return Val::BOTTOM;
        }
        let borrowed = !self.v.node(raw).ptrs.is_empty();
        let targets = if borrowed {
            self.targets_of(raw)
        } else {
            at.targets.clone()
        };
        let item = self.project(recv, Key::Element);
        if targets.is_empty() || !self.v.node(item).ptrs.is_empty() || self.is_map(recv) {
            return item;
        }
        if !borrowed {
            return item;
        }
        let targets = self.hop(&targets);
        let inner: Vec<Target> = targets
            .into_iter()
            .map(|mut t| {
                t.path.push(Key::Element);
                t
            })
            .collect();
        self.pointer_to(&inner, PtrKind::Borrow)
    }
}
