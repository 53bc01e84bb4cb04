//! Expansion of `macro_rules!` macros that the file defines, or another file of the crate.

use std::rc::Rc;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::parse::{Parse, Parser};
use syn::visit::Visit;
use syn::{ItemMacro, Macro};

use super::body::Lower;
use super::entry_macros::macro_name;
use super::matcher::Node;
use super::{Definition, FileCx, matcher, name_of, transcribe};
use crate::source;

/// How deep expansions nest before a macro counts as endless.
const MAX_NESTING: u32 = 64;
/// How many macro calls are expanded in one file.
const MAX_EXPANSIONS: u32 = 10_000;
/// How many tokens all expansions of a file may make.
const MAX_TOKENS: usize = 2_000_000;

/// A `macro_rules!` macro.
pub(super) struct Rules {
    arms: Vec<(Vec<Node>, Vec<Node>)>,
}

/// Finds the macros that the file defines, wherever they stand.
pub(super) fn collect(cx: &mut FileCx<'_>, file: &syn::File) {
    Collect { cx }.visit_file(file);
}

/// Takes over macros that other files define. Their tokens have no place in this file.
pub(super) fn import(cx: &mut FileCx<'_>, macros: &[Definition]) {
    for m in macros {
        let Ok(tokens) = m.text.parse::<TokenStream>() else {
            continue;
        };
        let arms = matcher::parse_rules(placeless(tokens));
        cx.rules.insert(m.name, Rc::new(Rules { arms }));
    }
}

fn placeless(tokens: TokenStream) -> TokenStream {
    let nowhere = Span::call_site();
    let strip = |tree| {
        let mut tree = match tree {
            TokenTree::Group(g) => Group::new(g.delimiter(), placeless(g.stream())).into(),
            other => other,
        };
        tree.set_span(nowhere);
        tree
    };
    tokens.into_iter().map(strip).collect()
}

struct Collect<'a, 'c> {
    cx: &'a mut FileCx<'c>,
}

impl<'ast> Visit<'ast> for Collect<'_, '_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.cx.structs.insert(name_of(&item.ident));
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if let Some(ident) = &item.ident
            && item.mac.path.is_ident("macro_rules")
            && self.cx.active(&item.attrs)
        {
            self.cx.defines.push(Definition {
                name: name_of(ident),
                text: item.mac.tokens.to_string(),
            });
            let arms = matcher::parse_rules(item.mac.tokens.clone());
            let rules = Rc::new(Rules { arms });
            self.cx.rules.insert(name_of(ident), rules);
        }
    }

    // Expressions that hold no items need no visit; blocks are reached through statements.
    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_pat(&mut self, _: &'ast syn::Pat) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

impl FileCx<'_> {
    fn rules_of(&self, mac: &Macro) -> Option<Rc<Rules>> {
        // Other paths name macros of other crates.
        let local = match mac.path.segments.first() {
            Some(first) if mac.path.segments.len() > 1 => {
                matches!(name_of(&first.ident).as_str(), "crate" | "self" | "super")
            }
            _ => true,
        };
        let rules = self.rules.get(&macro_name(mac))?;
        local.then(|| Rc::clone(rules))
    }

    /// Whether the file defines the macro.
    pub(super) fn is_local_macro(&self, mac: &Macro) -> bool {
        self.rules_of(mac).is_some()
    }

    /// Expands a call and parses the result, which `work` then lowers. `None` if the macro is not
    /// known, no rule fits, or the result is something else.
    pub(super) fn expand_as<T: Parse, R>(
        &mut self,
        mac: &Macro,
        work: impl FnOnce(&mut Self, T) -> R,
    ) -> Option<R> {
        let tokens = self.expansion(mac)?;
        let tree = syn::parse2(tokens).ok()?;
        let outer = self.enter(mac);
        let out = work(self, tree);
        self.exit_call(outer);
        Some(out)
    }

    fn expansion(&mut self, mac: &Macro) -> Option<TokenStream> {
        let rules = self.rules_of(mac)?;
        let left = MAX_TOKENS.checked_sub(self.expanded_tokens)?;
        if self.expansion_depth >= MAX_NESTING || self.expansions >= MAX_EXPANSIONS {
            return None;
        }
        self.expansions += 1;
        let input: Vec<_> = mac.tokens.clone().into_iter().collect();
        let (bindings, body) = rules
            .arms
            .iter()
            .find_map(|(pattern, body)| Some((matcher::matches(pattern, &input)?, body)))?;
        let mut budget = left;
        let tokens = transcribe::transcribe(body, &bindings, &mut budget);
        self.expanded_tokens += left - budget;
        tokens
    }

    fn enter(&mut self, mac: &Macro) -> Option<source::Span> {
        let outer = self.call_site;
        self.expansion_depth += 1;
        if outer.is_none() {
            self.call_site = Some(self.span(mac));
        }
        outer
    }

    fn exit_call(&mut self, outer: Option<source::Span>) {
        self.expansion_depth -= 1;
        self.call_site = outer;
    }
}

impl Lower<'_, '_> {
    /// As [`FileCx::expand_as`], inside a body.
    pub(super) fn expand_with<P: Parser, R>(
        &mut self,
        mac: &Macro,
        parser: P,
        work: impl FnOnce(&mut Self, P::Output) -> R,
    ) -> Option<R> {
        let tokens = self.expansion(mac)?;
        let tree = parser.parse2(tokens).ok()?;
        let outer = self.enter(mac);
        let out = work(self, tree);
        self.exit_call(outer);
        Some(out)
    }
}
