//! `route-in-async-callback`: the closure asks when it runs, instead of keeping what was asked before.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;

use super::caution::{code_of, is_included};
use super::layout::tidy;
use super::moved::Moved;
use super::remove::removal;
use super::text::{LINE, has_word, indent_at, line_break, line_start};
use super::{Context, Outcome};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::flow::Storage;
use crate::rust::{StatementKind, Use};
use crate::source::Span;

/// The fix of one finding: what it captures is a variable, bound by one expression of `self`.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let fact = cx
        .stores_to(&finding.subject)
        .iter()
        .find(|s| s.span == finding.primary.span)
        .filter(|s| s.storage == Storage::Capture)
        .ok_or("the closure is not known")?;
    let advice = || {
        format!(
            "capture nothing of `{}`, and ask where the closure runs",
            fact.subject
        )
    };
    let within = cx
        .function_at(fact.span)
        .ok_or("the closure stands outside of a function")?;
    let function = within.function();
    if is_included(cx, within.file) || function.is_async {
        return Err(advice());
    }
    let text = cx.text(fact.span);
    let base = fact.span.lo as usize;
    let closure = syn::parse_str::<syn::ExprClosure>(text).map_err(|_| advice())?;
    let at = |node: &dyn Fn() -> proc_macro2::Span| {
        let range = node().byte_range();
        (base + range.start, base + range.end)
    };
    // The variable, and where it is made.
    let name = fact.subject.as_str();
    let made = function.top().find_map(|s| match &s.kind {
        StatementKind::Let { name: n, value } if n == name && s.span.hi < fact.span.lo => {
            Some((s, *value))
        }
        _ => None,
    });
    let (statement, value) = made.ok_or_else(advice)?;
    let is_it = |u: &&Use| statement.span.range().contains(&u.bound) && u.name == name;
    let uses: Vec<&Use> = function.uses.iter().filter(is_it).collect();
    let inside = |u: &Use| fact.span.range().contains(&u.at);
    let used: Vec<&Use> = uses.iter().filter(|u| inside(u)).copied().collect();
    let file_text = &cx.sources.file(within.file).text;
    if used.is_empty() || used.iter().any(|u| !file_text[u.at..].starts_with(name)) {
        return Err(advice());
    }
    let spans = [value];
    let code = Moved {
        within: &within,
        spans: &spans,
        stores: &[],
        whole: false,
    };
    code.is_readable(cx)?;
    code.does_nothing_else(cx, |_| false)?;
    code.means_the_same(cx)?;
    let others = function
        .uses
        .iter()
        .any(|u| value.range().contains(&u.at) && u.name != "self");
    if others || !code.asks_all(cx, &fact.sources) || cx.text(value).contains('\n') {
        return Err(advice());
    }
    // The context that it is handed.
    let owner = function.owner.as_deref().unwrap_or_default();
    let handed = closure.inputs.iter().find_map(|pat| context_of(pat, owner));
    let handed = match (handed, closure.inputs.len()) {
        (Some(name), _) => name,
        (None, 1) if is_handed(cx, owner) => match closure.inputs.first() {
            Some(syn::Pat::Ident(p)) => p.ident.to_string(),
            _ => return Err(advice()),
        },
        _ => {
            return Err(format!(
                "the closure is not handed the context: {}",
                advice()
            ));
        }
    };
    let call = of_context(cx.text(value), &handed).ok_or_else(advice)?;
    let mutable = |word: &str| {
        let mut files = cx.declaring(word).iter();
        files.any(|f| {
            cx.outline(*f)
                .is_some_and(|o| o.named(word).any(|f| f.mutable))
        })
    };
    let words = function.words.iter();
    if words
        .clone()
        .any(|(w, at)| value.range().contains(at) && mutable(w))
    {
        return Err(advice());
    }
    let mut edits = Vec::new();
    let (body, _) = at(&|| closure.body.span());
    let block = matches!(*closure.body, syn::Expr::Block(_));
    // In the place of its only use, where the line stays short enough.
    let fits = |u: &&Use| {
        let line = file_text[line_start(file_text, u.at)..].lines().next();
        let width = line.map_or(0, |l| l.chars().count());
        file_text[u.at + name.len()..].starts_with('.') && width + call.len() - name.len() <= LINE
    };
    let only = match used[..] {
        [one] => Some(one).filter(fits),
        _ => None,
    };
    match (only, block) {
        (Some(one), _) => edits.push(Edit {
            span: Span::new(within.file, one.at, one.at + name.len()),
            text: call.clone(),
        }),
        (None, true) => {
            let nl = line_break(file_text);
            let open = body + 1;
            let rest = &file_text[open..fact.span.hi as usize];
            let gap = rest.len() - rest.trim_start().len();
            let line = format!("let {name} = {call};");
            let text = match rest[..gap].contains('\n') {
                true => format!("{nl}{}{line}", indent_at(file_text, open + gap)),
                false => format!(" {line}"),
            };
            edits.push(Edit {
                span: Span::new(within.file, open, open),
                text,
            });
        }
        (None, false) => return Err(advice()),
    }
    // Nothing else is taken along.
    let own = |u: &&Use| inside(u) && !fact.span.range().contains(&u.bound) && u.name != name;
    if function.uses.iter().filter(own).count() == 0
        && !code_of(text).contains("self")
        && let Some(word) = &closure.capture
    {
        let (lo, hi) = at(&|| word.span());
        let blanks = file_text[hi..].len() - file_text[hi..].trim_start().len();
        edits.push(Edit {
            span: Span::new(within.file, lo, hi + blanks),
            text: String::new(),
        });
    }
    if uses.len() == used.len() {
        edits.push(removal(cx, statement.span));
    }
    edits.sort();
    tidy(cx, &mut edits);
    Ok(Fix {
        title: format!("ask for `{name}` when the closure runs"),
        safety: Safety::Unsafe,
        reason: Some(
            "the closure asks each time it runs, and acts on the answer of that time".to_owned(),
        ),
        edits,
    })
}

