//! The walk over a file that makes its outline.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::super::spans::Ends;
use super::{
    Conditional, Field, Function, Impl, Outline, Statement, StatementKind, Static, Struct, Unwrap,
};
use crate::source::{FileId, Span};

pub(super) struct Walker {
    file: FileId,
    base: usize,
    out: Outline,
    owner: Option<String>,
    generic: bool,
    /// Indices of the functions around.
    current: Vec<usize>,
    block: usize,
}

impl Walker {
    /// A walk over a file whose text starts at byte `base`.
    pub(super) fn new(file: FileId, base: usize) -> Self {
        Self {
            file,
            base,
            out: Outline::default(),
            owner: None,
            generic: false,
            current: Vec::new(),
            block: 0,
        }
    }

    /// What was found.
    pub(super) fn finish(self) -> Outline {
        self.out
    }

    fn span(&self, node: &impl Spanned) -> Span {
        let range = node.span().byte_range();
        Span::new(self.file, self.base + range.start, self.base + range.end)
    }

    /// The span of something deep, found without walking through it.
    fn ends(&self, node: &impl Ends) -> Span {
        let (lo, hi) = (node.lo().byte_range().start, node.hi().byte_range().end);
        Span::new(self.file, self.base + lo, self.base + hi.max(lo))
    }

    fn between(&self, lo: proc_macro2::Span, hi: proc_macro2::Span) -> Span {
        let (lo, hi) = (lo.byte_range().start, hi.byte_range().end);
        Span::new(self.file, self.base + lo, self.base + hi)
    }

    fn braces(&self, block: &syn::Block) -> Span {
        let delims = block.brace_token.span;
        let (lo, hi) = (
            delims.open().byte_range().start,
            delims.close().byte_range().end,
        );
        Span::new(self.file, self.base + lo, self.base + hi.max(lo))
    }

    fn function(
        &mut self,
        sig: &syn::Signature,
        all: Span,
        block: &syn::Block,
        walk: impl FnOnce(&mut Self),
    ) {
        let receiver = sig.receiver();
        let output = match &sig.output {
            syn::ReturnType::Default => None,
            syn::ReturnType::Type(_, t) => Some(self.text(t)),
        };
        let mut words = Vec::new();
        self.words(quote::ToTokens::to_token_stream(block), &mut words);
        self.out.functions.push(Function {
            name: sig.ident.to_string(),
            owner: self.owner.clone(),
            generic: self.generic || !sig.generics.params.is_empty(),
            has_self: receiver.is_some(),
            mutable: receiver
                .is_some_and(|r| matches!(r.kind, syn::ReceiverKind::Reference(_, _, Some(_)))),
            consumes: receiver.is_some_and(|r| !matches!(r.kind, syn::ReceiverKind::Reference(..))),
            is_async: sig.asyncness.is_some(),
            output,
            span: all,
            body: self.braces(block),
            statements: Vec::new(),
            words,
            bound: Vec::new(),
            uses: Vec::new(),
            marks: Vec::new(),
            conditional: false,
            parameters: sig.inputs.len() - usize::from(receiver.is_some()),
        });
        self.current.push(self.out.functions.len() - 1);
        walk(self);
        self.current.pop();
    }

    fn text(&self, node: &impl quote::ToTokens) -> String {
        node.to_token_stream().to_string().replace(' ', "")
    }

