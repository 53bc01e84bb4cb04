//! Comments that speak to this tool: where they are, and which line and which item they stand at.
//!
//! The parser drops comments, so the text is scanned once more, token by token: what looks like a
//! comment in a string is none. A file without the tool's name in it costs one search.

use std::ops::Range;

use rustc_hash::FxHashMap;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::FileCx;
use super::block::expr_attrs;
use super::depth::skip_token;
use super::items::item_attrs;
use super::spans::Ends;
use crate::source::Span;

/// The tool's name as it is written in comments, and the slip that people make with such names.
const NAMES: [&str; 2] = ["wasm-route-lint", "wasm_route_lint"];

/// The kinds of comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentStyle {
    /// `// ..`
    Line,
    /// `/* .. */`
    Block,
    /// `/// ..`, `//! ..`, `/** .. */`, `/*! .. */`
    Doc,
}

/// A comment whose text begins with the name of this tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolComment {
    /// The whole comment.
    pub span: Span,
    /// From the tool's name to the end of the comment.
    pub text: Span,
    /// What kind of comment.
    pub style: CommentStyle,
    /// Code stands before it on its line.
    pub trailing: bool,
    /// A byte on the line that it is about: its own, or the next one that holds code.
    pub line_at: u32,
    /// The item that begins on that line, when the comment stands above it.
    pub item: Option<CommentedItem>,
    /// The code around it is compiled.
    pub active: bool,
}

/// An item with a comment above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentedItem {
    /// From its first token after its attributes to its last.
    pub span: Span,
    /// It declares the fields of a type.
    pub is_type: bool,
}

impl FileCx<'_> {
    /// Finds the comments of a file of items.
    pub(super) fn comments_of(&mut self, content: &str, tree: &syn::File) {
        let mut found = self.scan(content);
        if found.is_empty() {
            return;
        }
        let mut places = Places {
            cx: self,
            content,
            starts: found.iter().filter_map(|c| c.next).collect(),
            items: Vec::new(),
            off: Vec::new(),
        };
        if self.active(&tree.attrs) {
            places.visit_file(tree);
        } else {
            places.off.push(0..content.len());
        }
        let Places { items, mut off, .. } = places;
        let items: FxHashMap<usize, (usize, bool)> = items.into_iter().collect();
        // What is off is not looked into, so these ranges are apart.
        off.sort_by_key(|range| range.start);
        let is_off = |at: usize| {
            let n = off.partition_point(|range| range.start <= at);
            n > 0 && off[n - 1].contains(&at)
        };
        for comment in &mut found {
            let next = comment.next;
            comment.active = !is_off(comment.range.start) && !next.is_some_and(is_off);
            comment.item = next.and_then(|start| {
                let &(end, is_type) = items.get(&start)?;
                Some(CommentedItem {
                    span: self.span_at(&(start..end)),
                    is_type,
                })
            });
        }
        self.keep_comments(found);
    }

    /// Finds the comments of a file that holds an expression.
    pub(super) fn comments_of_expression(&mut self, content: &str) {
        let found = self.scan(content);
        self.keep_comments(found);
    }

    fn keep_comments(&mut self, found: Vec<Found>) {
        for comment in found {
            let line_at = comment.next.unwrap_or(comment.range.start);
            let comment = ToolComment {
                span: self.span_at(&comment.range),
                text: self.span_at(&comment.text),
                style: comment.style,
                trailing: comment.trailing,
                line_at: self.span_at(&(line_at..line_at)).lo,
                item: comment.item,
                active: comment.active,
            };
            self.comments.push(comment);
        }
    }

    fn span_at(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, self.base + range.start, self.base + range.end)
    }

    fn scan(&self, content: &str) -> Vec<Found> {
        if NAMES.iter().any(|name| content.contains(name)) {
            scan(content)
        } else {
            Vec::new()
        }
    }
}

/// A comment in the text that was parsed.
#[derive(Debug)]
struct Found {
    range: Range<usize>,
    text: Range<usize>,
    style: CommentStyle,
    trailing: bool,
    /// The first token after it that belongs to no attribute; none for a trailing one.
    next: Option<usize>,
    item: Option<CommentedItem>,
    active: bool,
}

