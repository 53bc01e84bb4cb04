//! Storing again before the value is used, where its reads can't be replaced.
//!
//! The user's own statements that ask the host and store the answer run once more at the start of each
//! callback that reads it, so that every reader finds the present value, through whatever helpers.

use super::caution::{code_of, is_included, words_of};
use super::layout::at_start;
use super::method::{NewMethod, new_method};
use super::moved::{Moved, UNREADABLE, not_each_time};
use super::remove::removal;
use super::token::Token;
use super::unit::Slice;
use super::{Context, Outcome, Within};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::flow::{Deed, ReadFact, Storage, StoreFact, is_within};
use crate::rust::{Field, Statement, StatementKind};
use crate::source::Span;

/// How the value is stored once more.
struct Again {
    /// The function that stores it now.
    within: Within,
    /// The method that does it, and `&mut self` if it takes that.
    method: String,
    mutable: bool,
    /// It gives something back, which nobody needs.
    gives: bool,
    /// The code that it runs.
    spans: Vec<Span>,
    edits: Vec<Edit>,
}

/// The fix of one finding.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let fact = &known(cx, finding)?;
    let again = again(cx, fact)?;
    let edits = everywhere(cx, fact, &again)?;
    let shared = matches!(fact.storage, Storage::Static | Storage::Root).then(|| {
        format!(
            "`{}` is still shared by all streams; a field of the stream's own context would be better",
            fact.subject
        )
    });
    let reason = shared.or_else(|| not_each_time(cx, &again.within, &again.spans, fact));
    Ok(Fix {
        title: format!("store `{}` again where it is used", fact.subject),
        safety: Safety::of(&reason),
        reason,
        edits,
    })
}

/// The store that a finding is about, when storing again replaces what is there.
fn known(cx: &Context<'_>, finding: &Finding) -> Result<StoreFact, String> {
    let is_it = |s: &&StoreFact| s.span == finding.primary.span && s.subject == finding.subject;
    let fact = cx
        .flow
        .stores
        .iter()
        .find(is_it)
        .ok_or("the store is not known")?;
    let fact = StoreFact {
        subject: place(cx, fact),
        ..fact.clone()
    };
    if fact.adds {
        return Err(format!(
            "`{}` is added to or set once, so storing again does not replace it",
            fact.subject
        ));
    }
    Ok(fact)
}

/// The edits that store it again before each use.
fn everywhere(cx: &Context<'_>, fact: &StoreFact, again: &Again) -> Result<Vec<Edit>, String> {
    let entries = entries(cx, fact, again)?;
    is_written_here_only(cx, fact, again, &entries)?;
    let mut edits = again.edits.clone();
    let call = format!(
        "{}self.{}();",
        if again.gives { "let _ = " } else { "" },
        again.method
    );
    for entry in &entries {
        let text = &cx.sources.file(entry.file).text;
        edits.push(at_start(text, entry.function(), &call));
    }
    edits.sort();
    Ok(edits)
}

/// The same behind a guard, for a cache that is kept on purpose: stored again when the property that it
/// is made of has changed.
pub(super) fn guarded(cx: &Context<'_>, finding: &Finding) -> Option<Fix> {
    let fact = &known(cx, finding).ok()?;
    if fact.storage != Storage::Stream {
        return None;
    }
    let token = Token::of(cx, fact)?;
    let lead = token.check();
    let again = candidates(cx, fact)
        .iter()
        .find_map(|within| part(cx, fact, within, &lead).ok().filter(|a| a.mutable))?;
    let mut edits = everywhere(cx, fact, &again).ok()?;
    edits.extend(token.declare(cx, &again.within)?);
    edits.sort();
    Some(Fix {
        title: format!(
            "keep `{}`, and store it again when `{}` has changed",
            fact.subject, token.property
        ),
        safety: Safety::Unsafe,
        reason: Some(format!(
            "it is right as long as nothing but `{}` decides the value",
            token.property
        )),
        edits,
    })
}

/// The place that is written. What a closure captured is kept where the closure is.
fn place(cx: &Context<'_>, fact: &StoreFact) -> String {
    let statement = cx.function_at(fact.span).and_then(|w| {
        let mut top = w.function().top();
        top.find(|s| s.span.contains(fact.span)).map(|s| s.span)
    });
    let written = |span: Span| {
        let mut all = cx
            .flow
            .doing
            .iter()
            .filter(move |(s, _)| span.contains(**s));
        let mut subjects: Vec<&String> = Vec::new();
        let only_writes = all.all(|(_, deeds)| {
            deeds.iter().all(|d| match d {
                Deed::Write { subject, .. } => {
                    subjects.push(subject);
                    true
                }
                Deed::Ask { .. } => true,
                Deed::Host => false,
            })
        });
        subjects.sort();
        subjects.dedup();
        match subjects[..] {
            [one] if only_writes => Some(one.clone()),
            _ => None,
        }
    };
    match (fact.storage, statement) {
        (Storage::Capture, Some(span)) => written(span).unwrap_or_else(|| fact.subject.clone()),
        _ => fact.subject.clone(),
    }
}

