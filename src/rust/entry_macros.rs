//! Macros in item position.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Block, Expr, ItemMacro, LitStr, Macro, Token, Visibility};

use super::functions::Home;
use super::{FileCx, name_of};
use crate::ir::{GlobalKind, Item as IrItem, ModDecl, ModuleId, Symbol};
use crate::source::Span;

impl FileCx<'_> {
    pub(super) fn macro_item(&mut self, m: &ItemMacro, module: ModuleId) {
        if m.ident.is_some() {
            // `macro_rules!` definitions were collected before.
            return;
        }
        self.item_macro(&m.mac, module);
    }

    /// A macro call that makes items; false if it is not known to.
    pub(super) fn item_macro(&mut self, mac: &Macro, module: ModuleId) -> bool {
        let expanded =
            self.expand_as::<syn::File, _>(mac, |cx, file| cx.items(&file.items, module));
        if expanded.is_some() {
            return true;
        }
        let span = self.span(mac);
        let name = macro_name(mac);
        let known = match name.as_str() {
            "lazy_static" => self.globals(&mac.tokens, GlobalKind::Lazy, module),
            "thread_local" => self.globals(&mac.tokens, GlobalKind::ThreadLocal, module),
            "cfg_if" => match self.cfg_if(mac.tokens.clone()) {
                Some(chosen) => self.items_of(chosen, module),
                None => false,
            },
            "main" => self.entry_macro(&mac.tokens, module, span),
            // `entrypoint! { initialize }` names the function.
            "entrypoint" => {
                let tokens = &mac.tokens;
                self.entry_macro(&quote::quote!((#tokens)();), module, span)
            }
            "include" => self.include(&mac.tokens, "", module, span).is_some(),
            _ => false,
        };
        if known {
            return true;
        }
        // Many macros wrap plain items.
        let wrapped = self.items_of(mac.tokens.clone(), module);
        if !wrapped {
            self.macros.push((name, span));
        }
        wrapped
    }

    fn items_of(&mut self, tokens: TokenStream, module: ModuleId) -> bool {
        match syn::parse2::<syn::File>(tokens) {
            Ok(file) => {
                self.items(&file.items, module);
                true
            }
            Err(_) => false,
        }
    }

    /// The statics of `lazy_static!` and `thread_local!`.
    fn globals(&mut self, tokens: &TokenStream, kind: GlobalKind, module: ModuleId) -> bool {
        let parser = |input: ParseStream<'_>| {
            let mut out = Vec::new();
            while !input.is_empty() {
                out.push(input.parse::<MacroStatic>()?);
            }
            Ok(out)
        };
        let Ok(statics) = parser.parse2(tokens.clone()) else {
            return false;
        };
        for item in &statics {
            if self.active(&item.attrs) {
                let value = Some(&item.value);
                let home = Home::free(module);
                let id = self.global(&item.name, kind, &item.ty, value, home);
                self.declare_item(module, name_of(&item.name), IrItem::Global(id));
            }
        }
        true
    }

    /// `proxy_wasm::main! {{ .. }}`.
    fn entry_macro(&mut self, tokens: &TokenStream, module: ModuleId, span: Span) -> bool {
        let stmts = syn::parse2::<Block>(tokens.clone())
            .map(|block| block.stmts)
            .or_else(|_| Block::parse_within.parse2(tokens.clone()));
        match stmts {
            Ok(stmts) => {
                self.entry_block(&stmts, module, span);
                true
            }
            Err(_) => false,
        }
    }

    /// `include!("file")`: the text of the path. The included file is listed under its path with
    /// `prefix` before it.
    pub(super) fn include(
        &mut self,
        tokens: &TokenStream,
        prefix: &str,
        module: ModuleId,
        span: Span,
    ) -> Option<String> {
        let path = syn::parse2::<LitStr>(tokens.clone()).ok()?.value();
        self.fragment.includes.push(ModDecl {
            name: Symbol::new(&format!("{prefix}{path}")),
            path: Some(path.clone()),
            parent: module,
            span,
        });
        Some(path)
    }

    /// The branch of `cfg_if!` that is compiled; empty if none is.
    pub(super) fn cfg_if(&self, tokens: TokenStream) -> Option<TokenStream> {
        let mut iter = tokens.into_iter();
        loop {
            // `if #[cfg(predicate)]` or, after `else`, a block.
            let predicate = match iter.next() {
                Some(TokenTree::Ident(word)) if word == "if" => {
                    iter.next();
                    let Some(TokenTree::Group(attribute)) = iter.next() else {
                        return None;
                    };
                    let list = syn::parse2::<syn::MetaList>(attribute.stream()).ok()?;
                    Some(list.tokens.to_string())
                }
                Some(TokenTree::Group(block)) => return Some(block.stream()),
                None => return Some(TokenStream::new()),
                Some(_) => return None,
            };
            let Some(TokenTree::Group(block)) = iter.next() else {
                return None;
            };
            if predicate.is_some_and(|p| self.cfg.active(&p)) {
                return Some(block.stream());
            }
            match iter.next() {
                Some(TokenTree::Ident(word)) if word == "else" => {}
                None => return Some(TokenStream::new()),
                Some(_) => return None,
            }
        }
    }
}

/// The last name of a macro's path.
pub(super) fn macro_name(mac: &Macro) -> Symbol {
    mac.path
        .segments
        .last()
        .map_or_else(|| Symbol::new(""), |s| name_of(&s.ident))
}

/// `static ref NAME: T = value;`, without `ref` in `thread_local!`.
struct MacroStatic {
    attrs: Vec<Attribute>,
    name: proc_macro2::Ident,
    ty: syn::Type,
    value: Expr,
}

impl Parse for MacroStatic {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Token![static]>()?;
        input.parse::<Option<Token![ref]>>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        input.parse::<Option<Token![;]>>()?;
        Ok(Self {
            attrs,
            name,
            ty,
            value,
        })
    }
}
