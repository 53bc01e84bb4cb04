//! Attributes: conditional compilation and the few others that matter.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

use super::{FileCx, name_of};
use crate::ir::Symbol;

/// What the attributes of an item say, `cfg_attr` resolved.
#[derive(Debug, Default)]
pub(super) struct Attrs {
    /// A `cfg` is false.
    pub(super) off: bool,
    /// `#[path = ".."]`.
    pub(super) path: Option<String>,
    /// `#[derive(..)]`.
    pub(super) derives: Vec<Symbol>,
    /// `#[no_mangle]` or `#[export_name = ".."]`.
    pub(super) exported: bool,
    /// The name of `#[export_name = ".."]`.
    pub(super) export_name: Option<String>,
    /// `#[entrypoint]`: an SDK calls it when a configuration arrives.
    pub(super) entrypoint: bool,
}

impl FileCx<'_> {
    /// Whether what carries these attributes is compiled at all.
    pub(super) fn active(&self, attrs: &[Attribute]) -> bool {
        attrs.is_empty() || !self.attrs(attrs).off
    }

    /// Reads attributes.
    pub(super) fn attrs(&self, attrs: &[Attribute]) -> Attrs {
        let mut out = Attrs::default();
        for attr in attrs {
            self.meta(&attr.meta, &mut out);
        }
        out
    }

    fn meta(&self, meta: &Meta, out: &mut Attrs) {
        let Some(name) = meta.path().segments.last() else {
            return;
        };
        match (name_of(&name.ident).as_str(), meta) {
            ("cfg", Meta::List(list)) => out.off |= !self.cfg.active(&list.tokens.to_string()),
            // Tests are only compiled with `cfg(test)`.
            ("test" | "bench", Meta::Path(_)) => out.off |= !self.cfg.active("test"),
            ("cfg_attr", Meta::List(list)) => {
                let parser = |input: syn::parse::ParseStream<'_>| {
                    let predicate: Meta = input.parse()?;
                    input.parse::<Option<Token![,]>>()?;
                    let rest = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
                    Ok((predicate, rest))
                };
                if let Ok((predicate, rest)) = parser.parse2(list.tokens.clone())
                    && self.cfg.active(&tokens_text(&predicate))
                {
                    for meta in &rest {
                        self.meta(meta, out);
                    }
                }
            }
            ("derive", Meta::List(list)) => {
                let parser = Punctuated::<syn::Path, Token![,]>::parse_terminated;
                if let Ok(paths) = parser.parse2(list.tokens.clone()) {
                    let names = paths.iter().filter_map(|p| p.segments.last());
                    out.derives.extend(names.map(|s| name_of(&s.ident)));
                }
            }
            ("unsafe", Meta::List(list)) => {
                if let Ok(inner) = syn::parse2::<Meta>(list.tokens.clone()) {
                    self.meta(&inner, out);
                }
            }
            ("export_name", Meta::NameValue(pair)) => {
                out.exported = true;
                out.export_name = text_of(&pair.value);
            }
            ("no_mangle", _) => out.exported = true,
            ("entrypoint" | "entrypoint_flex", _) => out.entrypoint = true,
            ("path", Meta::NameValue(pair)) => out.path = text_of(&pair.value),
            _ => {}
        }
    }
}

/// The text of a string literal.
fn text_of(e: &Expr) -> Option<String> {
    match e {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

fn tokens_text(node: &impl quote::ToTokens) -> String {
    node.to_token_stream().to_string()
}
