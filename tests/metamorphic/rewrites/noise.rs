//! Code that has nothing to do with anything.

use syn::{Expr, Fields, File, ImplItem, Item, parse_quote};

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

/// One more field in each struct and one more method in each inherent impl.
pub(crate) fn unrelated_members(file: File) -> Option<File> {
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let field = fresh.name("unrelated");
        let mut types = Vec::new();
        for item in &mut file.items {
            match item {
                Item::Struct(s) => {
                    if let Fields::Named(f) = &mut s.fields {
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
