//! The same code in a helper: a method, a function, a method of a trait, a generic function.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Block, File, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemImpl, Pat, ReceiverKind, ReturnType,
    Signature, Visibility, parse_quote,
};

use crate::rewrites::stores::plain_owner;
use crate::tree::{Fresh, changed};

/// The parameters after the receiver with a name each, and these names. Nothing if there is no
/// receiver by reference, or if the signature has something in it that does not carry over.
pub(crate) fn parameters(sig: &Signature) -> Option<(bool, Vec<FnArg>, Vec<Ident>)> {
    let receiver = sig.receiver()?;
    let ReceiverKind::Reference(_, None, mutable) = &receiver.kind else {
        return None;
    };
    if !sig.generics.params.is_empty() || sig.asyncness.is_some() {
        return None;
    }
    let (mut inputs, mut names) = (Vec::new(), Vec::new());
    for (n, input) in sig.inputs.iter().skip(1).enumerate() {
        let FnArg::Typed(t) = input else { return None };
        let name = match &*t.pat {
            Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() => p.ident.clone(),
            Pat::Wild(_) => Ident::new(&format!("argument_{n}"), Span::call_site()),
            _ => return None,
        };
        let ty = &t.ty;
        inputs.push(parse_quote!(#name: #ty));
        names.push(name);
    }
    Some((mutable.is_some(), inputs, names))
}

/// The trait methods that the host calls, and their likes: those of impls of foreign traits.
fn each_callback(file: &mut File, mut edit: impl FnMut(&Ident, &mut ImplItemFn) -> bool) -> bool {
    let mut any = false;
    for item in &mut file.items {
        let Item::Impl(i) = item else { continue };
        let Some(owner) = plain_owner(i).filter(|_| i.trait_.is_some()) else {
            continue;
        };
        for item in &mut i.items {
            if let ImplItem::Fn(f) = item {
                any |= edit(&owner, f);
            }
        }
    }
    any
}

/// Bodies of callbacks as inherent methods.
pub(crate) fn extract_method(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let mut helpers = Vec::new();
        let any = each_callback(file, |owner, f| {
            let Some((mutable, inputs, names)) = parameters(&f.sig) else {
                return false;
            };
            let name = fresh.name(&format!("{}_inner", f.sig.ident));
            let (body, output) = (&f.block, &f.sig.output);
            let receiver = receiver(mutable);
            helpers.push(parse_quote! {
                impl #owner { fn #name(#receiver, #(#inputs),*) #output #body }
            });
            f.block = parse_quote!({ self.#name(#(#names),*) });
            name_inputs(f, inputs);
            true
        });
        file.items.extend(helpers);
        any
    })
}

/// `&mut self` or `&self`.
pub(crate) fn receiver(mutable: bool) -> FnArg {
    match mutable {
        true => parse_quote!(&mut self),
        false => parse_quote!(&self),
    }
}

/// Gives the parameters after the receiver names.
pub(crate) fn name_inputs(f: &mut ImplItemFn, inputs: Vec<FnArg>) {
    let first = f.sig.inputs.first().cloned();
    f.sig.inputs = first.into_iter().chain(inputs).collect();
}

/// The tokens with other words for `self` and `Self`.
pub(crate) fn for_owner(tokens: TokenStream, this: &Ident, owner: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(g) => {
                Group::new(g.delimiter(), for_owner(g.stream(), this, owner)).into()
            }
            TokenTree::Ident(i) if i == "self" => this.clone().into(),
            TokenTree::Ident(i) if i == "Self" => owner.clone().into(),
            other => other,
        })
        .collect()
}

/// Bodies of methods, callbacks as well, as free functions that have the context as a parameter.
pub(crate) fn extract_function(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let this = fresh.name("this");
        let mut helpers: Vec<Item> = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i) else {
                continue;
            };
            for item in &mut i.items {
                let ImplItem::Fn(f) = item else { continue };
                let Some((mutable, inputs, names)) = parameters(&f.sig) else {
                    continue;
                };
                let borrowed = |t: TokenStream| t.to_string().contains('&');
                if borrowed(f.sig.output.to_token_stream()) && !inputs.is_empty() {
                    continue;
                }
                let name = fresh.name(&format!("{}_of", f.sig.ident));
                let tokens = |t: &dyn ToTokens| for_owner(t.to_token_stream(), &this, &owner);
                let (body, output) = (tokens(&f.block), tokens(&f.sig.output));
                let params: Vec<_> = inputs.iter().map(|i| tokens(i)).collect();
                let reference = if mutable { quote!(&mut) } else { quote!(&) };
                helpers.push(parse_quote! {
                    fn #name(#this: #reference #owner, #(#params),*) #output #body
                });
                f.block = parse_quote!({ #name(self, #(#names),*) });
                name_inputs(f, inputs);
            }
        }
        let any = !helpers.is_empty();
        file.items.extend(helpers);
        any
    })
}

/// Inherent methods as methods of a trait of the file.
pub(crate) fn methods_to_trait(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let mut added: Vec<Item> = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i).filter(|_| i.trait_.is_none()) else {
                continue;
            };
            let (methods, rest): (Vec<ImplItem>, Vec<ImplItem>) =
                i.items.drain(..).partition(|item| {
                    matches!(item, ImplItem::Fn(f) if f.sig.receiver().is_some()
                    && f.sig.constness.is_none())
                });
            i.items = rest;
            let mut functions: Vec<ImplItemFn> = Vec::new();
            for method in methods {
                let ImplItem::Fn(mut f) = method else {
                    continue;
                };
                f.vis = Visibility::Inherited;
                functions.push(f);
            }
            if functions.is_empty() {
                continue;
            }
            let name = fresh.name(&format!("{owner}Methods"));
            let signatures: Vec<Signature> = functions.iter().map(|f| declared(&f.sig)).collect();
            added.push(parse_quote!(trait #name { #(#signatures;)* }));
            added.push(parse_quote!(impl #name for #owner { #(#functions)* }));
        }
        let any = !added.is_empty();
        file.items.extend(added);
        any
    })
}

