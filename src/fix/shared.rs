//! `route-in-static`, `route-in-root-context`: what streams share is left out, and each stream asks for
//! its own.
//!
//! The value is bound at the start of the functions that read the static or the cell of the root context,
//! the reads become reads of the variable, and the static or the fields go with the store.

use std::collections::BTreeSet;
use std::rc::Rc;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;

use super::again::property_name;
use super::caution::{code_of, is_included};
use super::layout::{after_asking, is_on_one_line, tidy};
use super::local::{in_tests, local_name};
use super::method::{NewMethod, later_macro, new_method};
use super::moved::Moved;
use super::pair::unite;
use super::remove::{Said, Unused, removal, said_of};
use super::slice::{Slice, follows_attribute};
use super::text::{has_word, indent_at, line_break};
use super::{Context, Outcome, Within, overlap};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::flow::Storage;
use crate::rust::{Field, Static};
use crate::source::{FileId, Span};

/// Where the value is shared.
enum Place {
    /// A static.
    Static(Static),
    /// A field of the stream's context that holds a cell of the root's.
    Field {
        field: String,
        root: (String, String),
    },
}

impl Place {
    /// As code names it: behind `self.` for a field.
    fn name(&self) -> &str {
        match self {
            Self::Static(item) => &item.name,
            Self::Field { field, .. } => field,
        }
    }

    fn is_field(&self) -> bool {
        matches!(self, Self::Field { .. })
    }
}

