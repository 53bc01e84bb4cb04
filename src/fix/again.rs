//! How a value can be stored once more: the user's own statements as a method.

use rustc_hash::FxHashMap;

use super::caution::{code_of, is_constant, is_included, may_change, receiver_start};
use super::doubt::adds;
use super::method::{NewMethod, new_method};
use super::moved::{Moved, UNREADABLE};
use super::remove::{Said, removal, said_of};
use super::slice::Slice;
use super::{Context, Within};
use crate::finding::Edit;
use crate::flow::{Storage, StoreFact, is_within};
use crate::rust::{Field, Statement, StatementKind};
use crate::source::Span;

/// How the value is stored once more.
pub(super) struct Again {
    /// The function that stores it now.
    pub(super) within: Within,
    /// The call that does it; `&mut self` is needed for it if the second says so.
    pub(super) call: String,
    pub(super) mutable: bool,
    /// The code that it runs.
    pub(super) spans: Vec<Span>,
    pub(super) edits: Vec<Edit>,
}

/// The functions that may store it, by themselves or by calling: the one that holds the store first,
/// the callback last.
pub(super) fn candidates(cx: &Context<'_>, fact: &StoreFact) -> Vec<Within> {
    let mut places: Vec<Span> = cx
        .writes_touching(&fact.subject)
        .filter(|(_, deed)| deed.writes(&fact.subject))
        .map(|(span, _)| span)
        .collect();
    places.sort();
    places.dedup();
    places.insert(0, fact.span);
    let mut out: Vec<Within> = Vec::new();
    for span in places {
        if let Some(found) = cx.function_at(span)
            && !out.iter().any(|o| o.is(&found))
        {
            out.push(found);
        }
    }
    out
}

/// A way to store it again, or why there is none: what no rewriting would change comes first, then what
/// is said of the function that holds the store.
pub(super) fn again(cx: &Context<'_>, fact: &StoreFact) -> Result<Again, String> {
    let mut reasons: Vec<String> = Vec::new();
    for within in candidates(cx, fact) {
        let found = whole(cx, fact, &within).or_else(|first| match part(cx, fact, &within, &[]) {
            Ok(found) => Ok(found),
            Err(second) => Err(if first.is_empty() { second } else { first }),
        });
        match found {
            Ok(found) => return Ok(found),
            Err(reason) => reasons.push(reason),
        }
    }
    let gravest = reasons.iter().position(|r| r.contains(UNREADABLE));
    reasons.into_iter().nth(gravest.unwrap_or(0)).map_or_else(
        || Err("the store stands outside of a function".to_owned()),
        Err,
    )
}

/// The function as it is, when storing is all that it does. The error is empty when it was never meant
/// to be called for that.
fn whole(cx: &Context<'_>, fact: &StoreFact, within: &Within) -> Result<Again, String> {
    let function = within.function();
    let callable = function.has_self
        && function.parameters == 0
        && function.name != fact.callback
        && !function.consumes
        && !function.is_async;
    if !callable || is_included(cx, within.file) {
        return Err(String::new());
    }
    // As a method of a trait it may not be in scope where it would be called.
    let mut impls = within.outline.impls.iter();
    if impls.any(|i| i.of_trait && i.span.contains(function.span)) {
        return Err(String::new());
    }
    let spans = vec![function.body];
    check(cx, fact, within, &spans, true)?;
    let code = moved(within, &spans, &[], true);
    if !code.asks_all(cx, &fact.sources) {
        return Err(String::new());
    }
    Ok(Again {
        within: within.clone(),
        call: format!(
            "{}self.{}();",
            if function.output.is_some() {
                "let _ = "
            } else {
                ""
            },
            function.name
        ),
        mutable: function.mutable,
        spans,
        edits: Vec::new(),
    })
}

fn moved<'a>(
    within: &'a Within,
    spans: &'a [Span],
    stores: &'a [&'a str],
    whole: bool,
) -> Moved<'a> {
    Moved {
        within,
        spans,
        stores,
        whole,
    }
}

