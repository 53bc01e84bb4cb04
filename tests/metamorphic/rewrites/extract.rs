//! Expressions and statements in a helper.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::Visit;
use syn::{
    Block, Expr, File, Ident, ImplItem, ImplItemFn, Item, Member, ReturnType, Stmt, Type,
    parse_quote,
};

use crate::rewrites::helpers::{name_inputs, parameters, receiver};
use crate::rewrites::stores::plain_owner;
use crate::tree::{Fresh, bindings, changed, count, each_block, field_type, idents, is_self};

/// Whether control may leave a piece of source for the function around it.
fn leaves(tokens: TokenStream) -> bool {
    let text = tokens.to_string();
    ["return", "?", "await", "break", "continue"]
        .iter()
        .any(|word| text.contains(word))
}

/// The names that the patterns in a piece of source bind.
fn bound(visit: impl FnOnce(&mut Bound)) -> BTreeSet<String> {
    let mut visitor = Bound::default();
    visit(&mut visitor);
    visitor.0
}

#[derive(Default)]
struct Bound(BTreeSet<String>);

impl<'a> Visit<'a> for Bound {
    fn visit_pat(&mut self, p: &'a syn::Pat) {
        self.0
            .extend(bindings(p).iter().map(|b| b.ident.to_string()));
    }
}

/// Values of fields, and of locals whose types are written somewhere, as methods.
pub(crate) fn extract_expression(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let items = file.items.clone();
        let mut helpers: Vec<Item> = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i) else {
                continue;
            };
            for item in &mut i.items {
                let ImplItem::Fn(f) = item else { continue };
                let Some((mutable, _, _)) = parameters(&f.sig) else {
                    continue;
                };
                let mut names = bound(|b| b.visit_block(&f.block));
                for input in &f.sig.inputs {
                    idents(input.to_token_stream(), &mut names);
                }
                names.remove("self");
                let alone = |e: &Expr| {
                    let mut used = BTreeSet::new();
                    idents(e.to_token_stream(), &mut used);
                    used.contains("self")
                        && !is_self(e)
                        && !matches!(e, Expr::Reference(_) | Expr::Field(_))
                        && !leaves(e.to_token_stream())
                        && names.is_disjoint(&used)
                };
                let mut extract = |e: &mut Expr, ty: &Type| {
                    if !alone(e) || ty.to_token_stream().to_string().contains('&') {
                        return;
                    }
                    let name = fresh.name("value");
                    let this = receiver(mutable);
                    helpers.push(parse_quote!(impl #owner { fn #name(#this) -> #ty { #e } }));
                    *e = parse_quote!(self.#name());
                };
                for stmt in &mut f.block.stmts {
                    match stmt {
                        Stmt::Expr(Expr::Assign(a), Some(_)) => {
                            let Expr::Field(place) = &*a.left else {
                                continue;
                            };
                            let Member::Named(field) = &place.member else {
                                continue;
                            };
                            if let Some(ty) = field_type(&items, &owner, field)
                                && is_self(&place.base)
                            {
                                extract(&mut a.right, &ty);
                            }
                        }
                        Stmt::Local(l) => {
                            if let Some(init) = &mut l.init
                                && let Some(ty) = type_of(&items, &init.expr)
                            {
                                extract(&mut init.expr, &ty);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        let any = !helpers.is_empty();
        file.items.extend(helpers);
        any
    })
}

/// The type of calls that are all about `self`, as far as the file writes it.
fn type_of(items: &[Item], e: &Expr) -> Option<Type> {
    let Expr::MethodCall(call) = e else {
        return None;
    };
    if is_self(&call.receiver) {
        if call.method == "get_property" {
            return Some(parse_quote!(Option<Vec<u8>>));
        }
        let mut found: Vec<Type> = Vec::new();
        for item in items {
            let Item::Impl(i) = item else { continue };
            if i.trait_.is_some() || plain_owner(i).is_none() {
                continue;
            }
            for item in &i.items {
                if let ImplItem::Fn(ImplItemFn { sig, .. }) = item
                    && sig.ident == call.method
                    && let ReturnType::Type(_, ty) = &sig.output
                {
                    found.push((**ty).clone());
                }
            }
        }
        return (found.len() == 1).then(|| found.remove(0));
    }
    if call.method != "unwrap_or_default" {
        return None;
    }
    let Type::Path(path) = type_of(items, &call.receiver)? else {
        return None;
    };
    let last = path.path.segments.last().filter(|s| s.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(ty)) => Some(ty.clone()),
        _ => None,
    }
}

/// What methods do before they give their result, as methods of their own.
pub(crate) fn extract_statements(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let mut helpers: Vec<Item> = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i) else {
                continue;
            };
            for item in &mut i.items {
                let ImplItem::Fn(f) = item else { continue };
                if let Some(helper) = extracted(f, &owner, &mut fresh) {
                    helpers.push(helper);
                }
            }
        }
        let any = !helpers.is_empty();
        file.items.extend(helpers);
        any
    })
}

fn extracted(f: &mut ImplItemFn, owner: &Ident, fresh: &mut Fresh) -> Option<Item> {
    let (mutable, inputs, arguments) = parameters(&f.sig)?;
    let (last, before) = f.block.stmts.split_last()?;
    let before: Block = parse_quote!({ #(#before)* });
    let Stmt::Expr(tail, None) = last else {
        return None;
    };
    let names = bound(|b| b.visit_block(&before));
    let used = |n: &String| count(tail.to_token_stream(), n) > 0;
    // A parameter that both parts use may be gone after the first.
    let shared = |n: &Ident| used(&n.to_string());
    if before.stmts.is_empty()
        || leaves(before.to_token_stream())
        || names.iter().any(used)
        || arguments.iter().any(shared)
    {
        return None;
    }
    let name = fresh.name(&format!("before_{}", f.sig.ident));
    let this = receiver(mutable);
    let tail = tail.clone();
    f.block = parse_quote!({ self.#name(#(#arguments),*); #tail });
    let mut body = before;
    // The last statement of a block may have been an expression without a semicolon.
    if let Some(Stmt::Expr(_, semi)) = body.stmts.last_mut() {
        *semi = Some(Default::default());
    }
    let helper = parse_quote!(impl #owner { fn #name(#this, #(#inputs),*) #body });
    name_inputs(f, inputs);
    Some(helper)
}

/// Values of fields as closures that are called at once.
pub(crate) fn value_in_closure(file: File) -> Option<File> {
    changed(file, |file| {
        each_block(file, |stmts| {
            let mut any = false;
            for stmt in stmts {
                if let Stmt::Expr(Expr::Assign(a), Some(_)) = stmt
                    && matches!(&*a.left, Expr::Field(_))
                    && matches!(
                        &*a.right,
                        Expr::MethodCall(_) | Expr::Call(_) | Expr::Match(_)
                    )
                    && !leaves(a.right.to_token_stream())
                {
                    let value = &a.right;
                    *a.right = parse_quote!((|| #value)());
                    any = true;
                }
            }
            any
        })
    })
}