    fn words(&self, tokens: TokenStream, out: &mut Vec<(String, usize)>) {
        for t in tokens {
            match t {
                TokenTree::Ident(i) => {
                    let at = self.base + i.span().byte_range().start;
                    out.push((i.to_string(), at));
                }
                TokenTree::Group(g) => self.words(g.stream(), out),
                TokenTree::Literal(l) => {
                    // `format!("{name}")` captures by name.
                    let at = self.base + l.span().byte_range().start;
                    let text = l.to_string();
                    for part in text.split('{').skip(1) {
                        let name: String = part
                            .chars()
                            .take_while(|c| c.is_alphanumeric() || *c == '_')
                            .collect();
                        if !name.is_empty() {
                            out.push((name, at));
                        }
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Marks an item that only tests compile.
    fn tested(&mut self, attrs: &[syn::Attribute], item: &impl Spanned) {
        if attrs.iter().any(is_test) {
            let span = self.span(item);
            self.out.tests.push(span);
        }
    }

    /// `use .. as ..`.
    fn renames(&mut self, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(p) => self.renames(&p.tree),
            syn::UseTree::Group(g) => g.items.iter().for_each(|t| self.renames(t)),
            syn::UseTree::Rename(r) => {
                let names = (r.ident.to_string(), r.rename.to_string());
                self.out.renamed.push(names);
            }
            _ => {}
        }
    }

    /// `name: ..`, and `name` alone between braces and commas, in the tokens of a macro.
    fn fields_in(&mut self, tokens: TokenStream, braces: bool) {
        let punct = |t: Option<&TokenTree>, c: char| matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == c);
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (n, token) in tokens.iter().enumerate() {
            let before = n.checked_sub(1).and_then(|b| tokens.get(b));
            let (next, after) = (tokens.get(n + 1), tokens.get(n + 2));
            match token {
                TokenTree::Ident(i) => {
                    let valued = punct(next, ':') && !punct(after, ':');
                    let alone = braces
                        && (before.is_none() || punct(before, ','))
                        && (next.is_none() || punct(next, ','));
                    if valued || alone {
                        let range = i.span().byte_range();
                        let span =
                            Span::new(self.file, self.base + range.start, self.base + range.end);
                        self.out.named_in_macros.push((i.to_string(), span));
                    }
                }
                TokenTree::Group(g) => {
                    let braces = g.delimiter() == proc_macro2::Delimiter::Brace;
                    self.fields_in(g.stream(), braces);
                }
                _ => {}
            }
        }
    }

    /// `.name` in the tokens of a macro.
    fn members_in(&mut self, tokens: TokenStream) {
        let mut before = false;
        let mut iter = tokens.into_iter().peekable();
        while let Some(t) = iter.next() {
            match t {
                TokenTree::Punct(p) => before = p.as_char() == '.',
                TokenTree::Ident(i) => {
                    let called = matches!(
                        iter.peek(),
                        Some(TokenTree::Group(g)) if g.delimiter() == proc_macro2::Delimiter::Parenthesis
                    );
                    if before && !called {
                        let range = i.span().byte_range();
                        let span =
                            Span::new(self.file, self.base + range.start, self.base + range.end);
                        self.out.members.push((i.to_string(), span));
                    }
                    before = false;
                }
                TokenTree::Group(g) => {
                    before = false;
                    self.members_in(g.stream());
                }
                TokenTree::Literal(_) => before = false,
            }
        }
    }
}

fn last_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(p) => p.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    }
}

/// Attributes of a struct that look at no field.
const HARMLESS: [&str; 6] = ["derive", "doc", "allow", "warn", "expect", "must_use"];

fn has_attributes(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| !a.path().is_ident("doc"))
}

/// The statics of `thread_local!` and `lazy_static!`.
struct Statics(Vec<InMacro>);

struct InMacro {
    start: proc_macro2::Span,
    name: syn::Ident,
    ty: syn::Type,
    value: syn::Expr,
    end: proc_macro2::Span,
    open: bool,
}

impl syn::parse::Parse for Statics {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let mut out = Vec::new();
        while !input.is_empty() {
            let start = input.span();
            let attrs = input.call(syn::Attribute::parse_outer)?;
            let vis: syn::Visibility = input.parse()?;
            input.parse::<syn::Token![static]>()?;
            if input.peek(syn::Token![ref]) {
                input.parse::<syn::Token![ref]>()?;
            }
            let name = input.parse()?;
            input.parse::<syn::Token![:]>()?;
            let ty = input.parse()?;
            input.parse::<syn::Token![=]>()?;
            let value: syn::Expr = input.parse()?;
            let mut end = value.span();
            if input.peek(syn::Token![;]) {
                end = input.parse::<syn::Token![;]>()?.span;
            }
            out.push(InMacro {
                open: !matches!(vis, syn::Visibility::Inherited) || has_attributes(&attrs),
                start,
                name,
                ty,
                value,
                end,
            });
        }
        Ok(Self(out))
    }
}

