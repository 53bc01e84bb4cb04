//! Summaries in print: what a function does, in terms of what goes in and of host reads.
//!
//! The interpreter tabulates concrete inputs. For reading, a function is run once on symbolic ones:
//! each parameter carries a taint with its own name.

use std::fmt::Write;

use super::interp::Interp;
use super::interp::call::Activation;
use super::resolve::{Method, Resolver};
use super::tag::{Kind, Storage, Tag, TagSet};
use super::types::{TyId, TyKind};
use super::value::{Cell, Key, PtrKind, Val};
use crate::ir::{FnId, Program, Receiver, Symbol};
use crate::sdk::{Phase, PropertyClass, Sdk};

/// The printed summaries of all functions with a body, in source order: what each returns, what it
/// leaves in the fields of `self`, in `&mut` parameters and in statics, and whether it reroutes.
///
/// `a` is a copy of `a` or computed from it, `[a]` was chosen by a condition on `a`, `a?` tells
/// whether there was an `a`.
pub fn summaries(program: &Program, sdk: &Sdk) -> String {
    let resolver = Resolver::new(program, sdk);
    let mut out = String::new();
    for n in 0..program.functions.len() {
        let id = FnId(u32::try_from(n).unwrap_or(u32::MAX));
        if program.functions[n].body.is_some() {
            summary(&resolver, sdk, id, &mut out);
        }
    }
    out
}

fn summary(resolver: &Resolver<'_>, sdk: &Sdk, id: FnId, out: &mut String) {
    let func = &resolver.program.functions[id.index()];
    let Some(body) = &func.body else { return };
    let mut i = Interp::new(resolver, sdk);
    i.begin(func.name, Phase::RequestHeaders);
    i.storage = Storage::Stream;
    let self_ty = func
        .impl_id
        .and_then(|imp| resolver.impl_type(imp))
        .map_or(TyId::UNKNOWN, |t| i.tys.intern(TyKind::Adt(t, Vec::new())));
    let mut args = Vec::new();
    let mut places: Vec<(String, Cell)> = Vec::new();
    for (n, p) in func.params.iter().enumerate() {
        let name = p
            .name
            .map_or_else(|| format!("#{n}"), |s| s.as_str().to_owned());
        let is_self = n == 0 && func.receiver.is_some();
        let source = i.new_source(Symbol::new(&name), PropertyClass::Plugin, p.span);
        let tag = Tag::fresh(source);
        let tags = if is_self {
            TagSet::EMPTY
        } else {
            i.v.tags.one(tag)
        };
        let v =
            i.v.opaque(tags, if is_self { self_ty } else { TyId::UNKNOWN });
        let by_ref = matches!(&p.ty, crate::ir::Type::Ref { mutable: true, .. })
            || (is_self && func.receiver != Some(Receiver::Value));
        if by_ref {
            let cell = i.alloc(p.span, v, false);
            places.push((name, cell));
            args.push(i.v.ptr(cell, &[], PtrKind::Borrow));
        } else {
            args.push(v);
        }
    }
    let env = resolver.method_env(
        &mut i.tys,
        Method {
            func: id,
            impl_id: func.impl_id,
        },
        self_ty,
    );
    let v = i.activate(Activation {
        func: id,
        body,
        path: std::rc::Rc::from([]),
        env: std::rc::Rc::new(env),
        args,
        span: func.span,
        ctrl: TagSet::EMPTY,
    });
    // Writing to a string can't fail.
    let _ = writeln!(out, "fn {}", resolver.fn_name(id));
    let _ = writeln!(out, "  returns {}", shown(&i, v, 0));
    for (name, cell) in places {
        let v = i.st.get(cell);
        if name != "self" {
            let _ = writeln!(out, "  {name} = {}", shown(&i, v, 0));
        }
        fields(&i, &name, v, out);
    }
    for &s in &i.static_order.clone() {
        let v = i.st.get(Cell::Heap(s));
        let name = i.cells[s as usize].name.map_or("static", Symbol::as_str);
        if !i.v.deep(v).is_empty() {
            let _ = writeln!(out, "  {name} holds {}", shown(&i, v, 0));
        }
    }
    if !i.facts.reroutes.is_empty() {
        let _ = writeln!(out, "  makes the host drop the route");
    }
}

/// What the function left in the parts of a place.
fn fields(i: &Interp<'_>, name: &str, v: Val, out: &mut String) {
    for &(key, part) in &i.v.node(v).fields {
        let Key::Field(f) = key else { continue };
        let _ = writeln!(out, "  {name}.{f} = {}", shown(i, part, 0));
    }
}

fn shown(i: &Interp<'_>, v: Val, depth: u32) -> String {
    let n = i.v.node(v);
    if depth > 4 {
        return "..".to_owned();
    }
    let mut parts: Vec<String> = taints(i, n.tags.0);
    for &(key, part) in &n.fields {
        let inner = shown(i, part, depth + 1);
        if inner == "clean" {
            continue;
        }
        let name = match key {
            Key::Field(f) => format!(".{f}"),
            Key::Variant(v, f) => format!("{v}.{f}"),
            Key::Element => "payload".to_owned(),
            Key::Index(n) => format!("[{n}]"),
            Key::MapKeys => "keys".to_owned(),
            Key::AnyEntry => "values".to_owned(),
            Key::Held => "functions given".to_owned(),
            Key::Entry(k) => format!("[{:?}]", k.as_str()),
        };
        parts.push(format!("{name}: {inner}"));
    }
    if !n.fns.is_empty() {
        parts.push("a function".to_owned());
    }
    if parts.is_empty() {
        "clean".to_owned()
    } else {
        format!("{{{}}}", parts.join(", "))
    }
}

fn taints(i: &Interp<'_>, tags: TagSet) -> Vec<String> {
    let mut out: Vec<String> =
        i.v.tags
            .list(tags)
            .into_iter()
            .map(|t| {
                let name = i.v.tags.source_of(t.source).property;
                match t.kind {
                    Kind::Copied => name.as_str().to_owned(),
                    Kind::Decided | Kind::Variant => format!("[{name}]"),
                    Kind::Presence => format!("{name}?"),
                }
            })
            .collect();
    out.sort();
    out.dedup();
    out
}
