//! The same places under other names.

use quote::ToTokens;
use syn::{Expr, File, ImplItem, Item, Pat, ReceiverKind, Stmt, parse_quote};

use crate::rewrites::helpers::for_owner;
use crate::rewrites::stores::{each_assignment, plain_owner};
use crate::tree::{Fresh, changed, each_block};

/// `place = e;` through a reference to the place.
pub(crate) fn store_by_reference(file: File) -> Option<File> {
    changed(file, |file| {
        each_assignment(file, |left, right| {
            // What a guard lends would end with the statement.
            if left
                .to_token_stream()
                .to_string()
                .contains("borrow_mut () .")
            {
                return parse_quote!(#left = #right;);
            }
            parse_quote!({ let value = #right; let slot = &mut #left; *slot = value; })
        })
    })
}

/// Methods call their receiver by another name.
pub(crate) fn alias_self(file: File) -> Option<File> {
    changed(file, |file| {
        let this = Fresh::new(file).name("this");
        let mut any = false;
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i) else {
                continue;
            };
            for item in &mut i.items {
                let ImplItem::Fn(f) = item else { continue };
                let reference = |r: &syn::Receiver| matches!(r.kind, ReceiverKind::Reference(..));
                if f.sig.asyncness.is_some() || !f.sig.receiver().is_some_and(reference) {
                    continue;
                }
                let body = for_owner(f.block.to_token_stream(), &this, &owner);
                let body: syn::Block = syn::parse2(body).expect("a name for a name");
                let statements = &body.stmts;
                f.block = parse_quote!({ let #this = self; #(#statements)* });
                any = true;
            }
        }
        any
    })
}

/// Locals that come out of a pair.
pub(crate) fn locals_in_tuples(file: File) -> Option<File> {
    changed(file, |file| {
        each_block(file, |stmts| {
            let mut any = false;
            for stmt in stmts {
                let Stmt::Local(local) = stmt else { continue };
                let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else {
                    continue;
                };
                // What a reference points to would end with the pair.
                if init.diverge.is_some() || matches!(&*init.expr, Expr::Reference(_)) {
                    continue;
                }
                let value = &init.expr;
                *stmt = parse_quote!(let (#name, _) = (#value, ()););
                any = true;
            }
            any
        })
    })
}