/// A signature as it stands in a trait: without `mut` on names.
fn declared(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(r) if matches!(r.kind, ReceiverKind::Value) => r.mutability = None,
            FnArg::Typed(t) => *t.pat = parse_quote!(_),
            FnArg::Receiver(_) => {}
        }
    }
    sig
}

/// What contexts of every kind can do, and what only streams can.
const OF_CONTEXT: &[&str] = &[
    "get_property",
    "set_property",
    "get_shared_data",
    "set_shared_data",
];
const OF_STREAM: &[&str] = &[
    "get_http_request_header",
    "get_http_request_headers",
    "set_http_request_header",
    "get_http_response_header",
    "set_http_response_header",
    "send_http_response",
];

/// What a body asks of `self`, if that is host calls and nothing else.
fn host_calls(tokens: TokenStream, out: &mut Vec<String>) -> bool {
    let list: Vec<TokenTree> = tokens.into_iter().collect();
    list.iter().enumerate().all(|(n, tree)| match tree {
        TokenTree::Group(g) => host_calls(g.stream(), out),
        TokenTree::Ident(i) if i == "Self" => false,
        TokenTree::Ident(i) if i == "self" => match list.get(n + 2) {
            Some(TokenTree::Ident(method)) => {
                out.push(method.to_string());
                true
            }
            _ => false,
        },
        _ => true,
    })
}

/// Methods that only ask the host as generic functions of any context.
pub(crate) fn generic_function(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let this = fresh.name("context");
        let mut helpers: Vec<Item> = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i) else {
                continue;
            };
            for item in &mut i.items {
                let ImplItem::Fn(f) = item else { continue };
                let mut calls = Vec::new();
                let only = host_calls(f.block.to_token_stream(), &mut calls);
                let known = |m: &String| {
                    OF_CONTEXT.contains(&m.as_str()) || OF_STREAM.contains(&m.as_str())
                };
                let Some((false, inputs, names)) = parameters(&f.sig) else {
                    continue;
                };
                let ReturnType::Type(_, output) = &f.sig.output else {
                    continue;
                };
                if !only || calls.is_empty() || !calls.iter().all(known) {
                    continue;
                }
                let bound = match calls.iter().any(|m| OF_STREAM.contains(&m.as_str())) {
                    true => quote!(proxy_wasm::traits::HttpContext),
                    false => quote!(proxy_wasm::traits::Context),
                };
                let name = fresh.name(&format!("{}_of_any", f.sig.ident));
                let body = for_owner(f.block.to_token_stream(), &this, &owner);
                helpers.push(parse_quote! {
                    fn #name<C: #bound + ?Sized>(#this: &C, #(#inputs),*) -> #output #body
                });
                let inputs = inputs.clone();
                f.block = parse_quote!({ #name(self, #(#names),*) });
                name_inputs(f, inputs);
            }
        }
        let any = !helpers.is_empty();
        file.items.extend(helpers);
        any
    })
}

/// Calls `self.m()` of inherent methods without parameters as their bodies, if these have no `return`
/// and no `?`.
pub(crate) fn inline_method(file: File) -> Option<File> {
    changed(file, |file| {
        let mut bodies: Vec<(Ident, Block)> = Vec::new();
        for item in &file.items {
            let Item::Impl(i) = item else { continue };
            let inherent: &ItemImpl = match plain_owner(i) {
                Some(_) if i.trait_.is_none() => i,
                _ => continue,
            };
            for item in &inherent.items {
                let ImplItem::Fn(f) = item else { continue };
                let text = f.block.to_token_stream().to_string();
                let leaves = text.contains("return") || text.contains('?');
                let named = format!("self . {} ", f.sig.ident);
                if !leaves
                    && parameters(&f.sig).is_some_and(|(_, inputs, _)| inputs.is_empty())
                    && !text.contains(&named)
                {
                    bodies.push((f.sig.ident.clone(), f.block.clone()));
                }
            }
        }
        // A name that two types have could mean either.
        let taken = defined(file);
        bodies.retain(|(n, _)| taken.iter().filter(|t| n == t).count() == 1);
        crate::tree::each_expr(file, |e| {
            let syn::Expr::MethodCall(call) = e else {
                return false;
            };
            if !crate::tree::is_self(&call.receiver) || !call.args.is_empty() {
                return false;
            }
            let Some((_, body)) = bodies.iter().find(|(n, _)| *n == call.method) else {
                return false;
            };
            *e = match &body.stmts[..] {
                [syn::Stmt::Expr(one, None)] => parse_quote!((#one)),
                _ => parse_quote!((#body)),
            };
            true
        })
    })
}

/// The names of all methods, as often as they are defined.
fn defined(file: &File) -> Vec<String> {
    let mut out = Vec::new();
    for item in &file.items {
        match item {
            Item::Impl(i) => out.extend(i.items.iter().filter_map(|i| match i {
                ImplItem::Fn(f) => Some(f.sig.ident.to_string()),
                _ => None,
            })),
            Item::Trait(t) => out.extend(t.items.iter().filter_map(|i| match i {
                syn::TraitItem::Fn(f) => Some(f.sig.ident.to_string()),
                _ => None,
            })),
            _ => {}
        }
    }
    out
}