/// The name of a parameter `name: &Type`.
fn context_of(pat: &syn::Pat, owner: &str) -> Option<String> {
    let syn::Pat::Type(typed) = pat else {
        return None;
    };
    let (syn::Pat::Ident(name), syn::Type::Reference(to)) = (&*typed.pat, &*typed.ty) else {
        return None;
    };
    match &*to.elem {
        syn::Type::Path(p) => {
            let last = p.path.segments.last()?;
            (last.ident == owner || last.ident == "Self").then(|| name.ident.to_string())
        }
        _ => None,
    }
}

/// Whether each closure that some field of the type holds gets the context.
fn is_handed(cx: &Context<'_>, owner: &str) -> bool {
    let mut held = cx.files_with(owner).into_iter().flat_map(|file| {
        let outline = cx.outline(file);
        let fields = outline.map(|o| o.fields.clone()).unwrap_or_default();
        fields.into_iter().filter(|f| f.owner == owner)
    });
    let mut closures = held
        .by_ref()
        .filter(|f| has_word(cx.text(f.value), "dyn"))
        .peekable();
    closures.peek().is_some()
        && closures.all(|f| {
            let ty: String = cx.text(f.value).split_whitespace().collect();
            ty.contains(&format!("(&{owner})")) || ty.contains(&format!("(&mut{owner})"))
        })
}

/// An expression of `self` as one of another variable; `None` where `self` is used in another way.
fn of_context(code: &str, handed: &str) -> Option<String> {
    let mut places = Vec::new();
    find_self(code.parse().ok()?, &mut places)?;
    let mut out = code.to_owned();
    for (lo, hi) in places.into_iter().rev() {
        out.replace_range(lo..hi, handed);
    }
    Some(out)
}

fn find_self(tokens: TokenStream, out: &mut Vec<(usize, usize)>) -> Option<()> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (n, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(i) if i == "self" => {
                let dot =
                    matches!(tokens.get(n + 1), Some(TokenTree::Punct(p)) if p.as_char() == '.');
                if !dot {
                    return None;
                }
                let range = i.span().byte_range();
                out.push((range.start, range.end));
            }
            TokenTree::Group(g) => find_self(g.stream(), out)?,
            _ => {}
        }
    }
    Some(())
}
