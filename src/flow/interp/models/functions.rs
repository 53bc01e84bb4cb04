//! Functions outside of the tree: constructors, conversions, `mem`.

use crate::ir::{Call, Symbol};

use super::super::Interp;
use super::super::place::Located;
use super::{Model, model};
use crate::flow::tag::TagSet;
use crate::flow::types::{TyId, TyKind};
use crate::flow::value::{Key, Known, Node, PtrKind, TagSet0, Val};

impl<'p> Interp<'p> {
    /// A function outside of the tree.
    pub(crate) fn call_external(&mut self, call: &'p Call, full: Symbol, ty: TyId) -> Option<Val> {
        let text = full.as_str();
        let krate = Symbol::new(text.split("::").next().unwrap_or(""));
        let last = Symbol::new(text.rsplit("::").next().unwrap_or(""));
        let args: Vec<Val> = call.args.iter().map(|a| self.operand(a)).collect();
        let sdk = self.sdk.is_sdk_crate(krate) || {
            let module = self.frame().module;
            !text.contains("::")
                && self.r.external_globs(module).iter().any(|g| {
                    let c = g.as_str().split("::").next().unwrap_or("");
                    self.sdk.is_sdk_crate(Symbol::new(c))
                })
        };
        if sdk && let Some(host) = self.sdk.call(last).cloned() {
            let is_function = text.contains("hostcalls") || !text.contains("::");
            // `Context::get_property(self, ..)`: the receiver comes first.
            let skip = usize::from(text.contains("traits::"));
            let args: Vec<Val> = args.into_iter().skip(skip).collect();
            return Some(self.host_call(&host, &args, call.span, is_function && skip == 0));
        }
        if let Some(v) = self.pointer_function(full, ty, &args, call.span) {
            return Some(v);
        }
        let mut parts = text.rsplit("::");
        let name = parts.next().unwrap_or("");
        let owner = parts.next().unwrap_or("");
        Some(match (owner, name) {
            ("OnceCell" | "OnceLock", "new" | "default") => self.none(),
            ("Wrapping", "new" | "from") if !args.is_empty() => args[0],
            ("LazyLock" | "LazyCell" | "Lazy", "new") => {
                self.run_or_value(args.first().copied(), call.span)
            }
            ("Rc" | "Arc", "make_mut") => args.first().copied().unwrap_or(Val::BOTTOM),
            ("Rc" | "Arc", "get_mut") => {
                let p = args.first().copied().unwrap_or(Val::BOTTOM);
                self.v.make(Node {
                    fields: vec![(Key::Element, p)],
                    opaque: true,
                    ..Node::default()
                })
            }
            ("Ref" | "RefMut" | "MutexGuard" | "RwLockWriteGuard" | "RwLockReadGuard", "map")
                if args.len() == 2 =>
            {
                let f = self.content(args[1]);
                self.call_value(f, vec![args[0]], call.span)?
            }
            ("Rc" | "Arc" | "Weak", "new_cyclic") => {
                let placeholder = self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN);
                let cell = self.alloc(call.span, placeholder, false);
                let p = self.v.ptr(cell, &[], PtrKind::Shared);
                let f = args.first().copied().unwrap_or(Val::BOTTOM);
                let v = self.call_value(f, vec![p], call.span)?;
                self.st.set(cell, v);
                p
            }
            ("Rc" | "Arc" | "Weak", "clone" | "downgrade" | "upgrade") => {
                let a = args.first().copied().unwrap_or(Val::BOTTOM);
                self.cloned(a)
            }
            ("Clone", "clone")
            | ("ToOwned", "to_owned")
            | ("ToString", "to_string")
            | ("String" | "Vec" | "From", "from")
            | ("Into", "into")
            | ("convert", "identity") => {
                let a = args.first().copied().unwrap_or(Val::BOTTOM);
                self.note_copied(a, call.span);
                let v = self.cloned(a);
                match owner {
                    "From" | "Into" => self.turned_alone(v),
                    _ => v,
                }
            }
            ("iter", "once") => {
                let a = args.first().copied().unwrap_or(Val::BOTTOM);
                let v = self.cloned(a);
                self.v.make(Node {
                    fields: vec![(Key::Element, v)],
                    complete: true,
                    ..Node::default()
                })
            }
            ("String", "from_utf8") | ("str", "from_utf8") | ("", "from_utf8") => {
                let a = args.first().copied().unwrap_or(Val::BOTTOM);
                self.note_value_read(a, call.span);
                let c = self.content(a);
                let tags = self.deep_tags(a);
                let live = self.v.is_live(c);
                let n = self.v.node(c).clone();
                let text = if n.known.is_empty() {
                    self.v.make(Node {
                        tags: TagSet0(tags),
                        opaque: true,
                        live,
                        ..Node::default()
                    })
                } else {
                    c
                };
                // Whether the bytes are text is no decision on what they say.
                self.v.make(Node {
                    fields: vec![(Key::Element, text)],
                    opaque: true,
                    live,
                    ..Node::default()
                })
            }
            ("String", "from_utf8_lossy") | ("str", "from_utf8_unchecked") => {
                let a = args.first().copied().unwrap_or(Val::BOTTOM);
                self.note_value_read(a, call.span);
                let tags = self.deep_tags(a);
                self.v.opaque(tags, TyId::UNKNOWN)
            }
            ("mem", "take") => {
                let p = args.first().copied().unwrap_or(Val::BOTTOM);
                let old = self.cloned(p);
                let tags = self.v.deep(old);
                self.note_read(tags, call.args[0].span());
                let targets = self.targets_of(p);
                let targets = self.hop(&targets);
                let tys = self.v.node(old).tys.clone();
                let empty = self.v.make(Node {
                    tys,
                    ..Node::default()
                });
                self.store(
                    &Located {
                        targets,
                        ..Located::default()
                    },
                    empty,
                    call.span,
                    false,
                );
                old
            }
            ("mem", "replace") => {
                let p = args.first().copied().unwrap_or(Val::BOTTOM);
                let new = args.get(1).copied().unwrap_or(Val::BOTTOM);
                let old = self.cloned(p);
                let tags = self.v.deep(old);
                self.note_read(tags, call.args[0].span());
                let targets = self.targets_of(p);
                let targets = self.hop(&targets);
                let new = self.put_under_control(new);
                self.store(
                    &Located {
                        targets,
                        ..Located::default()
                    },
                    new,
                    call.span,
                    false,
                );
                old
            }
            ("mem", "swap") => {
                let (a, b) = (
                    args.first().copied().unwrap_or(Val::BOTTOM),
                    args.get(1).copied().unwrap_or(Val::BOTTOM),
                );
                let (va, vb) = (self.cloned(a), self.cloned(b));
                let (ta, tb) = (self.targets_of(a), self.targets_of(b));
                let (ta, tb) = (self.hop(&ta), self.hop(&tb));
                self.store(
                    &Located {
                        targets: ta,
                        ..Located::default()
                    },
                    vb,
                    call.span,
                    false,
                );
                self.store(
                    &Located {
                        targets: tb,
                        ..Located::default()
                    },
                    va,
                    call.span,
                    false,
                );
                self.v.known(Known::Unit)
            }
            ("mem", "drop") | ("", "drop") => self.v.known(Known::Unit),
            (_, "new" | "with_capacity") if args.is_empty() || name == "with_capacity" => {
                let ty = if ty == TyId::UNKNOWN {
                    self.tys
                        .intern(TyKind::External(Symbol::new(owner), Vec::new()))
                } else {
                    ty
                };
                if owner == "Weak" {
                    return Some(self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN));
                }
                self.v.make(Node {
                    tys: vec![ty],
                    ..Node::default()
                })
            }
            ("Option", "default") => self.none(),
            ("Default" | "?", "default") => self.v.make(Node {
                known: vec![Known::Default],
                opaque: true,
                ..Node::default()
            }),
            ("Weak" | "String" | "Vec" | "HashMap", "default") => {
                self.v.opaque(TagSet::EMPTY, TyId::UNKNOWN)
            }
            _ => {
                let known_predicate = model(name) == Some(Model::Predicate);
                let v = self.unknown_call(None, &args, call.span)?;
                if known_predicate {
                    let d = self.v.root(v);
                    let d = self.v.tags.decided(d);
                    return Some(self.v.make(Node {
                        tags: TagSet0(d),
                        opaque: true,
                        ..Node::default()
                    }));
                }
                if ty == TyId::UNKNOWN {
                    v
                } else {
                    self.declared(v, ty)
                }
            }
        })
    }
}
