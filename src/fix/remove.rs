//! Fields that nothing needs any more.

use std::collections::BTreeSet;
use std::path::Path;

use super::Context;
use super::caution::{code_of, is_included};
use super::text::{comment_behind, has_word, indent_at, line_start, own_comments, whole_lines};
use super::unseen::{is_named_elsewhere, is_named_in_tests};
use crate::finding::Edit;
use crate::rust::{Field, Outline, Struct};
use crate::source::{FileId, Span};

/// A field, and what is known of its uses.
pub(super) struct Unused<'a> {
    /// The type.
    pub(super) owner: &'a str,
    /// The field.
    pub(super) field: &'a str,
    /// The left side of its only store.
    pub(super) store: Span,
    /// What it may be given in literals besides what only builds a value.
    pub(super) given: &'a [String],
    /// Ends of the reads that are replaced.
    pub(super) replaced: &'a BTreeSet<(FileId, u32)>,
}

impl Unused<'_> {
    /// Whether the field can go.
    pub(super) fn can_go(&self, cx: &Context<'_>) -> bool {
        self.has_no_uses(cx) && self.is_private_business(cx)
    }

    fn is(&self, f: &Field) -> bool {
        f.owner == self.owner && f.name == self.field
    }

    /// Whether nothing but the store and the replaced reads uses the field.
    fn has_no_uses(&self, cx: &Context<'_>) -> bool {
        for file in code_with(cx, self.field) {
            let Some(outline) = cx.outline(file) else {
                return false;
            };
            let used = outline.members.iter().any(|(name, span)| {
                *name == self.field
                    && !self.store.contains(*span)
                    && !self.replaced.contains(&(file, span.hi))
                    && !self.is_of_another(cx, &outline, *span)
            });
            let public = outline.fields.iter().any(|f| self.is(f) && f.public);
            let taken_apart = outline.destructured.iter().any(|d| d == self.owner);
            let mut values = outline.initialisers.iter();
            let shorthand = values.any(|i| self.is(i) && cx.text(i.span) == self.field);
            if used || public || taken_apart || shorthand {
                return false;
            }
        }
        true
    }

    /// Whether `.field` is surely the field of another struct: `self.field` in a method of another
    /// type.
    fn is_of_another(&self, cx: &Context<'_>, outline: &Outline, span: Span) -> bool {
        let text = &cx.sources.file(span.file).text;
        let holder = || outline.innermost(span).map(|i| &outline.functions[i]);
        text[..span.lo as usize].ends_with("self.")
            && holder().is_some_and(|f| f.owner.as_deref() != Some(self.owner))
    }

    /// Whether nothing that is not seen here uses it.
    fn is_private_business(&self, cx: &Context<'_>) -> bool {
        let mut declared = 0;
        for file in code_with(cx, self.owner) {
            let Some(outline) = cx.outline(file) else {
                return false;
            };
            // Words about something else that stands inside of it.
            let mut fields = outline.fields.iter().chain(&outline.initialisers);
            if fields.any(|f| self.is(f) && has_comment(cx.text(f.span))) {
                return false;
            }
            let mut values = outline.initialisers.iter().filter(|f| self.is(f));
            let given = |f: &Field| self.given.iter().any(|g| g == cx.text(f.value));
            if !values.all(|f| given(f) || is_pure(cx, f.value)) {
                return false;
            }
            for item in outline.structs.iter().filter(|s| s.name == self.owner) {
                declared += 1;
                if !self.is_indifferent(cx, &outline, item) {
                    return false;
                }
            }
        }
        declared == 1
            && is_written_plainly(cx, self.owner, self.field)
            && !is_named_elsewhere(cx, self.field)
            && !is_named_in_tests(cx, self.field)
    }

    /// Whether nothing that is said of the struct as a whole looks at the field.
    fn is_indifferent(&self, cx: &Context<'_>, outline: &Outline, item: &Struct) -> bool {
        let silent = |d: &String| match d.as_str() {
            "Default" | "Clone" | "Copy" => true,
            "Debug" => !self.is_printed(cx),
            _ => false,
        };
        let ty = outline.fields.iter().find(|f| self.is(f));
        let ty = ty.map_or("", |f| cx.text(f.value));
        // A parameter may be there for this field alone.
        let mut parameters = item.parameters.iter();
        let narrows = parameters.any(|p| has_word(ty, p));
        !item.attributed && !narrows && item.derives.iter().all(silent)
    }

    /// Whether the whole struct may be printed.
    fn is_printed(&self, cx: &Context<'_>) -> bool {
        cx.files_with(self.owner).into_iter().any(|file| {
            let Some(outline) = cx.outline(file) else {
                return true;
            };
            let text = &cx.sources.file(file).text;
            // Part of another one, which may be printed.
            let mut fields = outline.fields.iter();
            if fields.any(|f| has_word(cx.text(f.value), self.owner)) {
                return true;
            }
            outline.functions.iter().any(|f| {
                let own = f.owner.as_deref() == Some(self.owner);
                let given_away = f.words.iter().any(|(word, at)| {
                    let rest = text[*at..].strip_prefix("self").unwrap_or_default();
                    word == "self" && !rest.trim_start().starts_with('.')
                });
                let about = has_word(cx.text(f.span), self.owner);
                own && given_away || about && cx.text(f.body).contains("?}")
            })
        })
    }

    /// Takes the field and its values in literals out.
    pub(super) fn remove(&self, cx: &Context<'_>, edits: &mut Vec<Edit>) {
        for file in cx.files_with(self.field) {
            let Some(outline) = cx.outline(file) else {
                continue;
            };
            for f in outline.fields.iter().chain(&outline.initialisers) {
                if self.is(f) {
                    edits.push(without(cx, f.span, self.field));
                }
            }
        }
    }
}