/// Whether the code can run in another callback too.
fn check(
    cx: &Context<'_>,
    fact: &StoreFact,
    within: &Within,
    spans: &[Span],
    whole: bool,
) -> Result<(), String> {
    let plain = moved(within, spans, &[], whole);
    // What is made of the same answers may be stored again with it.
    let asked = plain.asked(cx);
    let mut made_alike: FxHashMap<&str, bool> = FxHashMap::default();
    for store in cx
        .flow
        .kept
        .iter()
        .filter(|s| cx.files.contains(&s.span.file))
    {
        let mut sources = store.sources.iter();
        let alike = !store.adds && sources.all(|s| asked.contains(&(s.span, s.property.as_str())));
        *made_alike.entry(&store.subject).or_insert(true) &= alike;
    }
    // The whole of a context holds more than what this is about.
    let is_part = |subject: &str| subject == fact.subject || subject.contains(['.', '[']);
    let allowed = |subject: &str| {
        is_within(subject, &fact.subject)
            || is_within(&fact.subject, subject) && is_part(subject)
            || made_alike.get(subject).is_some_and(|alike| *alike)
    };
    let stored: Vec<&str> = cx
        .flow
        .kept
        .iter()
        .filter(|s| allowed(&s.subject))
        .map(|s| s.subject.as_str())
        .chain([fact.subject.as_str()])
        .flat_map(|subject| subject.split(['.', '[']))
        .collect();
    let code = moved(within, spans, &stored, whole);
    code.is_readable(cx)?;
    code.does_nothing_else(cx, allowed)?;
    if adds(cx, within, spans) {
        return Err("the code that stores it also adds to something".to_owned());
    }
    code.means_the_same(cx)
}

/// The statements of a function that store it, as a method of their own.
pub(super) fn part(
    cx: &Context<'_>,
    fact: &StoreFact,
    within: &Within,
    lead: &[String],
) -> Result<Again, String> {
    let function = within.function();
    if !function.has_self || function.owner.is_none() {
        return Err(format!("`{}` is no method", function.name));
    }
    if function.is_async || function.consumes || is_included(cx, within.file) {
        return Err(format!("`{}` can't be changed here", function.name));
    }
    let writes = |code: Span| {
        let mut doing = cx.flow.doing_in(code);
        doing.any(|(_, deeds)| deeds.iter().any(|d| d.writes(&fact.subject)))
    };
    let stores = |s: &&Statement| s.span.contains(fact.span) || writes(s.span);
    let roots: Vec<Span> = function.top().filter(stores).map(|s| s.span).collect();
    let built = !roots.iter().any(|r| writes(*r));
    if built && fact.storage == Storage::Stream {
        return Err(format!(
            "`{}` gets it when it is built, in `{}`",
            fact.subject.split('.').next().unwrap_or_default(),
            function.name
        ));
    }
    let Some(last) = roots.last().copied() else {
        return Err("the store stands outside of a statement".to_owned());
    };
    let ends_body = function.top().last().is_some_and(|s| s.span == last);
    if ends_body && function.output.is_some() && !cx.text(last).ends_with(';') {
        return Err(format!(
            "the code that stores it also gives the result of `{}`",
            function.name
        ));
    }
    moved(within, &roots, &[], false).is_readable(cx)?;
    let sources: Vec<_> = fact.sources.iter().collect();
    let mut slice = Slice::of(cx, within, &roots, &sources)?;
    check(cx, fact, within, &slice.spans(), false)?;
    slice.with_lines();
    let mut spans = slice.spans();
    spans.sort();
    if let ([only], true) = (&spans[..], lead.is_empty())
        && is_plain_call(cx, within, *only)
    {
        return Ok(Again {
            within: within.clone(),
            call: cx.text(*only).to_owned(),
            mutable: function.mutable,
            spans,
            edits: Vec::new(),
        });
    }
    let method = format!("refresh_{}", name_of(fact));
    // What no branch stores is what it was at first, not what an earlier match left behind.
    let sure = |s: &&Statement| {
        roots.contains(&s.span)
            && match s.kind {
                StatementKind::Assign { .. } => true,
                // A closure may not be called.
                StatementKind::Call => !code_of(cx.text(s.span)).contains('|'),
                _ => stores_always(cx.text(s.span), fact),
            }
    };
    let mut lead = lead.to_vec();
    let unsure = function.top().find(sure).is_none();
    let closes = |s: &&Statement| roots.contains(&s.span) && lent_to_assign(cx.text(s.span));
    let lives_on = matches!(fact.storage, Storage::Static | Storage::Root);
    if unsure && lives_on && function.top().find(closes).is_none() {
        return Err(format!(
            "where nothing is stored, `{}` would still hold what another stream left there",
            fact.subject
        ));
    }
    if unsure && function.mutable {
        lead.extend(reset(cx, fact, within, &spans)?);
    }
    let lead = &lead[..];
    let receiver = if function.mutable {
        "&mut self"
    } else {
        "&self"
    };
    let joined = together(within, &spans);
    let moves = slice.is_apart() && !is_borrowed(cx, within, &spans);
    // What is said of the last one stays with the call.
    let said = |s: &Span| match moves && *s != last {
        true => said_of(cx, *s, &[]),
        false => *s,
    };
    let body: Vec<Span> = joined.map_or_else(|| spans.iter().map(said).collect(), |all| vec![all]);
    let mut edits = vec![new_method(
        cx,
        within,
        &NewMethod {
            signature: format!("fn {method}({receiver})"),
            name: &method,
            lead,
            body: &body,
            gives: false,
            said: Said::default(),
            replaced: &[],
            wrap: ["", ""],
        },
    )?];
    if moves {
        // It moves; the callback calls it instead.
        let (call, rest) = match joined {
            Some(all) => (all, &[][..]),
            None => (last, &spans[..spans.len() - 1]),
        };
        edits.extend(rest.iter().map(|s| removal(cx, said_of(cx, *s, &[]))));
        edits.push(Edit {
            span: call,
            text: format!("self.{method}();"),
        });
    }
    Ok(Again {
        within: within.clone(),
        call: format!("self.{method}();"),
        mutable: function.mutable,
        spans,
        edits,
    })
}