/// The fix of one finding.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let fact = cx
        .stores_to(&finding.subject)
        .iter()
        .find(|s| s.span == finding.primary.span)
        .filter(|s| matches!(s.storage, Storage::Static | Storage::Root))
        .ok_or("the store is not known")?;
    let within = cx
        .function_at(fact.span)
        .ok_or("the store stands outside of a function")?;
    let function = within.function();
    let statement = function
        .top()
        .find(|s| s.span.contains(fact.span))
        .ok_or("the store stands inside a branch")?;
    let text = &cx.sources.file(within.file).text;
    if follows_attribute(text, statement.span.lo as usize) {
        return Err("the store has an attribute, such as `#[cfg(..)]`".to_owned());
    }
    let Stored {
        value,
        place,
        branch,
    } = stored(cx, statement.span).ok_or("the store is no plain assignment")?;
    let last = fact.subject.rsplit("::").next().unwrap_or_default();
    let place = match (fact.storage, place.strip_prefix("self.")) {
        (Storage::Static, None) if place == last => Place::Static(declared(cx, &within, last)?),
        (Storage::Root, Some(field)) => {
            let root = fact
                .subject
                .split_once('.')
                .ok_or("the field is not known")?;
            Place::Field {
                field: field.to_owned(),
                root: (root.0.to_owned(), root.1.to_owned()),
            }
        }
        _ => return Err("the store is reached through other values".to_owned()),
    };
    let name = place.name();
    let ty = match &place {
        Place::Static(item) => cx.text(item.ty),
        Place::Field { field, .. } => {
            let mut fields = within.outline.fields.iter();
            let own = |f: &&Field| Some(&f.owner) == function.owner.as_ref() && f.name == *field;
            let field = fields.find(own).ok_or("the struct stands elsewhere")?;
            cx.text(field.value)
        }
    };
    let ty = plain_type(ty);
    // What the value is made by.
    let sources: Vec<_> = fact.sources.iter().collect();
    let roots = [if branch.is_some() {
        statement.span
    } else {
        value
    }];
    let slice = Slice::of(cx, &within, &roots, &sources)?;
    let spans = slice.spans();
    let code = Moved {
        within: &within,
        spans: &spans,
        stores: &[name],
        whole: false,
    };
    code.is_readable(cx)?;
    code.does_nothing_else(cx, |s| branch.is_some() && s == fact.subject)?;
    code.means_the_same(cx)?;
    let words = function.words.iter();
    // The store itself does not move.
    let goes = |at: &usize| {
        let inside = spans.iter().any(|s| s.range().contains(at));
        let stays = branch.is_some_and(|b| b.range().contains(at)) && !value.range().contains(at);
        inside && !stays
    };
    let moved = words.filter(|(_, at)| goes(at));
    let moved: BTreeSet<&str> = moved.map(|(w, _)| w.as_str()).collect();
    let mutable = |word: &&&str| {
        let mut files = cx.declaring(word).iter();
        files.any(|f| {
            let outline = cx.outline(*f);
            outline.is_some_and(|o| o.named(word).any(|f| f.mutable))
        })
    };
    if let Some(word) = moved.iter().find(mutable) {
        return Err(format!("`{word}` takes `&mut self`"));
    }
    if !function.has_self || function.generic {
        return Err(format!("`{}` is no plain method", function.name));
    }
    let mut edits: Vec<Edit> = Vec::new();
    let wanted = property_name(fact);
    let replaced_code = match (&branch, &place) {
        (None, _) => Vec::new(),
        (Some(store), Place::Static(item)) => {
            let first =
                first_value(cx.text(item.value)).ok_or("what it is at first is not said")?;
            let text = &cx.sources.file(within.file).text;
            let (nl, indent) = (
                line_break(text),
                indent_at(text, statement.span.lo as usize),
            );
            let end = statement.span.hi as usize;
            let otherwise = format!(" else {{{nl}{indent}    {first}{nl}{indent}}}");
            vec![
                (*store, cx.text(value).to_owned()),
                (Span::new(within.file, end, end), otherwise),
            ]
        }
        _ => return Err("the store stands inside a branch".to_owned()),
    };
    let plain = branch.is_none() && slice.needed.is_empty();
    let call = if plain && !cx.text(value).contains('\n') {
        cx.text(value).to_owned()
    } else {
        let method = format!("current_{wanted}");
        let new = NewMethod {
            signature: format!("fn {method}(&self) -> {ty}"),
            name: &method,
            lead: &[],
            body: &spans,
            gives: true,
            said: Said::default(),
            replaced: &replaced_code,
            wrap: ["", ""],
        };
        edits.push(new_method(cx, &within, &new)?);
        format!("self.{method}()")
    };
    let unclear = [".into()", ".collect()", ".parse()", "default()"];
    let annotation = match unclear.iter().any(|u| code_of(&call).contains(u)) {
        true => format!(": {ty}"),
        false => String::new(),
    };
    let readers = readers(cx, &within, &place, statement.span)?;
    // Comments on the store go where its value is asked for now.
    let room = readers
        .first()
        .is_some_and(|r| !is_on_one_line(&cx.sources.file(r.file).text, r.function()));
    let all = match room {
        true => said_of(cx, statement.span, &[name, &wanted]),
        false => statement.span,
    };
    let mut said = Said::of(cx, statement.span, all);
    let mut replaced: BTreeSet<(FileId, u32)> = BTreeSet::new();
    for reader in &readers {
        let f = reader.function();
        let module = |w: &Within| w.outline.module(w.function().span);
        let same = reader.file == within.file && module(reader) == module(&within);
        if f.owner != function.owner || !f.has_self || f.is_async || !same || reader.is(&within) {
            return Err(format!("`{}` uses `{name}` too", f.name));
        }
        let mut bound = f.bound.iter();
        let moves = f.words.iter().any(|(w, _)| w == "move");
        if moves || f.has_items() || bound.any(|(b, _)| moved.contains(b.as_str())) {
            return Err(format!("names mean something else in `{}`", f.name));
        }
        let local = local_name(cx, &reader.outline, f, &wanted)?;
        let mut reads = Reads {
            of_self: place.is_field(),
            ..Reads::default()
        };
        let tokens: TokenStream = cx
            .text(f.body)
            .parse()
            .map_err(|_| "the reader can't be read again")?;
        reads.find(tokens, name, &local);
        let members = reader.outline.members.iter();
        let mut named: Vec<u32> = members
            .filter(|(n, s)| n == name && f.body.contains(*s))
            .map(|(_, s)| s.hi)
            .collect();
        if !place.is_field() {
            let words = f.words.iter().filter(|(w, _)| w == name);
            named = words.map(|(_, at)| (at + name.len()) as u32).collect();
        }
        if reads.strange || reads.count != named.len() {
            return Err(format!("`{}` does more than look at `{name}`", f.name));
        }
        replaced.extend(named.iter().map(|hi| (reader.file, *hi)));
        let base = f.body.lo as usize;
        edits.extend(reads.edits.into_iter().map(|(lo, hi, text)| Edit {
            span: Span::new(f.body.file, base + lo, base + hi),
            text,
        }));
        let text = &cx.sources.file(reader.file).text;
        if let Some(name) = later_macro(text, &call, base) {
            return Err(format!("`{name}!` is defined further down"));
        }
        let line = format!("let {local}{annotation} = {call};");
        let lines = std::mem::take(&mut said).around(vec![line]);
        edits.push(after_asking(text, f, &lines.join("\n"), &[f.body]));
    }
    if readers.is_empty() {
        return Err(format!("nothing reads `{name}`"));
    }
    edits.push(removal(cx, all));
    if slice.is_apart() {
        let needed = slice.needed.iter();
        edits.extend(needed.map(|s| removal(cx, s.span)));
    } else if !slice.needed.is_empty() {
        return Err("what the value is made of is needed for something else too".to_owned());
    }
    let owner = function.owner.as_deref().unwrap_or_default();
    match &place {
        Place::Static(item) => edits.push(removal(cx, said_of(cx, item.span, &[name]))),
        Place::Field { field, root } => {
            let fields = [(owner, field.as_str()), (&root.0, &root.1)];
            take_fields_out(cx, fields, statement.span, &mut replaced, &mut edits)?;
        }
    }
    edits.sort();
    unite(&mut edits);
    let gone: Vec<Span> = edits.iter().map(|e| e.span).collect();
    edits.extend(unused_imports(cx, within.file, &gone, &call));
    edits.sort();
    if overlap(&edits) {
        return Err("the places to change overlap".to_owned());
    }
    tidy(cx, &mut edits);
    let names = readers.iter().map(|r| r.function().name.as_str());
    let reason = in_tests(cx, name, names).unwrap_or_else(|| {
        format!(
            "what one stream stored no longer shows in another, should that be what `{name}` is for"
        )
    });
    Ok(Fix {
        title: format!("ask for `{wanted}` where it is used, and take `{name}` out"),
        safety: Safety::Unsafe,
        reason: Some(reason),
        edits,
    })
}

