//! Other names for everything that the file itself names.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{File, ImplItem, Item};

use crate::tree::trait_name;

#[derive(Default)]
struct Names {
    values: BTreeSet<String>,
    fields: BTreeSet<String>,
    functions: BTreeSet<String>,
    types: BTreeSet<String>,
    /// What has the same name elsewhere.
    taken: BTreeSet<String>,
    literals: String,
}

impl<'a> Visit<'a> for Names {
    fn visit_pat_ident(&mut self, p: &'a syn::PatIdent) {
        if !p.ident.to_string().starts_with(char::is_uppercase) {
            self.values.insert(p.ident.to_string());
        }
        visit::visit_pat_ident(self, p);
    }
    fn visit_field(&mut self, f: &'a syn::Field) {
        self.fields.extend(f.ident.as_ref().map(Ident::to_string));
        visit::visit_field(self, f);
    }
    fn visit_item(&mut self, item: &'a Item) {
        match item {
            Item::Fn(f) => drop(self.functions.insert(f.sig.ident.to_string())),
            Item::Struct(s) => drop(self.types.insert(s.ident.to_string())),
            Item::Enum(e) => drop(self.types.insert(e.ident.to_string())),
            Item::Trait(t) => {
                self.types.insert(t.ident.to_string());
                for item in &t.items {
                    if let syn::TraitItem::Fn(f) = item {
                        self.functions.insert(f.sig.ident.to_string());
                    }
                }
            }
            Item::Impl(i) => {
                for item in &i.items {
                    if let ImplItem::Fn(f) = item {
                        let own = trait_name(i).is_none_or(|name| self.types.contains(&name));
                        let set = if own {
                            &mut self.functions
                        } else {
                            &mut self.taken
                        };
                        set.insert(f.sig.ident.to_string());
                    }
                }
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }
}

impl Names {
    /// Notes which names are used for things that the file does not define.
    fn scan(&mut self, tokens: TokenStream) {
        let list: Vec<TokenTree> = tokens.into_iter().collect();
        let punct = |n: Option<usize>, c: char| matches!(n.and_then(|n| list.get(n)), Some(TokenTree::Punct(p)) if p.as_char() == c);
        for (n, tree) in list.iter().enumerate() {
            match tree {
                TokenTree::Group(g) => self.scan(g.stream()),
                TokenTree::Literal(l) => self.literals += &l.to_string(),
                TokenTree::Ident(i) => {
                    let name = i.to_string();
                    let called = matches!(list.get(n + 1), Some(TokenTree::Group(g))
                        if g.delimiter() == proc_macro2::Delimiter::Parenthesis);
                    let before = |back: usize, c| punct(n.checked_sub(back), c);
                    let after_path = before(1, ':') && before(2, ':');
                    let path_goes_on = punct(Some(n + 1), ':') && punct(Some(n + 2), ':');
                    let method = before(1, '.') && !before(2, '.') && (called || path_goes_on);
                    let foreign = (punct(Some(n + 1), '!') && !punct(Some(n + 2), '='))
                        || (method && !self.functions.contains(&name))
                        || (after_path && !self.owns_path(&list[..n], &name))
                        || (path_goes_on && !method && !self.types.contains(&name))
                        || before(1, '$')
                        || before(1, '\'');
                    if foreign {
                        self.taken.insert(name);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Whether a name after `::` is of this file: `before` ends with the path that leads to it.
    fn owns_path(&self, before: &[TokenTree], name: &str) -> bool {
        let owner = match before.len().checked_sub(3).map(|n| &before[n]) {
            Some(TokenTree::Ident(i)) => i.to_string(),
            _ => return false,
        };
        self.types.contains(name)
            || (self.functions.contains(name)
                && (owner == "Self" || owner == "super" || self.types.contains(&owner)))
    }

    fn is_ours(&self, name: &str) -> bool {
        let sets = [&self.values, &self.fields, &self.functions, &self.types];
        sets.iter().any(|s| s.contains(name))
            && !self.taken.contains(name)
            && !self.literals.contains(&format!("{{{name}"))
    }
}

fn renamed(tokens: TokenStream, names: &Names) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(g) => Group::new(g.delimiter(), renamed(g.stream(), names)).into(),
            TokenTree::Ident(i) if names.is_ours(&i.to_string()) => {
                let upper = i.to_string().starts_with(char::is_uppercase);
                let new = format!("{i}{}", if upper { "Else" } else { "_else" });
                Ident::new(&new, i.span()).into()
            }
            other => other,
        })
        .collect()
}

/// Locals, fields, functions, methods and types have other names.
pub(crate) fn rename(file: File) -> Option<File> {
    let mut names = Names::default();
    // Traits first, so that their impls are known to be of the file's own.
    for item in &file.items {
        if let Item::Trait(_) = item {
            names.visit_item(item);
        }
    }
    names.visit_file(&file);
    names.scan(file.to_token_stream());
    let new = syn::parse2(renamed(file.to_token_stream(), &names)).expect("only names changed");
    Some(new)
}