fn scan(content: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // From here on, comments wait for the code that they stand above.
    let mut waiting = 0;
    let mut attribute = Attribute::None;
    let mut line_start = 0;
    let mut at = 0;
    while at < content.len() {
        let start = at;
        at = skip_token(content, at);
        let token = &content[start..at];
        if token.starts_with("//") || token.starts_with("/*") {
            if let Some((style, text)) = address(token) {
                let before = &content[line_start..start];
                found.push(Found {
                    range: start..start + token.trim_end().len(),
                    text: start + text.start..start + text.end,
                    style,
                    trailing: !before.trim().is_empty(),
                    next: None,
                    item: None,
                    active: true,
                });
            }
        } else if !token.trim().is_empty() && !attribute.takes(token) {
            for comment in &mut found[waiting..] {
                if !comment.trailing {
                    comment.next = Some(start);
                }
            }
            waiting = found.len();
        }
        if let Some(n) = token.rfind('\n') {
            line_start = start + n + 1;
        }
    }
    found
}

/// Where in an attribute the scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    None,
    /// After `#` or `#!`.
    Sign,
    /// That many brackets are open.
    Inside(usize),
}

impl Attribute {
    /// Whether the token is part of an attribute.
    fn takes(&mut self, token: &str) -> bool {
        *self = match (*self, token) {
            (Self::None, "#") | (Self::Sign, "!") => Self::Sign,
            (Self::Sign, "[") => Self::Inside(1),
            (Self::Inside(n), "[") => Self::Inside(n + 1),
            (Self::Inside(1), "]") => {
                *self = Self::None;
                return true;
            }
            (Self::Inside(n), "]") => Self::Inside(n - 1),
            (Self::Inside(n), _) => Self::Inside(n),
            _ => Self::None,
        };
        *self != Self::None
    }
}

/// The kind of a comment and, in it, the range from the tool's name on, if it is addressed to the
/// tool: by the name and a colon, or by the name and a word that looks like a request. Prose that
/// happens to begin with the name is not.
fn address(comment: &str) -> Option<(CommentStyle, Range<usize>)> {
    let comment = comment.trim_end();
    let starts = |sign: &str| comment.starts_with(sign);
    let (doc, plain, end) = if starts("//") {
        let doc = starts("//!") || (starts("///") && !starts("////"));
        (doc, CommentStyle::Line, comment.len())
    } else {
        let doc = starts("/*!") || (starts("/**") && !starts("/***"));
        let end = comment.strip_suffix("*/").map_or(comment.len(), str::len);
        (doc, CommentStyle::Block, end)
    };
    let style = if doc { CommentStyle::Doc } else { plain };
    let body = comment.get(2..end)?;
    let text = body.trim_start_matches(['/', '*', '!']).trim_start();
    let rest = NAMES.iter().find_map(|name| text.strip_prefix(name))?;
    let request = rest.trim_start();
    let asks = ["allow", "ignore", "disable", "expect", "deny", "warn"];
    let addressed = request.starts_with(':')
        || (request.len() < rest.len() && asks.iter().any(|word| request.starts_with(word)));
    let from = end - text.len();
    addressed.then(|| (style, from..from + text.trim_end().len()))
}

/// Walks over the tree and notes the items that begin where a comment points, and what is not
/// compiled.
struct Places<'a, 'c> {
    cx: &'a FileCx<'c>,
    content: &'a str,
    /// Where the code after a comment begins, sorted.
    starts: Vec<usize>,
    /// Start, and then end and whether it is a type.
    items: Vec<(usize, (usize, bool))>,
    off: Vec<Range<usize>>,
}

impl Places<'_, '_> {
    /// Looks at an item by its keyword, which visibility and other modifiers may precede.
    fn item(&mut self, keyword: proc_macro2::Span, end: proc_macro2::Span, is_type: bool) {
        let keyword = keyword.byte_range().start;
        let n = self.starts.partition_point(|&start| start <= keyword);
        let Some(&start) = n.checked_sub(1).and_then(|n| self.starts.get(n)) else {
            return;
        };
        let modifiers = self.content.get(start..keyword).unwrap_or(";");
        if !modifiers.contains(['{', '}', ';', '=', ',']) {
            self.items.push((start, (end.byte_range().end, is_type)));
        }
    }

    /// Notes what is not compiled. Whether it is.
    fn is_on(&mut self, attrs: &[syn::Attribute], end: proc_macro2::Span) -> bool {
        let on = self.cx.active(attrs);
        if let (false, Some(first)) = (on, attrs.first()) {
            let from = first.pound_token.spans[0].byte_range().start;
            self.off.push(from..end.byte_range().end);
        }
        on
    }
}

