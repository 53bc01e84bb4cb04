//! Code that has nothing to do with anything.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, Fields, File, ImplItem, Item, ItemImpl, Macro, PatStruct, Type, parse_quote};

use crate::tree::{Fresh, changed, each_body, each_expr};

/// A branch on an unrelated value that is never taken, first in each function.
pub(crate) fn dead_branch(file: File) -> Option<File> {
    changed(file, |file| {
        let idle = Fresh::new(file).name("idle");
        let mut any = false;
        each_body(file, |sig, body| {
            if sig.constness.is_none() {
                body.stmts.insert(0, parse_quote!(let #idle = 1u32;));
                body.stmts.insert(
                    1,
                    parse_quote!(if #idle > 1 { let _ = std::hint::black_box(#idle); }),
                );
                any = true;
            }
        });
        any
    })
}

/// The names of the structs that can't have another field: those that are built inside of macro calls,
/// and those that a pattern takes apart whole.
#[derive(Default)]
struct Fixed {
    names: BTreeSet<String>,
    /// The type whose `impl` is walked: what `Self` is.
    own: Option<String>,
}

fn last_name(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|s| s.ident.to_string())
}

impl Fixed {
    fn collect(&mut self, tokens: TokenStream) {
        let mut last = None;
        for tree in tokens {
            if let TokenTree::Group(g) = &tree {
                if let (Some(name), Delimiter::Brace) = (last.take(), g.delimiter()) {
                    self.names.insert(name);
                }
                self.collect(g.stream());
            }
            last = match tree {
                TokenTree::Ident(i) => Some(i.to_string()),
                _ => None,
            };
        }
    }
}

impl<'a> Visit<'a> for Fixed {
    fn visit_macro(&mut self, m: &'a Macro) {
        self.collect(m.tokens.clone());
    }
    fn visit_pat_struct(&mut self, p: &'a PatStruct) {
        if p.rest.is_none() {
            let name = last_name(&p.path);
            let own = self.own.clone().filter(|_| p.path.is_ident("Self"));
            self.names.extend(own.or(name));
        }
        visit::visit_pat_struct(self, p);
    }
    fn visit_item_impl(&mut self, i: &'a ItemImpl) {
        self.own = match &*i.self_ty {
            Type::Path(p) => last_name(&p.path),
            _ => None,
        };
        visit::visit_item_impl(self, i);
        self.own = None;
    }
}

/// One more field in each struct and one more method in each inherent impl.
pub(crate) fn unrelated_members(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let field = fresh.name("unrelated");
        let mut types = Vec::new();
        let mut fixed = Fixed::default();
        fixed.visit_file(file);
        for item in &mut file.items {
            match item {
                Item::Struct(s) => {
                    let grows = !fixed.names.contains(&s.ident.to_string());
                    if let (true, Fields::Named(f)) = (grows, &mut s.fields) {
                        f.named.push(parse_quote!(#field: u32));
                        types.push(s.ident.to_string());
                    }
                }
                Item::Impl(i) if i.trait_.is_none() && i.generics.params.is_empty() => {
                    let method = fresh.name("is_unrelated");
                    i.items.push(ImplItem::Fn(parse_quote! {
                        fn #method(&self) -> bool { true }
                    }));
                }
                _ => {}
            }
        }
        // `Self` is one of them wherever it is built here.
        each_expr(file, |e| {
            if let Expr::Struct(s) = e
                && s.rest.is_none()
                && s.path.segments.len() == 1
                && (s.path.is_ident("Self") || types.iter().any(|t| s.path.is_ident(t)))
            {
                s.fields.push(parse_quote!(#field: 0));
            }
            false
        });
        !types.is_empty()
    })
}