/// Whether the field and all its values in literals are seen, and may be changed.
pub(super) fn is_written_plainly(cx: &Context<'_>, owner: &str, field: &str) -> bool {
    let is_it = |f: &&Field| f.owner == owner && f.name == field;
    let plain = |outline: &Outline, file: FileId| {
        let mut fields = outline.fields.iter().chain(&outline.initialisers);
        let mut values = fields.clone().filter(is_it);
        // A literal that a macro makes.
        let mut in_macros = outline.named_in_macros.iter();
        let in_macro =
            in_macros.any(|(name, span)| name == field && !fields.any(|i| i.span.contains(*span)));
        let renamed = outline.renamed.iter().any(|(name, _)| name == owner);
        !in_macro && !renamed && !values.any(|f| f.attributed || is_included(cx, file))
    };
    let mut files: BTreeSet<FileId> = code_with(cx, owner).collect();
    files.extend(code_with(cx, field));
    let mut files = files.into_iter();
    files.all(|file| cx.outline(file).is_some_and(|o| plain(&o, file)))
}

/// The files with code in which a word occurs, those that are pulled in under any name too.
pub(super) fn code_with<'c>(
    cx: &'c Context<'_>,
    word: &'c str,
) -> impl Iterator<Item = FileId> + 'c {
    let is_code = |path: &Path| path.extension().is_none_or(|e| e != "toml" && e != "lock");
    cx.files()
        .filter(move |(_, f)| is_code(&f.path) && f.text.contains(word))
        .map(|(file, _)| file)
}

/// Whether leaving an expression out changes nothing: it names no variable, and what it calls does
/// nothing but build a value.
fn is_pure(cx: &Context<'_>, value: Span) -> bool {
    let mut doing = cx.flow.doing_in(value);
    let builds = syn::parse_str(cx.text(value)).is_ok_and(|e| only_builds(&e));
    builds && doing.all(|(_, deeds)| deeds.is_empty())
}

fn only_builds(e: &syn::Expr) -> bool {
    let all = |mut list: syn::punctuated::Iter<'_, syn::Expr>| list.all(only_builds);
    match e {
        syn::Expr::Lit(_) => true,
        // A constant, a variant, a function; a variable is needed elsewhere.
        syn::Expr::Path(p) => {
            p.path.segments.len() > 1 || p.path.segments.iter().all(|s| starts_large(&s.ident))
        }
        syn::Expr::Call(c) => {
            let syn::Expr::Path(p) = &*c.func else {
                return false;
            };
            let names: Vec<_> = p.path.segments.iter().collect();
            let built = match &names[..] {
                [.., ty, name] if starts_large(&ty.ident) => {
                    starts_large(&name.ident) || BUILDING.iter().any(|b| name.ident == b)
                }
                [variant] => starts_large(&variant.ident),
                _ => false,
            };
            built && all(c.args.iter())
        }
        syn::Expr::MethodCall(c) => {
            let plain = ["to_string", "to_owned", "into", "to_vec", "clone"];
            plain.iter().any(|p| c.method == p) && only_builds(&c.receiver) && c.args.is_empty()
        }
        syn::Expr::Macro(m) => m.mac.path.is_ident("vec") && m.mac.tokens.is_empty(),
        syn::Expr::Array(a) => all(a.elems.iter()),
        syn::Expr::Tuple(t) => all(t.elems.iter()),
        syn::Expr::Paren(p) => only_builds(&p.expr),
        syn::Expr::Reference(r) => only_builds(&r.expr),
        syn::Expr::Unary(u) => only_builds(&u.expr),
        syn::Expr::Cast(c) => only_builds(&c.expr),
        syn::Expr::Binary(b) => only_builds(&b.left) && only_builds(&b.right),
        syn::Expr::Struct(s) => s.rest.is_none() && s.fields.iter().all(|f| only_builds(&f.expr)),
        _ => false,
    }
}