/// The statement that gives a field of the type its first value again; none where the place is no field
/// of the type.
fn reset(
    cx: &Context<'_>,
    fact: &StoreFact,
    within: &Within,
    spans: &[Span],
) -> Result<Option<String>, String> {
    let first = first_value(cx, fact, within, spans)?;
    Ok(first.map(|(field, value)| format!("self.{field} = {value};")))
}

/// A field of the type, and what it is before code stores it; none where the place is no field of the
/// type.
pub(super) fn first_value(
    cx: &Context<'_>,
    fact: &StoreFact,
    within: &Within,
    spans: &[Span],
) -> Result<Option<(String, String)>, String> {
    let owner = within.function().owner.as_deref().unwrap_or_default();
    let field = fact.subject.strip_prefix(owner);
    let Some(field) = field.and_then(|f| f.strip_prefix('.')) else {
        return Ok(None);
    };
    let several = || {
        format!(
            "what `{}` is at first is said in several places",
            fact.subject
        )
    };
    let is_it = |f: &&Field| f.owner == owner && f.name == field;
    let mut first: Option<&str> = None;
    for (file, source) in cx.files() {
        if !source.text.contains(owner) {
            continue;
        }
        let outline = cx.outline(file).ok_or_else(several)?;
        for value in outline.initialisers.iter().filter(is_it) {
            let text = cx.text(value.value);
            if first.is_some_and(|f| f != text) || !is_constant(text) {
                return Err(several());
            }
            first = Some(text);
        }
        // A constructor that builds first and sets then, a builder, a method that configures.
        let set_later = outline.members.iter().any(|(name, span)| {
            let start = receiver_start(&source.text, span.lo as usize);
            name == field
                && !spans.iter().any(|s| s.contains(*span))
                && may_change(&source.text, start, span.hi as usize)
        });
        if set_later {
            return Err(several());
        }
    }
    let mut fields = within.outline.fields.iter();
    let Some(declared) = fields.find(is_it) else {
        return Ok(None);
    };
    // Only a derived `Default` is surely what the field's type says.
    let derived = || {
        let mut structs = within.outline.structs.iter();
        let item = structs.find(|s| s.name == owner);
        item.is_some_and(|s| s.derives.iter().any(|d| d == "Default"))
    };
    if first.is_none() && !derived() {
        return Err(format!(
            "what `{}` is at first stands in no literal",
            fact.subject
        ));
    }
    let value = match (first, cx.text(declared.value)) {
        (Some(text), _) => text,
        (None, "bool") => "false",
        (None, "String") => "String::new()",
        (None, ty) if ty.starts_with("Option<") => "None",
        _ => "Default::default()",
    };
    Ok(Some((field.to_owned(), value.to_owned())))
}