/// The last token of an item.
fn item_end(item: &syn::Item) -> proc_macro2::Span {
    use syn::Item;
    let semi = |semi: Option<syn::Token![;]>, other: proc_macro2::Span| {
        semi.map_or(other, |semi| semi.spans[0])
    };
    match item {
        Item::Const(i) => i.semi_token.spans[0],
        Item::Enum(i) => i.brace_token.span.close(),
        Item::Fn(i) => i.block.brace_token.span.close(),
        Item::ForeignMod(i) => i.brace_token.span.close(),
        Item::Impl(i) => i.brace_token.span.close(),
        Item::Macro(i) => semi(i.semi_token, i.mac.hi()),
        Item::Mod(i) => match &i.content {
            Some((brace, _)) => brace.span.close(),
            None => semi(i.semi, i.ident.span()),
        },
        Item::Static(i) => i.semi_token.spans[0],
        Item::Struct(i) => match &i.fields {
            syn::Fields::Named(fields) => fields.brace_token.span.close(),
            syn::Fields::Unnamed(fields) => semi(i.semi_token, fields.paren_token.span.close()),
            syn::Fields::Unit => semi(i.semi_token, i.ident.span()),
        },
        Item::Trait(i) => i.brace_token.span.close(),
        Item::Union(i) => i.fields.brace_token.span.close(),
        // No code is in them, so it is rare that anybody asks.
        other => other.span(),
    }
}

impl<'ast> Visit<'ast> for Places<'_, '_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        use syn::Item;
        let end = item_end(item);
        if !self.is_on(item_attrs(item), end) {
            return;
        }
        let (keyword, is_type) = match item {
            Item::Const(i) => (i.const_token.span, false),
            Item::Enum(i) => (i.enum_token.span, true),
            Item::Fn(i) => (i.sig.fn_token.span, false),
            Item::Impl(i) => (i.impl_token.span, false),
            Item::Macro(i) => (i.mac.lo(), false),
            Item::Mod(i) => (i.mod_token.span, false),
            Item::Static(i) => (i.static_token.span, false),
            Item::Struct(i) => (i.struct_token.span, true),
            Item::Trait(i) => (i.trait_token.span, false),
            Item::Union(i) => (i.union_token.span, true),
            _ => return,
        };
        self.item(keyword, end, is_type);
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        use syn::ImplItem;
        let (attrs, keyword, end) = match item {
            ImplItem::Fn(i) => {
                let end = i.block.brace_token.span.close();
                (&i.attrs, i.sig.fn_token.span, end)
            }
            ImplItem::Const(i) => (&i.attrs, i.const_token.span, i.semi_token.spans[0]),
            ImplItem::Macro(i) => (&i.attrs, i.mac.lo(), i.mac.hi()),
            _ => return,
        };
        if self.is_on(attrs, end) {
            self.item(keyword, end, false);
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        use syn::TraitItem;
        let (attrs, keyword, end) = match item {
            TraitItem::Fn(i) => {
                let block = i.default.as_ref().map(|b| b.brace_token.span.close());
                let end = block.unwrap_or(i.sig.paren_token.span.close());
                (&i.attrs, i.sig.fn_token.span, end)
            }
            TraitItem::Macro(i) => (&i.attrs, i.mac.lo(), i.mac.hi()),
            _ => return,
        };
        if self.is_on(attrs, end) {
            self.item(keyword, end, false);
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !field.attrs.is_empty() {
            self.is_on(&field.attrs, field.ty.span());
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if arm.attrs.is_empty() || self.is_on(&arm.attrs, arm.body.hi()) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_stmt(&mut self, stmt: &'ast syn::Stmt) {
        let (attrs, end) = match stmt {
            syn::Stmt::Local(s) => (s.attrs.as_slice(), s.semi_token.spans[0]),
            syn::Stmt::Macro(s) => (s.attrs.as_slice(), s.mac.hi()),
            syn::Stmt::Expr(e, _) => (expr_attrs(e), e.hi()),
            syn::Stmt::Item(_) => (&[][..], proc_macro2::Span::call_site()),
        };
        if attrs.is_empty() || self.is_on(attrs, end) {
            visit::visit_stmt(self, stmt);
        }
    }
}