/// Functions of types that only build a value.
const BUILDING: [&str; 5] = [
    "new",
    "default",
    "from",
    "with_capacity",
    "with_capacity_and_hasher",
];

fn starts_large(name: &syn::Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

/// Whether there is a comment in some code, its documentation apart.
fn has_comment(text: &str) -> bool {
    let mut lines = text.lines().filter(|l| !l.trim_start().starts_with("///"));
    lines.any(|l| {
        let code = code_of(l);
        code.contains("//") || code.contains("/*")
    })
}

/// Takes one part of a list in braces out, with the comma: the one behind, or for the last the one
/// before. What is said of it on its lines and above them goes with it.
fn without(cx: &Context<'_>, span: Span, name: &str) -> Edit {
    let text = &cx.sources.file(span.file).text;
    let (mut lo, mut hi) = (span.lo as usize, span.hi as usize);
    let behind = text[hi..].trim_start();
    let alone = text[line_start(text, lo)..lo].trim().is_empty();
    if behind.starts_with(',') {
        hi = text.len() - behind.len() + 1;
        let end = comment_behind(text, hi);
        if alone && (end > hi || ends_line(text, hi)) {
            (lo, hi) = (own_comments(text, lo, hi, &[name]), end);
        }
        (lo, hi) = whole_lines(text, lo, hi);
    } else if alone {
        // On a line of its own: the comma before it may stay.
        let end = comment_behind(text, hi);
        if end > hi || ends_line(text, hi) {
            (lo, hi) = (own_comments(text, lo, hi, &[name]), end);
        }
        (lo, hi) = whole_lines(text, lo, hi);
    } else if let Some(before) = text[..lo].trim_end().strip_suffix(',') {
        lo = before.len();
    } else {
        (lo, hi) = whole_lines(text, lo, hi);
    }
    let (before, behind) = (text[..lo].trim_end(), text[hi..].trim_start());
    if before.ends_with('{') && behind.starts_with('}') {
        // The last one leaves `{}`.
        (lo, hi) = (before.len(), text.len() - behind.len());
    }
    Edit {
        span: Span::new(span.file, lo, hi),
        text: String::new(),
    }
}

fn ends_line(text: &str, at: usize) -> bool {
    text[at..]
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .is_empty()
}

/// Takes a statement out, with its line when nothing else stands there.
pub(super) fn removal(cx: &Context<'_>, span: Span) -> Edit {
    let text = &cx.sources.file(span.file).text;
    let (lo, hi) = whole_lines(text, span.lo as usize, span.hi as usize);
    Edit {
        span: Span::new(span.file, lo, hi),
        text: String::new(),
    }
}

/// What comments say of code, without the indentation.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// On lines of their own above it.
    pub(super) above: Vec<String>,
    /// Behind it.
    pub(super) behind: Option<String>,
}

impl Said {
    /// With more, which comes later.
    pub(super) fn join(&mut self, more: Self) {
        self.above.extend(self.behind.take());
        self.above.extend(more.above);
        self.behind = more.behind;
    }

    /// Lines of code with it.
    pub(super) fn around(self, lines: Vec<String>) -> Vec<String> {
        let mut out = self.above;
        out.extend(lines);
        if let (Some(behind), Some(line)) = (self.behind, out.last_mut()) {
            line.push_str(&format!(" {behind}"));
        }
        out
    }

    /// What is said of a statement whose range with its comments is `all`.
    pub(super) fn of(cx: &Context<'_>, span: Span, all: Span) -> Self {
        let text = |lo: u32, hi: u32| cx.text(Span::new(span.file, lo as usize, hi as usize));
        let above = text(all.lo, span.lo).lines().map(str::trim);
        let behind = text(span.hi, all.hi).trim();
        Self {
            above: above.filter(|l| !l.is_empty()).map(str::to_owned).collect(),
            behind: Some(behind.to_owned()).filter(|b| !b.is_empty()),
        }
    }
}

/// A statement with the comments that are about it alone, above it and behind it.
pub(super) fn said_of(cx: &Context<'_>, span: Span, names: &[&str]) -> Span {
    let text = &cx.sources.file(span.file).text;
    let (lo, hi) = (span.lo as usize, span.hi as usize);
    let start = line_start(text, lo);
    let end = comment_behind(text, hi);
    if !text[start..lo].trim().is_empty() || end == hi && !ends_line(text, hi) {
        return span;
    }
    let above = own_comments(text, lo, hi, names);
    let above = if above == start {
        lo
    } else {
        above + indent_at(text, above).len()
    };
    Span::new(span.file, above, end)
}