/// The functions that may store it, by themselves or by calling: the one that holds the store first,
/// the callback last.
fn candidates(cx: &Context<'_>, fact: &StoreFact) -> Vec<Within> {
    let mut places: Vec<Span> = cx
        .flow
        .doing
        .iter()
        .filter(|(_, deeds)| deeds.iter().any(|d| d.writes(&fact.subject)))
        .map(|(span, _)| *span)
        .collect();
    places.sort();
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
fn again(cx: &Context<'_>, fact: &StoreFact) -> Result<Again, String> {
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
        && !function.is_async;
    if !callable || is_included(cx, within.file) {
        return Err(String::new());
    }
    let spans = vec![function.body];
    check(cx, fact, within, &spans, true)?;
    let code = moved(within, &spans, &[], true);
    if !fact.sources.iter().all(|s| code.asks(cx, s)) {
        return Err(String::new());
    }
    Ok(Again {
        within: within.clone(),
        method: function.name.clone(),
        mutable: function.mutable,
        gives: function.output.is_some(),
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
    let allowed = |subject: &str| {
        let stores = || cx.flow.kept.iter().filter(|s| s.subject == subject);
        is_within(subject, &fact.subject)
            || is_within(&fact.subject, subject)
            || stores().next().is_some()
                && stores()
                    .all(|s| s.sources.iter().all(|source| plain.asks(cx, source)) && !s.adds)
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
    code.means_the_same(cx)
}

/// The statements of a function that store it, as a method of their own.
fn part(
    cx: &Context<'_>,
    fact: &StoreFact,
    within: &Within,
    lead: &[String],
) -> Result<Again, String> {
    let function = within.function();
    if !function.has_self || function.owner.is_none() {
        return Err(format!("`{}` is no method", function.name));
    }
    if function.is_async || is_included(cx, within.file) {
        return Err(format!("`{}` can't be changed here", function.name));
    }
    let stores = |s: &&Statement| {
        s.span.contains(fact.span)
            || cx.flow.doing.iter().any(|(span, d)| {
                s.span.contains(*span) && d.iter().any(|d| d.writes(&fact.subject))
            })
    };
    let roots: Vec<Span> = function.top().filter(stores).map(|s| s.span).collect();
    let built = !cx.flow.doing.keys().any(|span| {
        roots.iter().any(|r| r.contains(*span)) && cx.flow.writes(*span, &fact.subject)
    });
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
    let sources: Vec<_> = fact.sources.iter().collect();
    let mut slice = Slice::of(cx, within, &roots, &sources)?;
    check(cx, fact, within, &slice.spans(), false)?;
    slice.with_lines();
    let mut spans = slice.spans();
    spans.sort();
    let name = field_of(&fact.subject);
    let method = format!("refresh_{name}");
    // What no branch stores is what it was at first, not what an earlier match left behind.
    let sure = |s: &&Statement| {
        roots.contains(&s.span)
            && matches!(s.kind, StatementKind::Assign { .. } | StatementKind::Call)
    };
    let mut lead = lead.to_vec();
    if function.top().find(sure).is_none() && function.mutable {
        lead.extend(reset(cx, fact, within));
    }
    let lead = &lead[..];
    let receiver = if function.mutable {
        "&mut self"
    } else {
        "&self"
    };
    let joined = together(within, &spans);
    let body: Vec<Span> = joined.map_or_else(|| spans.clone(), |all| vec![all]);
    let mut edits = vec![new_method(
        cx,
        within,
        &NewMethod {
            signature: format!("fn {method}({receiver})"),
            name: &method,
            lead,
            body: &body,
        },
    )?];
    if slice.is_apart() {
        // It moves; the callback calls it instead.
        let (call, rest) = match joined {
            Some(all) => (all, &[][..]),
            None => (last, &spans[..spans.len() - 1]),
        };
        edits.extend(rest.iter().map(|s| removal(cx, *s)));
        edits.push(Edit {
            span: call,
            text: format!("self.{method}();"),
        });
    }
    Ok(Again {
        within: within.clone(),
        method,
        mutable: function.mutable,
        gives: false,
        spans,
        edits,
    })
}

/// The statement that gives a field of the type its first value again.
fn reset(cx: &Context<'_>, fact: &StoreFact, within: &Within) -> Option<String> {
    let owner = within.function().owner.as_deref()?;
    let field = fact.subject.strip_prefix(owner)?.strip_prefix('.')?;
    let is_it = |f: &&Field| f.owner == owner && f.name == field;
    let mut first: Option<&str> = None;
    for (file, source) in cx.sources.iter() {
        if !source.text.contains(owner) {
            continue;
        }
        for value in cx.outline(file)?.initialisers.iter().filter(is_it) {
            let text = cx.text(value.value);
            if first.is_some_and(|f| f != text) || !is_constant(text) {
                return None;
            }
            first = Some(text);
        }
    }
    let declared = within.outline.fields.iter().find(is_it)?;
    let value = match (first, cx.text(declared.value)) {
        (Some(text), _) => text,
        (None, "bool") => "false",
        (None, "String") => "String::new()",
        (None, ty) if ty.starts_with("Option<") => "None",
        _ => "Default::default()",
    };
    Some(format!("self.{field} = {value};"))
}

/// Whether an expression is the same wherever it stands: it names no variable.
fn is_constant(text: &str) -> bool {
    let known = [
        "new",
        "default",
        "from",
        "into",
        "to_string",
        "to_owned",
        "vec",
        "true",
        "false",
    ];
    let code = code_of(text);
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| w.starts_with(|c: char| c.is_lowercase() || c == '_'))
        .all(|w| known.contains(&w))
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

/// The callbacks that read it, or the methods of the type by which they do.
fn entries(cx: &Context<'_>, fact: &StoreFact, again: &Again) -> Result<Vec<Within>, String> {
    let of_subject = |s: &&StoreFact| s.subject == fact.subject;
    let reads: Vec<&ReadFact> = cx
        .flow
        .stores
        .iter()
        .filter(of_subject)
        .chain([fact])
        .flat_map(|s| &s.sources)
        .flat_map(|s| &s.reads)
        .collect();
    let owner = again.within.function().owner.as_deref();
    let mut out: Vec<Within> = Vec::new();
    for read in reads {
        if read.in_root {
            return Err(format!(
                "`{}` reads it, where the stream that it belongs to can't be asked",
                read.callback
            ));
        }
        let frames = read.stack.iter().map(|(call, _)| *call).chain([read.span]);
        let entry = frames.filter_map(|s| cx.function_at(s)).find(|w| {
            let f = w.function();
            f.owner.as_deref() == owner
                && f.has_self
                && !f.is_async
                && (f.mutable || !again.mutable)
                && !is_included(cx, w.file)
        });
        let Some(entry) = entry else {
            return Err(format!(
                "no method of `{}` leads to the read in `{}`",
                owner.unwrap_or_default(),
                read.function
            ));
        };
        if entry.is(&again.within) {
            return Err("it is stored and read in one function that runs several times".to_owned());
        }
        if entry.file != again.within.file {
            return Err(format!(
                "`{}` reads it in another file",
                entry.function().name
            ));
        }
        if !out.iter().any(|o| o.is(&entry)) {
            out.push(entry);
        }
    }
    if out.is_empty() {
        return Err("no later read stands in the text".to_owned());
    }
    out.sort_by_key(|w| w.index);
    Ok(out)
}

/// What other code writes there must not be lost.
fn is_written_here_only(
    cx: &Context<'_>,
    fact: &StoreFact,
    again: &Again,
    entries: &[Within],
) -> Result<(), String> {
    let own = words_of(cx, &again.spans);
    // A single reader may use it up: it finds it filled again, and nobody comes after.
    let used_up = match entries {
        [one] => words_of(cx, &[one.function().body]),
        _ => Default::default(),
    };
    let inside = |span: Span| again.spans.iter().any(|s| s.contains(span));
    // The statements may write more than the finding is about: a whole struct.
    let place = cx
        .flow
        .doing
        .iter()
        .filter(|(span, _)| inside(**span))
        .flat_map(|(_, deeds)| deeds)
        .filter(|d| d.writes(&fact.subject))
        .filter_map(|d| match d {
            Deed::Write { subject, .. } => Some(subject.as_str()),
            _ => None,
        })
        .min_by_key(|subject| subject.len())
        .unwrap_or(&fact.subject);
    let mut others: Vec<Span> = cx
        .flow
        .doing
        .iter()
        .filter(|(_, deeds)| deeds.iter().any(|d| d.touches(place)))
        .map(|(span, _)| *span)
        .filter(|span| !inside(*span))
        .collect();
    others.sort();
    for span in others {
        let Some(holder) = cx.function_at(span) else {
            continue;
        };
        let name = &holder.function().name;
        // A call of a function that is judged itself.
        let calls = |w: &Within| {
            let called = format!("{}(", w.function().name);
            cx.text(span).contains(&called)
        };
        let used = entries.len() == 1 && (holder.is(&entries[0]) || used_up.contains(name));
        let leads = calls(&again.within) || entries.iter().any(calls);
        if own.contains(name) && !holder.is(&again.within) || leads || used {
            continue;
        }
        return Err(format!("`{name}` stores something else there"));
    }
    Ok(())
}