/// Whether an attribute says under which condition something is compiled.
fn is_condition(attr: &syn::Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

/// `#[cfg(test)]`, `#[test]`.
fn is_test(attr: &syn::Attribute) -> bool {
    let is_cfg = attr.path().is_ident("cfg");
    let condition = || attr.parse_args::<syn::Path>();
    attr.path().is_ident("test") || is_cfg && condition().is_ok_and(|p| p.is_ident("test"))
}

/// The names of the calls that an expression is a chain of, the last one first, and whether the first
/// of them is a method of `self`.
fn chain(mut e: &syn::Expr) -> (Vec<String>, bool) {
    let mut calls = Vec::new();
    loop {
        e = match e {
            syn::Expr::MethodCall(call) => {
                calls.push(call.method.to_string());
                &call.receiver
            }
            syn::Expr::Paren(inner) => &inner.expr,
            syn::Expr::Call(call) => {
                if let syn::Expr::Path(path) = &*call.func {
                    calls.extend(path.path.segments.last().map(|s| s.ident.to_string()));
                }
                return (calls, false);
            }
            syn::Expr::Path(path) => return (calls, path.path.is_ident("self")),
            _ => return (calls, false),
        };
    }
}

impl<'ast> Visit<'ast> for Walker {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let owner = last_name(&item.self_ty);
        if let Some(name) = &owner {
            let generics = &item.generics;
            let parameters = generics.lt_token.zip(generics.gt_token);
            let found = Impl {
                owner: name.clone(),
                span: self.span(item),
                parameters: parameters.map(|(lt, gt)| self.between(lt.span, gt.span)),
                ty: self.span(&*item.self_ty),
                bounds: generics.where_clause.as_ref().map(|w| self.span(w)),
                of_trait: item.trait_.is_some(),
                attributed: !item.attrs.is_empty(),
                close: self.base + item.brace_token.span.close().byte_range().start,
            };
            self.out.impls.push(found);
        }
        let old = std::mem::replace(&mut self.owner, owner);
        let generic = std::mem::replace(&mut self.generic, !item.generics.params.is_empty());
        visit::visit_item_impl(self, item);
        self.owner = old;
        self.generic = generic;
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attrs: &[syn::Attribute] = match item {
            syn::Item::Const(i) => &i.attrs,
            syn::Item::Enum(i) => &i.attrs,
            syn::Item::Fn(i) => &i.attrs,
            syn::Item::Impl(i) => &i.attrs,
            syn::Item::Macro(i) => &i.attrs,
            syn::Item::Mod(i) => &i.attrs,
            syn::Item::Static(i) => &i.attrs,
            syn::Item::Struct(i) => &i.attrs,
            syn::Item::Trait(i) => &i.attrs,
            syn::Item::Type(i) => &i.attrs,
            syn::Item::Use(i) => &i.attrs,
            _ => &[],
        };
        self.tested(attrs, item);
        visit::visit_item(self, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        let found = Static {
            name: item.ident.to_string(),
            span: self.span(item),
            ty: self.span(&*item.ty),
            value: self.ends(&*item.expr),
            open: !matches!(item.vis, syn::Visibility::Inherited) || has_attributes(&item.attrs),
        };
        self.out.statics.push(found);
        visit::visit_item_static(self, item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let name = item.mac.path.segments.last().map(|s| s.ident.to_string());
        if matches!(name.as_deref(), Some("thread_local" | "lazy_static"))
            && let Ok(list) = item.mac.parse_body::<Statics>()
        {
            let alone = list.0.len() == 1;
            for one in &list.0 {
                let own = Span::new(
                    self.file,
                    self.base + one.start.byte_range().start,
                    self.base + one.end.byte_range().end,
                );
                let found = Static {
                    name: one.name.to_string(),
                    span: if alone { self.span(item) } else { own },
                    ty: self.span(&one.ty),
                    value: self.ends(&one.value),
                    open: one.open || has_attributes(&item.attrs),
                };
                self.out.statics.push(found);
            }
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.attrs.is_empty() && matches!(item.vis, syn::Visibility::Inherited) {
            let span = self.span(item);
            self.out.imports.push(span);
        }
        self.renames(&item.tree);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        if let Some(name) = last_name(&item.ty) {
            self.out.renamed.push((name, item.ident.to_string()));
        }
        visit::visit_item_type(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() && item.attrs.iter().any(is_condition) {
            self.out.conditional.push(Conditional {
                name: item.ident.to_string(),
                test: item.attrs.iter().any(is_test),
                placed: item
                    .attrs
                    .iter()
                    .any(|a| a.path().is_ident("path") || a.path().is_ident("cfg_attr")),
            });
        }
        if item.content.is_some() {
            self.out.modules.push(self.span(item));
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let owner = self.owner.take();
        let span = self.span(item);
        self.function(&item.sig, span, &item.block, |s| {
            visit::visit_item_fn(s, item)
        });
        self.owner = owner;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.tested(&item.attrs, item);
        let span = self.span(item);
        self.function(&item.sig, span, &item.block, |s| {
            visit::visit_impl_item_fn(s, item);
        });
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let old = self.owner.replace(item.ident.to_string());
        visit::visit_item_trait(self, item);
        self.owner = old;
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        let Some(block) = &item.default else { return };
        let span = self.span(item);
        self.function(&item.sig, span, block, |s| {
            visit::visit_trait_item_fn(s, item);
        });
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let mut derives = Vec::new();
        for attr in item.attrs.iter().filter(|a| a.path().is_ident("derive")) {
            let _ = attr.parse_nested_meta(|meta| {
                derives.extend(meta.path.segments.last().map(|s| s.ident.to_string()));
                Ok(())
            });
        }
        let parameters = item.generics.params.iter().map(|p| match p {
            syn::GenericParam::Lifetime(l) => l.lifetime.ident.to_string(),
            syn::GenericParam::Type(t) => t.ident.to_string(),
            syn::GenericParam::Const(c) => c.ident.to_string(),
        });
        self.out.structs.push(Struct {
            name: item.ident.to_string(),
            parameters: parameters.collect(),
            derives,
            attributed: item
                .attrs
                .iter()
                .any(|a| !HARMLESS.iter().any(|h| a.path().is_ident(h))),
        });
        if let syn::Fields::Named(fields) = &item.fields {
            for f in &fields.named {
                let Some(name) = &f.ident else { continue };
                let field = Field {
                    owner: item.ident.to_string(),
                    name: name.to_string(),
                    value: self.span(&f.ty),
                    span: self.span(f),
                    public: !matches!(f.vis, syn::Visibility::Inherited),
                    attributed: f.attrs.iter().any(|a| !a.path().is_ident("doc")),
                };
                self.out.fields.push(field);
            }
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_expr_struct(&mut self, e: &'ast syn::ExprStruct) {
        let written = e.path.segments.last().map(|s| s.ident.to_string());
        let owner = match written {
            Some(n) if n == "Self" => self.owner.clone(),
            other => other,
        };
        for f in &e.fields {
            if let (Some(owner), syn::Member::Named(name)) = (&owner, &f.member) {
                let field = Field {
                    owner: owner.clone(),
                    name: name.to_string(),
                    value: self.ends(&f.expr),
                    span: Span::new(
                        self.file,
                        self.span(name).lo as usize,
                        self.ends(&f.expr).hi as usize,
                    ),
                    public: false,
                    attributed: !f.attrs.is_empty(),
                };
                self.out.initialisers.push(field);
            }
        }
        visit::visit_expr_struct(self, e);
    }

    fn visit_pat_struct(&mut self, p: &'ast syn::PatStruct) {
        let written = p.path.segments.last().map(|s| s.ident.to_string());
        let owner = match written {
            Some(n) if n == "Self" => self.owner.clone(),
            other => other,
        };
        self.out.destructured.extend(owner);
        visit::visit_pat_struct(self, p);
    }

    fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
        let at = self.span(&p.ident).lo as usize;
        for &f in &self.current {
            self.out.functions[f].bound.push((p.ident.to_string(), at));
        }
        visit::visit_pat_ident(self, p);
    }

    fn visit_expr_field(&mut self, e: &'ast syn::ExprField) {
        if let syn::Member::Named(name) = &e.member {
            let span = self.span(name);
            self.out.members.push((name.to_string(), span));
        }
        visit::visit_expr_field(self, e);
    }

    fn visit_expr_method_call(&mut self, e: &'ast syn::ExprMethodCall) {
        if e.method == "unwrap" || e.method == "expect" {
            let (calls, of_self) = chain(&e.receiver);
            let unwrap = Unwrap {
                calls,
                of_self,
                span: Span::new(
                    self.file,
                    self.ends(&*e.receiver).lo as usize,
                    self.base + e.paren_token.span.close().byte_range().end,
                ),
                receiver: self.ends(&*e.receiver),
            };
            self.out.unwraps.push(unwrap);
        }
        visit::visit_expr_method_call(self, e);
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        self.members_in(m.tokens.clone());
        self.fields_in(m.tokens.clone(), false);
        // What stands in the macro that every plugin has is code: the struct literals of `main!`.
        let is_main = m.path.segments.last().is_some_and(|s| s.ident == "main");
        if !is_main {
            visit::visit_macro(self, m);
            return;
        }
        if let Ok(block) = m.parse_body_with(syn::Block::parse_within) {
            for stmt in &block {
                self.visit_in_macro(stmt);
            }
        }
        visit::visit_macro(self, m);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let start = self.braces(block).lo as usize;
        let outer = std::mem::replace(&mut self.block, start);
        for stmt in &block.stmts {
            let kind = match stmt {
                syn::Stmt::Expr(syn::Expr::Assign(a), Some(_)) => StatementKind::Assign {
                    left: self.ends(&*a.left),
                    right: self.ends(&*a.right),
                },
                syn::Stmt::Local(l) => match (&l.pat, &l.init) {
                    (syn::Pat::Ident(p), Some(init))
                        if p.by_ref.is_none()
                            && p.mutability.is_none()
                            && p.subpat.is_none()
                            && init.diverge.is_none() =>
                    {
                        StatementKind::Let {
                            name: p.ident.to_string(),
                            value: self.ends(&*init.expr),
                        }
                    }
                    (syn::Pat::Type(t), Some(init)) if init.diverge.is_none() => match &*t.pat {
                        syn::Pat::Ident(p) if p.by_ref.is_none() && p.mutability.is_none() => {
                            StatementKind::Let {
                                name: p.ident.to_string(),
                                value: self.ends(&*init.expr),
                            }
                        }
                        _ => StatementKind::Other,
                    },
                    _ => StatementKind::Other,
                },
                syn::Stmt::Expr(syn::Expr::MethodCall(_) | syn::Expr::Call(_), Some(_)) => {
                    StatementKind::Call
                }
                syn::Stmt::Macro(m) => {
                    let name = m.mac.path.segments.last();
                    StatementKind::Macro(name.map_or_else(String::new, |s| s.ident.to_string()))
                }
                _ => StatementKind::Other,
            };
            let mut span = self.ends(stmt);
            // An attribute of a variable goes where the variable goes.
            if let syn::Stmt::Local(local) = stmt
                && let Some(first) = local.attrs.first()
            {
                let lo = first.pound_token.span.byte_range().start;
                span = Span::new(self.file, self.base + lo, span.hi as usize);
            }
            let statement = Statement {
                span,
                block: start,
                kind,
            };
            if let Some(&f) = self.current.last() {
                self.out.functions[f].statements.push(statement);
            }
        }
        visit::visit_block(self, block);
        self.block = outer;
    }
}

impl Walker {
    /// Struct literals inside the body of a macro; its `.name`s are counted already.
    fn visit_in_macro(&mut self, stmt: &syn::Stmt) {
        let members = self.out.members.len();
        let unwraps = self.out.unwraps.len();
        visit::visit_stmt(self, stmt);
        self.out.members.truncate(members);
        self.out.unwraps.truncate(unwraps);
    }
}
