//! Where the fields of contexts are used.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, File, Ident, Item, ItemImpl, ItemStruct};

use crate::tree::{trait_name, type_name};

/// Methods that change what they are called on.
const CHANGING: &[&str] = &[
    "push",
    "insert",
    "remove",
    "take",
    "replace",
    "clear",
    "entry",
    "extend",
    "retain",
    "get_mut",
    "get_or_insert_with",
    "get_or_insert",
    "as_mut",
    "as_deref_mut",
    "iter_mut",
    "drain",
    "pop",
    "push_str",
    "set",
    "truncate",
    "append",
    "take_if",
    "first_mut",
    "last_mut",
    "retain_mut",
    "push_back",
    "push_front",
    "pop_back",
    "pop_front",
    "swap",
    "sort",
    "dedup",
    "values_mut",
];

fn is_changing(method: &Ident) -> bool {
    CHANGING.iter().any(|m| method == m) || method.to_string().starts_with("on_")
}

/// The methods of the file itself that change what they are called on.
pub(crate) fn own_changing(file: &File) -> Vec<Ident> {
    let mut names = Vec::new();
    crate::tree::each_body(&mut file.clone(), |sig, _| {
        let receiver = sig.receiver().map(|r| r.to_token_stream().to_string());
        if receiver.is_some_and(|r| r.contains("mut")) {
            names.push(sig.ident.clone());
        }
    });
    names
}

/// The structs that are contexts, and have fields that nothing else in the file is named like.
pub(crate) fn contexts(file: &File) -> Vec<(Ident, Vec<Ident>)> {
    let is_context = |s: &ItemStruct| {
        file.items.iter().any(|item| {
            matches!(item, Item::Impl(i) if type_name(&i.self_ty) == Some(&s.ident)
                && trait_name(i).is_some_and(|t| t.ends_with("Context")))
        })
    };
    let named = |s: &ItemStruct| s.fields.iter().filter_map(|f| f.ident.clone()).collect();
    let all: Vec<(&ItemStruct, Vec<Ident>)> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(s) => Some((s, named(s))),
            _ => None,
        })
        .collect();
    let mut patterns = String::new();
    for item in &file.items {
        struct Patterns<'a>(&'a mut String);
        impl<'a> syn::visit::Visit<'a> for Patterns<'_> {
            fn visit_pat_struct(&mut self, p: &'a syn::PatStruct) {
                *self.0 += &format!(" {} ", p.to_token_stream());
            }
        }
        syn::visit::Visit::visit_item(&mut Patterns(&mut patterns), item);
    }
    all.iter()
        .filter(|(s, _)| s.generics.params.is_empty() && is_context(s))
        .map(|(s, fields)| {
            let alone = |f: &Ident| {
                all.iter()
                    .flat_map(|(_, list)| list)
                    .filter(|g| *g == f)
                    .count()
                    == 1
                    && !patterns.contains(&format!(" {f} "))
            };
            let fields = fields.iter().filter(|f| alone(f)).cloned().collect();
            (s.ident.clone(), fields)
        })
        .collect()
}

/// Changes every `self.field` and `x.field`, in macros as well; nothing if something else has it.
pub(crate) fn accesses(
    tokens: TokenStream,
    fields: &[Ident],
    changing: &[Ident],
    access: &dyn Fn(TokenStream, &Ident, bool) -> TokenStream,
) -> Option<TokenStream> {
    let list: Vec<TokenTree> = tokens.into_iter().collect();
    let is =
        |n: usize, c: char| matches!(list.get(n), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let mut out = TokenStream::new();
    let mut n = 0;
    while n < list.len() {
        match (&list[n], list.get(n + 2)) {
            (TokenTree::Ident(base), Some(TokenTree::Ident(field)))
                if is(n + 1, '.')
                    && fields.contains(field)
                    && !matches!(list.get(n + 3), Some(TokenTree::Group(g))
                        if g.delimiter() == Delimiter::Parenthesis) =>
            {
                if n > 0 && is(n - 1, '.') {
                    return None;
                }
                // Fields of the field belong to the place.
                let called = |n: usize| {
                    matches!(list.get(n), Some(TokenTree::Group(g))
                        if g.delimiter() == Delimiter::Parenthesis)
                };
                let mut end = n + 3;
                while is(end, '.')
                    && !called(end + 2)
                    && matches!(
                        list.get(end + 1),
                        Some(TokenTree::Ident(_) | TokenTree::Literal(_))
                    )
                {
                    end += 2;
                }
                let joint = matches!(list.get(end), Some(TokenTree::Punct(p))
                    if p.spacing() == Spacing::Joint);
                let assigned = is(end, '=') && !joint;
                let updated = joint && is(end + 1, '=') && !is(end, '=') && !is(end, '!');
                let borrowed = n > 0 && matches!(&list[n - 1], TokenTree::Ident(i) if i == "mut");
                let changes = is(end, '.')
                    && matches!(list.get(end + 1), Some(TokenTree::Ident(i))
                        if is_changing(i) || changing.contains(i));
                let write = assigned || updated || borrowed || changes;
                out.extend(access(quote!(#base.#field), field, write));
                n += 3;
                continue;
            }
            (TokenTree::Punct(p), _)
                if p.as_char() == '.'
                    && matches!(list.get(n + 1), Some(TokenTree::Ident(i)) if fields.contains(i))
                    && !matches!(list.get(n + 2), Some(TokenTree::Group(_))) =>
            {
                return None;
            }
            (TokenTree::Group(g), _) => {
                let inner = accesses(g.stream(), fields, changing, access)?;
                out.extend([TokenTree::from(Group::new(g.delimiter(), inner))]);
            }
            (other, _) => out.extend([other.clone()]),
        }
        n += 1;
    }
    Some(out)
}

/// Changes the struct literals of `owner`.
pub(crate) struct Literals<'a, F> {
    /// The struct.
    pub(crate) owner: &'a Ident,
    /// Whether `Self` is it.
    pub(crate) inside: bool,
    /// What to do.
    pub(crate) edit: F,
}

impl<F: FnMut(&mut syn::ExprStruct)> VisitMut for Literals<'_, F> {
    fn visit_item_impl_mut(&mut self, i: &mut ItemImpl) {
        self.inside = type_name(&i.self_ty) == Some(self.owner);
        visit_mut::visit_item_impl_mut(self, i);
        self.inside = false;
    }
    fn visit_expr_struct_mut(&mut self, s: &mut syn::ExprStruct) {
        visit_mut::visit_expr_struct_mut(self, s);
        if s.path.is_ident(self.owner) || (self.inside && s.path.is_ident("Self")) {
            (self.edit)(s);
        }
    }
}

/// The derives of a struct.
pub(crate) fn derives(s: &ItemStruct) -> Vec<Attribute> {
    let derive = |a: &&Attribute| a.path().is_ident("derive");
    s.attrs.iter().filter(derive).cloned().collect()
}

/// Whether it derives that trait.
pub(crate) fn derived(s: &ItemStruct, name: &str) -> bool {
    derives(s)
        .iter()
        .any(|a| crate::tree::count(a.to_token_stream(), name) > 0)
}