/// `self.load("route_name");`: a call of another method with nothing but constants, which needs no method
/// around it.
fn is_plain_call(cx: &Context<'_>, within: &Within, span: Span) -> bool {
    let text = cx.text(span);
    let Ok(syn::Stmt::Expr(syn::Expr::MethodCall(call), Some(_))) = syn::parse_str(text) else {
        return false;
    };
    let receiver = &*call.receiver;
    let own = matches!(receiver, syn::Expr::Path(p) if p.path.is_ident("self"));
    let constant = |e: &syn::Expr| matches!(e, syn::Expr::Lit(_));
    let name = call.method.to_string();
    let method = within.outline.named(&name).next();
    own && call.args.iter().all(constant)
        && !text.contains('\n')
        && method.is_some_and(|f| f.owner == within.function().owner && f.output.is_none())
}

/// `X.with(|x| *x.borrow_mut() = v);`: the closure is called once, and does nothing else.
fn lent_to_assign(text: &str) -> bool {
    let Ok(syn::Stmt::Expr(syn::Expr::MethodCall(call), _)) = syn::parse_str(text) else {
        return false;
    };
    let lends = ["with", "with_borrow_mut", "with_mut"];
    let Some(syn::Expr::Closure(closure)) = call.args.first() else {
        return false;
    };
    let stores = match &*closure.body {
        syn::Expr::Assign(_) => true,
        syn::Expr::MethodCall(c) => c.method == "set" || c.method == "replace",
        _ => false,
    };
    stores && lends.iter().any(|l| call.method == l)
}

/// Whether a statement stores the field whichever way it goes.
fn stores_always(text: &str, fact: &StoreFact) -> bool {
    let field = fact.subject.rsplit('.').next().unwrap_or_default();
    // A static is named without `self`.
    let place = match fact.storage {
        Storage::Static => field.rsplit("::").next().unwrap_or_default().to_owned(),
        _ => format!("self.{field}"),
    };
    syn::parse_str::<syn::Stmt>(text).is_ok_and(|stmt| match &stmt {
        syn::Stmt::Expr(e, _) => always(e, &place),
        _ => false,
    })
}