/// The static of a name, where nobody else can see it.
fn declared(cx: &Context<'_>, within: &Within, name: &str) -> Result<Static, String> {
    let mut declared = Vec::new();
    for file in cx.files_with(name) {
        let outline = cx.outline(file).ok_or("a file can't be read again")?;
        declared.extend(outline.statics.iter().filter(|s| s.name == name).cloned());
    }
    let [item] = &declared[..] else {
        return Err(format!("`{name}` is not declared once"));
    };
    if item.open || is_included(cx, item.span.file) || item.span.file != within.file {
        return Err(format!("`{name}` can be seen by others"));
    }
    Ok(item.clone())
}

/// The functions that name the place besides its declaration and the store.
fn readers(
    cx: &Context<'_>,
    within: &Within,
    place: &Place,
    store: Span,
) -> Result<Vec<Within>, String> {
    let name = place.name();
    let mut out: Vec<Within> = Vec::new();
    for file in cx.files_with(name) {
        let outline = cx.outline(file).ok_or("a file can't be read again")?;
        let text = &cx.sources.file(file).text;
        let mut named: Vec<Span> = Vec::new();
        match place {
            Place::Static(item) => {
                let found = text.match_indices(name).map(|(at, _)| at);
                let whole = found.filter(|at| {
                    !text[..*at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
                });
                let places = whole.map(|at| Span::new(file, at, at + name.len()));
                let other =
                    |s: &Span| !item.span.contains(*s) && !comment_around(text, s.lo as usize);
                named.extend(places.filter(other));
            }
            Place::Field { .. } => {
                let own = outline.members.iter().filter(|(n, s)| {
                    let holder = outline.innermost(*s).map(|i| &outline.functions[i]);
                    n == name && holder.is_none_or(|f| f.owner == within.function().owner)
                });
                named.extend(own.map(|(_, s)| *s));
            }
        }
        for span in named.into_iter().filter(|s| !store.contains(*s)) {
            let reader = outline.innermost(span).map(|index| Within {
                file,
                outline: Rc::clone(&outline),
                index,
            });
            let reader = reader.ok_or_else(|| format!("`{name}` is named outside of functions"))?;
            if !out.iter().any(|r| r.is(&reader)) {
                out.push(reader);
            }
        }
    }
    Ok(out)
}

/// Takes the cell out of the stream's context and of the root's, which hands it on.
fn take_fields_out(
    cx: &Context<'_>,
    fields: [(&str, &str); 2],
    store: Span,
    replaced: &mut BTreeSet<(FileId, u32)>,
    edits: &mut Vec<Edit>,
) -> Result<(), String> {
    let [(owner, field), (_, root)] = fields;
    let given = [
        format!("self.{root}.clone()"),
        format!("Rc::clone(&self.{root})"),
        format!("Arc::clone(&self.{root})"),
    ];
    for file in cx.files_with(root) {
        let outline = cx.outline(file).ok_or("a file can't be read again")?;
        let mut values = outline.initialisers.iter();
        let handed: Vec<Span> = values
            .by_ref()
            .filter(|f| f.owner == owner && f.name == field)
            .map(|f| f.value)
            .collect();
        let members = outline.members.iter();
        let own = members.filter(|(n, s)| n == root && handed.iter().any(|h| h.contains(*s)));
        replaced.extend(own.map(|(_, s)| (file, s.hi)));
    }
    for (n, (owner, field)) in fields.iter().enumerate() {
        let unused = Unused {
            owner,
            field,
            given: if n == 0 { &given } else { &[] },
            store,
            replaced,
        };
        if !unused.can_go(cx) {
            return Err(format!("`{owner}.{field}` is needed for something else"));
        }
        unused.remove(cx, edits);
    }
    Ok(())
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a byte stands in a line comment.
fn comment_around(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    code_of(&text[start..at]).contains("//")
}

/// The type in cells, locks and pointers.
fn plain_type(ty: &str) -> String {
    let mut ty = ty.trim();
    while let Some((head, rest)) = ty.split_once('<') {
        let name = head.rsplit("::").next().unwrap_or(head);
        let (true, Some(inner)) = (WRAPPERS.contains(&name), rest.strip_suffix('>')) else {
            break;
        };
        ty = inner.trim();
    }
    let last = ty.rsplit("::").next().unwrap_or(ty);
    match last.strip_prefix("Atomic") {
        Some("Bool") => "bool".to_owned(),
        Some(number) => number.to_lowercase(),
        None => ty.to_owned(),
    }
}

/// What a statement stores.
struct Stored {
    value: Span,
    /// The place as code names it.
    place: String,
    /// The store itself, where it stands alone behind `if let .. = ..`.
    branch: Option<Span>,
}

/// What a statement stores, where that is all it does.
fn stored(cx: &Context<'_>, statement: Span) -> Option<Stored> {
    let base = statement.lo as usize;
    let within = |span: proc_macro2::Span| {
        let range = span.byte_range();
        Span::new(statement.file, base + range.start, base + range.end)
    };
    let of = |e: &syn::Expr, branch: Option<Span>| {
        let (value, place) = value_of(e)?;
        Some(Stored {
            value: within(value.span()),
            place,
            branch,
        })
    };
    match syn::parse_str::<syn::Stmt>(cx.text(statement)).ok()? {
        syn::Stmt::Expr(syn::Expr::If(choice), _) => {
            let [only @ syn::Stmt::Expr(e, Some(_))] = &choice.then_branch.stmts[..] else {
                return None;
            };
            let lets = matches!(*choice.cond, syn::Expr::Let(_)) && choice.else_branch.is_none();
            lets.then(|| of(e, Some(within(only.span())))).flatten()
        }
        syn::Stmt::Expr(e, Some(_)) => of(&e, None),
        _ => None,
    }
}

/// What a static holds at first, without its cells and locks.
fn first_value(code: &str) -> Option<String> {
    let mut e = &syn::parse_str::<syn::Expr>(code).ok()?;
    loop {
        e = match e {
            syn::Expr::Const(c) => match &c.block.stmts[..] {
                [syn::Stmt::Expr(inner, None)] => inner,
                _ => return None,
            },
            syn::Expr::Call(call) => {
                let syn::Expr::Path(path) = &*call.func else {
                    return None;
                };
                let names: Vec<String> = path
                    .path
                    .segments
                    .iter()
                    .map(|s| s.ident.to_string())
                    .collect();
                match &names[..] {
                    [.., ty, new] if WRAPPERS.contains(&ty.as_str()) && new == "new" => {
                        call.args.first()?
                    }
                    _ => return Some(code.get(e.span().byte_range())?.to_owned()),
                }
            }
            _ => return Some(code.get(e.span().byte_range())?.to_owned()),
        };
    }
}

/// Cells, locks and pointers.
const WRAPPERS: [&str; 8] = [
    "RefCell", "Cell", "Mutex", "RwLock", "Rc", "Arc", "LazyLock", "Lazy",
];

/// The value and the place in `*NAME.lock().unwrap() = v`, `NAME.store(v, ..)`, `NAME.set(v)`,
/// `NAME.with(|x| ..)`, `*self.field.borrow_mut() = v`.
fn value_of(e: &syn::Expr) -> Option<(&syn::Expr, String)> {
    let named = |e: &syn::Expr| match e {
        syn::Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
        syn::Expr::Field(f) => match (&*f.base, &f.member) {
            (syn::Expr::Path(p), syn::Member::Named(name)) if p.path.is_ident("self") => {
                Some(format!("self.{name}"))
            }
            _ => None,
        },
        _ => None,
    };
    match e {
        syn::Expr::Assign(a) => {
            let syn::Expr::Unary(left) = &*a.left else {
                return None;
            };
            let mut place = &*left.expr;
            while let syn::Expr::MethodCall(call) = place {
                let opens = ["borrow_mut", "lock", "write", "unwrap", "expect"];
                if !opens.iter().any(|o| call.method == o) {
                    return None;
                }
                place = &call.receiver;
            }
            Some((&a.right, named(place)?))
        }
        syn::Expr::MethodCall(call) => {
            let place = named(&call.receiver)?;
            let method = call.method.to_string();
            match (method.as_str(), call.args.first()?) {
                ("store" | "set" | "replace", value) => Some((value, place)),
                ("with" | "with_borrow_mut", syn::Expr::Closure(closure)) => {
                    let [syn::Pat::Ident(inner)] = &closure.inputs.iter().collect::<Vec<_>>()[..]
                    else {
                        return None;
                    };
                    let (value, of) = value_of(&closure.body)?;
                    (inner.ident == of).then_some((value, place))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reads of a static in the text of a function, and what they become.
#[derive(Default)]
struct Reads {
    /// From byte to byte, and the new text.
    edits: Vec<(usize, usize, String)>,
    /// How many places were met.
    count: usize,
    /// Some place is no plain read.
    strange: bool,
    /// It is a field of `self`.
    of_self: bool,
}

impl Reads {
    /// Finds reads of what `base` names.
    fn find(&mut self, tokens: TokenStream, base: &str, local: &str) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (n, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(i) if i == base && self.is_base(&tokens, n) => {
                    self.count += 1;
                    self.read(&tokens, n, local);
                }
                TokenTree::Group(g) if !self.is_argument(&tokens, n, base) => {
                    self.find(g.stream(), base, local);
                }
                _ => {}
            }
        }
    }

    /// Whether the name stands where it means the place.
    fn is_base(&self, tokens: &[TokenTree], n: usize) -> bool {
        let own =
            || matches!(tokens.get(n.wrapping_sub(2)), Some(TokenTree::Ident(i)) if i == "self");
        match is_punct(tokens, n.wrapping_sub(1), '.') {
            true => self.of_self && own(),
            false => !self.of_self,
        }
    }

    /// The token with which the place starts.
    fn first(&self, n: usize) -> usize {
        if self.of_self { n - 2 } else { n }
    }

    /// Whether a group is the closure that the static is lent to, which is looked into there.
    fn is_argument(&self, tokens: &[TokenTree], n: usize, base: &str) -> bool {
        n >= 3
            && matches!(&tokens[n - 3], TokenTree::Ident(i) if i == base)
            && matches!(&tokens[n - 1], TokenTree::Ident(i) if i == "with" || i == "with_borrow")
    }

    fn read(&mut self, tokens: &[TokenTree], n: usize, local: &str) {
        let Some((method, args, mut end)) = call(tokens, n + 1) else {
            self.strange = true;
            return;
        };
        let start = tokens[self.first(n)].span().byte_range().start;
        let stop = |end: usize| tokens[end - 1].span().byte_range().end;
        match method.as_str() {
            "load" | "get" => self.edits.push((start, stop(end), local.to_owned())),
            "borrow" | "lock" | "read" => {
                if method != "borrow" {
                    match call(tokens, end) {
                        Some((m, _, more)) if m == "unwrap" || m == "expect" => end = more,
                        _ => self.strange = true,
                    }
                }
                self.lent(tokens, self.first(n), end, local);
            }
            "with" | "with_borrow" => {
                let inner: Vec<TokenTree> = args.clone().into_iter().collect();
                let [
                    TokenTree::Punct(a),
                    TokenTree::Ident(param),
                    TokenTree::Punct(b),
                    body @ ..,
                ] = &inner[..]
                else {
                    self.strange = true;
                    return;
                };
                let (Some(first), Some(last)) = (body.first(), body.last()) else {
                    self.strange = true;
                    return;
                };
                if a.as_char() != '|' || b.as_char() != '|' {
                    self.strange = true;
                    return;
                }
                let (lo, hi) = (
                    first.span().byte_range().start,
                    last.span().byte_range().end,
                );
                self.edits.push((start, lo, String::new()));
                self.edits.push((hi, stop(end), String::new()));
                let param = param.to_string();
                let count = self.count;
                if method == "with" {
                    self.find(body.iter().cloned().collect(), &param, local);
                } else {
                    self.parameter(body, &param, local);
                }
                self.count = count;
            }
            _ => self.strange = true,
        }
    }

    /// A reference to the value that a closure got.
    fn parameter(&mut self, tokens: &[TokenTree], param: &str, local: &str) {
        for (n, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(i) if i == param && !is_punct(tokens, n.wrapping_sub(1), '.') => {
                    self.lent(tokens, n, n + 1, local);
                }
                TokenTree::Group(g) => {
                    let inner: Vec<TokenTree> = g.stream().into_iter().collect();
                    self.parameter(&inner, param, local);
                }
                _ => {}
            }
        }
    }

    /// A guard or a reference from token `n` to `end` becomes the variable, or a reference to it.
    fn lent(&mut self, tokens: &[TokenTree], n: usize, end: usize, local: &str) {
        let mut start = tokens[n].span().byte_range().start;
        let stop = tokens[end - 1].span().byte_range().end;
        let before = n.wrapping_sub(1);
        let text = if is_punct(tokens, before, '*') {
            start = tokens[before].span().byte_range().start;
            local.to_owned()
        } else if is_punct(tokens, before, '&') || is_punct(tokens, end, '.') {
            local.to_owned()
        } else {
            format!("&{local}")
        };
        self.edits.push((start, stop, text));
    }
}

fn is_punct(tokens: &[TokenTree], n: usize, c: char) -> bool {
    matches!(tokens.get(n), Some(TokenTree::Punct(p)) if p.as_char() == c)
}

/// `.method(args)` from token `n` on, and where it ends.
fn call(tokens: &[TokenTree], n: usize) -> Option<(String, TokenStream, usize)> {
    let [
        TokenTree::Punct(dot),
        TokenTree::Ident(method),
        TokenTree::Group(args),
        ..,
    ] = tokens.get(n..)?
    else {
        return None;
    };
    let plain = dot.as_char() == '.' && args.delimiter() == Delimiter::Parenthesis;
    plain.then(|| (method.to_string(), args.stream(), n + 3))
}

/// Imports that only the static and what went with it needed.
fn unused_imports(cx: &Context<'_>, file: FileId, gone: &[Span], added: &str) -> Vec<Edit> {
    let Some(outline) = cx.outline(file) else {
        return Vec::new();
    };
    let text = &cx.sources.file(file).text;
    let mut left = String::new();
    let mut at = 0;
    let mut skipped: Vec<Span> = gone.iter().chain(&outline.imports).copied().collect();
    skipped.retain(|s| s.file == file && s.lo < s.hi);
    skipped.sort();
    for span in skipped {
        if span.lo as usize >= at {
            left.push_str(&text[at..span.lo as usize]);
            at = span.hi as usize;
        }
    }
    left.push_str(&text[at..]);
    left.push_str(added);
    let needed_before = |name: &str| {
        let mut spans = gone.iter().filter(|s| s.file == file);
        spans.any(|s| has_word(cx.text(*s), name))
    };
    let unused = |import: &&Span| {
        let code = cx.text(**import).trim_end_matches(';');
        let (path, names) = code.rsplit_once("::").unwrap_or(("", code));
        let list = code.split_once('{').map(|(_, l)| l.trim_end_matches('}'));
        let mut names = list
            .unwrap_or(names)
            .split(',')
            .map(str::trim)
            .filter(|n| !n.is_empty());
        let mut names = names.by_ref().peekable();
        path.contains("std::")
            && names.peek().is_some()
            && names.all(|n| n.chars().all(is_part) && needed_before(n) && !has_word(&left, n))
    };
    let imports = outline.imports.iter().filter(unused);
    imports.map(|span| removal(cx, *span)).collect()
}
