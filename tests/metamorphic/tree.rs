//! Walking and changing syntax trees.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, File, Ident, ImplItem, Item, ItemImpl, Pat, Stmt, Type};

/// The file if `edit` says that it changed something.
pub(crate) fn changed(mut file: File, edit: impl FnOnce(&mut File) -> bool) -> Option<File> {
    edit(&mut file).then_some(file)
}

/// Applies `edit` to every expression, inner ones first.
pub(crate) fn each_expr(file: &mut File, edit: impl FnMut(&mut Expr) -> bool) -> bool {
    struct Visitor<F>(F, bool);
    impl<F: FnMut(&mut Expr) -> bool> VisitMut for Visitor<F> {
        fn visit_expr_mut(&mut self, e: &mut Expr) {
            visit_mut::visit_expr_mut(self, e);
            self.1 |= (self.0)(e);
        }
    }
    let mut visitor = Visitor(edit, false);
    visitor.visit_file_mut(file);
    visitor.1
}

/// Applies `edit` to every list of statements, inner ones first.
pub(crate) fn each_block(file: &mut File, edit: impl FnMut(&mut Vec<Stmt>) -> bool) -> bool {
    struct Visitor<F>(F, bool);
    impl<F: FnMut(&mut Vec<Stmt>) -> bool> VisitMut for Visitor<F> {
        fn visit_block_mut(&mut self, b: &mut Block) {
            visit_mut::visit_block_mut(self, b);
            self.1 |= (self.0)(&mut b.stmts);
        }
    }
    let mut visitor = Visitor(edit, false);
    visitor.visit_file_mut(file);
    visitor.1
}

/// The bodies of free functions and of methods in impls.
pub(crate) fn each_body(file: &mut File, mut edit: impl FnMut(&syn::Signature, &mut Block)) {
    for item in &mut file.items {
        match item {
            Item::Fn(f) => edit(&f.sig, &mut f.block),
            Item::Impl(i) => {
                for item in &mut i.items {
                    if let ImplItem::Fn(f) = item {
                        edit(&f.sig, &mut f.block);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name of a type without arguments, of its last segment.
pub(crate) fn type_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(p) => p.path.segments.last().map(|s| &s.ident),
        _ => None,
    }
}

/// The name of an impl's trait.
pub(crate) fn trait_name(i: &ItemImpl) -> Option<String> {
    let (path, _) = i.trait_.as_ref()?;
    path.segments.last().map(|s| s.ident.to_string())
}

/// The type of a field of a struct without parameters.
pub(crate) fn field_type(items: &[Item], owner: &Ident, field: &Ident) -> Option<Type> {
    items.iter().find_map(|item| match item {
        Item::Struct(s) if s.ident == *owner && s.generics.params.is_empty() => s
            .fields
            .iter()
            .find(|f| f.ident.as_ref() == Some(field))
            .map(|f| f.ty.clone()),
        _ => None,
    })
}

/// Whether an expression is `self`.
pub(crate) fn is_self(e: &Expr) -> bool {
    matches!(e, Expr::Path(p) if p.path.is_ident("self"))
}

/// Every identifier in a stream of tokens, those in macros included.
pub(crate) fn idents(tokens: TokenStream, out: &mut BTreeSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) => {
                out.insert(i.to_string());
            }
            TokenTree::Group(g) => idents(g.stream(), out),
            _ => {}
        }
    }
}

/// How often an identifier occurs in a piece of source.
pub(crate) fn count(tokens: TokenStream, name: &str) -> usize {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Ident(i) => usize::from(i == name),
            TokenTree::Group(g) => count(g.stream(), name),
            _ => 0,
        })
        .sum()
}

/// Names that the file does not use yet.
pub(crate) struct Fresh(BTreeSet<String>);

impl Fresh {
    /// For a file.
    pub(crate) fn new(file: &File) -> Self {
        let mut used = BTreeSet::new();
        idents(file.to_token_stream(), &mut used);
        Self(used)
    }

    /// The name, with a number if it is taken.
    pub(crate) fn name(&mut self, wanted: &str) -> Ident {
        let mut name = wanted.to_owned();
        let mut n = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wanted}_{n}");
            n += 1;
        }
        Ident::new(&name, Span::call_site())
    }
}

/// The names that a pattern binds. A single identifier with a capital is a constant or a variant.
pub(crate) fn bindings(pat: &Pat) -> Vec<syn::PatIdent> {
    struct Visitor(Vec<syn::PatIdent>);
    impl<'a> syn::visit::Visit<'a> for Visitor {
        fn visit_pat_ident(&mut self, p: &'a syn::PatIdent) {
            if !p.ident.to_string().starts_with(char::is_uppercase) {
                self.0.push(p.clone());
            }
            syn::visit::visit_pat_ident(self, p);
        }
    }
    let mut visitor = Visitor(Vec::new());
    syn::visit::Visit::visit_pat(&mut visitor, pat);
    visitor.0
}