fn always(e: &syn::Expr, place: &str) -> bool {
    let block = |b: &syn::Block| {
        b.stmts.iter().any(|s| match s {
            syn::Stmt::Expr(e, _) => always(e, place),
            _ => false,
        })
    };
    match e {
        syn::Expr::Assign(a) => {
            let left = quote::ToTokens::to_token_stream(&*a.left).to_string();
            left.replace(' ', "") == place
        }
        syn::Expr::Block(b) => block(&b.block),
        syn::Expr::Unsafe(u) => block(&u.block),
        // Through a lock: one that is poisoned can't be stored to at all.
        syn::Expr::If(i) if i.else_branch.is_none() => {
            let syn::Expr::Let(cond) = &*i.cond else {
                return false;
            };
            let opened = quote::ToTokens::to_token_stream(&*cond.expr).to_string();
            let opened = opened.replace(' ', "");
            let opens = ["write", "lock"]
                .iter()
                .any(|o| opened == format!("{place}.{o}()"));
            let syn::Pat::TupleStruct(ok) = &*cond.pat else {
                return false;
            };
            let guard = ok.elems.first().and_then(|p| match p {
                syn::Pat::Ident(p) => Some(format!("*{}", p.ident)),
                _ => None,
            });
            opens
                && guard.is_some_and(|guard| {
                    let mut stmts = i.then_branch.stmts.iter();
                    stmts.any(|s| matches!(s, syn::Stmt::Expr(e, _) if always(e, &guard)))
                })
        }
        syn::Expr::If(i) => {
            let other = i.else_branch.as_ref();
            block(&i.then_branch) && other.is_some_and(|(_, e)| always(e, place))
        }
        syn::Expr::Match(m) => !m.arms.is_empty() && m.arms.iter().all(|a| always(&a.body, place)),
        _ => false,
    }
}

/// The last name of a store's place, or of the property where that is a number.
fn name_of(fact: &StoreFact) -> String {
    let last = fact.subject.rsplit('.').next().unwrap_or_default();
    match last.starts_with(|c: char| c.is_ascii_digit()) {
        true => property_name(fact),
        false => field_of(&fact.subject),
    }
}

/// A name for what a store keeps: that of the property, or of the place where something is decided by
/// it.
pub(super) fn property_name(fact: &StoreFact) -> String {
    let source = fact.sources.first().filter(|s| !s.decided);
    let name = source.and_then(|s| s.property.rsplit('.').next());
    let name = name.map(|n| n.trim_end_matches("_name"));
    let plain = |n: &&str| {
        n.starts_with(|c: char| c.is_ascii_lowercase())
            && n.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    name.filter(plain)
        .map_or_else(|| field_of(&fact.subject), str::to_owned)
}

/// Whether some variable from before the code may still hold a part of `self` behind it: a method that
/// takes `self` can't be called there.
fn is_borrowed(cx: &Context<'_>, within: &Within, spans: &[Span]) -> bool {
    let function = within.function();
    let start = spans.iter().map(|s| s.lo).min().unwrap_or(0);
    let end = spans.iter().map(|s| s.hi).max().unwrap_or(0);
    let before = |s: &&Statement| s.span.hi <= start && cx.text(s.span).starts_with("let");
    function.top().filter(before).any(|s| {
        let code = code_of(cx.text(s.span));
        let guards = ["borrow(", "borrow_mut(", "lock(", "read(", "write("];
        let guard = guards.iter().any(|g| code.contains(g));
        let mut uses = function.uses.iter();
        let used = uses.any(|u| s.span.range().contains(&u.bound) && u.at >= end as usize);
        code.contains("self") && (guard || used && !is_owned(&code))
    })
}

/// Whether an expression surely gives a value of its own.
fn is_owned(code: &str) -> bool {
    let ends = [
        "clone()",
        "to_owned()",
        "to_string()",
        "into_owned()",
        "unwrap_or_default()",
        "collect()",
        "to_vec()",
        "len()",
        "is_some()",
        "is_none()",
        "is_empty()",
    ];
    let code = code.trim_end_matches(';').trim_end();
    ends.iter().any(|e| code.ends_with(e)) || code.ends_with("])") && code.contains("get_property(")
}

/// The range of statements that stand side by side.
fn together(within: &Within, spans: &[Span]) -> Option<Span> {
    let (first, last) = (spans.first()?, spans.last()?);
    let all = Span::new(first.file, first.lo as usize, last.hi as usize);
    let inside = within.function().top().filter(|s| all.contains(s.span));
    (inside.count() == spans.len()).then_some(all)
}

/// The last name of a subject, as a part of a name.
pub(super) fn field_of(subject: &str) -> String {
    let plain = subject.split('[').next().unwrap_or(subject);
    let name = plain.rsplit('.').find(|p| {
        p.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && p.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    name.unwrap_or("route").to_lowercase()
}
