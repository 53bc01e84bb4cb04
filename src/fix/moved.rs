//! What code must be to run in another callback as well.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::caution::{has_long_string, may_change, receiver_start, restless, word_at, words_of};
use super::slice::{has_macro, leaves, marks_in};
use super::{Context, Within};
use crate::checks::wording::property;
use crate::flow::{Deed, SourceFact, StoreFact};
use crate::rust::{Function, Mark, MarkKind, Statement, StatementKind};
use crate::sdk::{Phase, PropertyClass};
use crate::source::Span;

/// What a reason says that no other way of writing the code would change.
pub(super) const UNREADABLE: &str = "which can't be read later";

/// Code that a fix moves or repeats.
pub(super) struct Moved<'a> {
    /// The function that holds it.
    pub(super) within: &'a Within,
    /// Its statements and expressions, in order.
    pub(super) spans: &'a [Span],
    /// Names of fields and statics that it stores.
    pub(super) stores: &'a [&'a str],
    /// It is the whole body of a function, which may leave where it likes.
    pub(super) whole: bool,
}

impl Moved<'_> {
    fn holds(&self, span: Span) -> bool {
        self.spans.iter().any(|s| s.contains(span))
    }

    /// What the code does, and what it calls.
    fn deeds<'c>(&self, cx: &'c Context<'_>) -> BTreeSet<&'c Deed> {
        let spans = self.spans.iter();
        spans
            .flat_map(|s| cx.flow.doing_in(*s))
            .flat_map(|(_, deeds)| deeds)
            .collect()
    }

    /// The host reads in the code and in what it calls: where, and of which property.
    pub(super) fn asked<'c>(&self, cx: &'c Context<'_>) -> FxHashSet<(Span, &'c str)> {
        let deeds = self.deeds(cx).into_iter();
        let asks = |d: &'c Deed| match d {
            Deed::Ask { span, property, .. } => Some((*span, property.as_str())),
            _ => None,
        };
        deeds.filter_map(asks).collect()
    }

    /// Whether all of these host reads happen in the code or in what it calls.
    pub(super) fn asks_all<'s>(
        &self,
        cx: &Context<'_>,
        sources: impl IntoIterator<Item = &'s SourceFact>,
    ) -> bool {
        let asked = self.asked(cx);
        let mut sources = sources.into_iter();
        sources.all(|s| asked.contains(&(s.span, s.property.as_str())))
    }

    /// What it asks the host must be there, and mean the same, in later callbacks.
    pub(super) fn is_readable(&self, cx: &Context<'_>) -> Result<(), String> {
        for deed in self.deeds(cx) {
            let Deed::Ask {
                property: name,
                class,
                ..
            } = deed
            else {
                continue;
            };
            let asked = property(name, *class);
            match class {
                PropertyClass::Request | PropertyClass::Response | PropertyClass::Running => {
                    return Err(format!(
                        "the value also depends on {asked}, {UNREADABLE}: keep that, and ask for \
                         the route again where it is used"
                    ));
                }
                PropertyClass::Dynamic | PropertyClass::Unknown => {
                    return Err(format!(
                        "the value also depends on {asked}, which may be another one later"
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// It must do nothing but read, and store what it is for.
    pub(super) fn does_nothing_else(
        &self,
        cx: &Context<'_>,
        allowed: impl Fn(&str) -> bool,
    ) -> Result<(), String> {
        for deed in self.deeds(cx) {
            match deed {
                Deed::Ask { .. } => {}
                Deed::Host => {
                    return Err("the code that stores it also tells the host something".to_owned());
                }
                // Its own cells are gone with it.
                Deed::Write {
                    made: Some(made), ..
                } if self.holds(*made) => {}
                Deed::Write { subject, .. } if allowed(subject) => {}
                Deed::Write { subject, .. } => {
                    return Err(format!("the code that stores it also writes `{subject}`"));
                }
            }
        }
        Ok(())
    }

    /// It must mean the same in another function and at another time.
    pub(super) fn means_the_same(&self, cx: &Context<'_>) -> Result<(), String> {
        for &span in self.spans {
            let text = cx.text(span);
            let function = self.within.function();
            if let Some(what) = leaves(function, span).filter(|_| !self.whole) {
                return Err(format!("the code that stores it has {what} in it"));
            }
            let kept = |m: &Mark| matches!(&m.kind, MarkKind::Call(c) if c.name.is_empty());
            if marks_in(function, span).iter().any(kept) {
                return Err(
                    "the code that stores it calls a function that is kept somewhere".to_owned(),
                );
            }
            if has_long_string(text) && !self.whole {
                return Err(
                    "the code that stores it has a string of several lines in it".to_owned(),
                );
            }
        }
        let all = words_of(cx, self.spans);
        let stored = |word: &str| self.stores.contains(&word);
        let moving = || {
            all.iter()
                .find(|w| !w.contains(char::is_lowercase) && cx.flow.moving.contains(*w))
        };
        let restless = restless(cx, &all).or_else(|| moving().cloned());
        if let Some(word) = restless.filter(|w| !stored(w)) {
            return Err(format!(
                "the code that stores it, or what that calls, uses `{word}`, which may be different later"
            ));
        }
        for field in self.fields_read(cx, &all) {
            if is_written(cx, &field) {
                return Err(format!(
                    "the code that stores it reads `{field}`, which may change between callbacks"
                ));
            }
        }
        if self.within.function().has_items() && !self.whole {
            return Err("the function that stores it has items of its own".to_owned());
        }
        Ok(())
    }

    /// Names of fields that the code reads, and those that functions read which it may call.
    fn fields_read(&self, cx: &Context<'_>, words: &BTreeSet<String>) -> BTreeSet<String> {
        let mut files: BTreeSet<_> = words
            .iter()
            .flat_map(|w| cx.declaring(w))
            .copied()
            .collect();
        files.insert(self.within.file);
        let mut out = BTreeSet::new();
        for file in files {
            let Some(outline) = cx.outline(file) else {
                continue;
            };
            let text = &cx.sources.file(file).text;
            for (name, span) in &outline.members {
                if !words.contains(name) {
                    continue;
                }
                // A field that it stores may be written, not read.
                let start = receiver_start(text, span.lo as usize);
                let written = || may_change(text, start, span.hi as usize);
                let elsewhere = || file == self.within.file && !self.holds(*span);
                if self.stores.contains(&name.as_str()) && (written() || elsewhere()) {
                    continue;
                }
                out.insert(name.clone());
            }
        }
        out
    }
}

/// Whether some method may change a field of this name once streams run, or stores of the analysis
/// say so.
fn is_written(cx: &Context<'_>, field: &str) -> bool {
    if let Some(known) = cx.written.borrow().get(field) {
        return *known;
    }
    let written = finds_write(cx, field);
    cx.written.borrow_mut().insert(field.to_owned(), written);
    written
}

fn finds_write(cx: &Context<'_>, field: &str) -> bool {
    if cx.flow.moving.contains(field) {
        return true;
    }
    let dotted = format!(".{field}");
    let early = |s: &SourceFact| {
        matches!(
            s.phase,
            Phase::VmStart | Phase::Configure | Phase::Construct
        )
    };
    let mut kept = cx.flow.kept.iter();
    if kept.any(|s| s.subject.ends_with(&dotted) && !s.sources.iter().all(early)) {
        return true;
    }
    cx.files_with(&dotted).into_iter().any(|file| {
        let Some(outline) = cx.outline(file) else {
            return true;
        };
        let text = &cx.sources.file(file).text;
        outline.members.iter().any(|(name, span)| {
            if name != field {
                return false;
            }
            let rest = text[span.hi as usize..].trim_start();
            // A method of the user's own is looked into by what it reads itself.
            let own_call =
                rest.starts_with('.') && !cx.declaring(&word_at(rest[1..].trim_start())).is_empty();
            let holder = outline.innermost(*span).map(|f| &outline.functions[f]);
            // What consumes a value changes its own copy.
            holder.is_some_and(|f| !f.consumes)
                && !own_call
                && may_change(
                    text,
                    receiver_start(text, span.lo as usize),
                    span.hi as usize,
                )
                && !is_written_early(cx, field, *span)
                && !holder.is_some_and(|f| is_known_write(cx, f, text, *span))
        })
    })
}

/// Whether a write is one that the analysis has seen, and would know as one that comes late.
fn is_known_write(cx: &Context<'_>, function: &Function, text: &str, at: Span) -> bool {
    const SEEN: [&str; 10] = [
        "insert",
        "push",
        "extend",
        "clear",
        "remove",
        "retain",
        "entry",
        "append",
        "push_str",
        "push_back",
    ];
    let rest = text[at.hi as usize..].trim_start();
    let assigned = rest.starts_with('=');
    let called = rest.strip_prefix('.').map(|r| word_at(r.trim_start()));
    let seen = assigned || called.is_some_and(|name| SEEN.contains(&name.as_str()));
    let lent = text[..receiver_start(text, at.lo as usize)]
        .trim_end()
        .ends_with("&mut");
    seen && !lent && cx.flow.has_run(function.span, function.body)
}

/// Whether the write around a span ran, and only while the plugin was set up.
fn is_written_early(cx: &Context<'_>, field: &str, at: Span) -> bool {
    let mut writes = cx
        .flow
        .doing
        .iter()
        .filter(|(span, _)| span.contains(at))
        .flat_map(|(_, deeds)| deeds)
        .filter_map(|d| match d {
            Deed::Write { subject, early, .. } => Some((subject, *early)),
            _ => None,
        })
        .filter(|(subject, _)| subject.split(['.', '[']).any(|part| part == field))
        .peekable();
    writes.peek().is_some() && writes.all(|(_, early)| early)
}

/// Why the store may not have happened when the value is read: what a fix asks, it asks in any case.
pub(super) fn not_each_time(
    cx: &Context<'_>,
    within: &Within,
    spans: &[Span],
    fact: &StoreFact,
) -> Option<String> {
    let sure = [
        Phase::Construct,
        Phase::Connect,
        Phase::RequestHeaders,
        Phase::ResponseHeaders,
    ];
    let function = within.function();
    let may_be_left_out = |name: &str| {
        Some(format!(
            "`{name}` is not called for each request, and what is asked now is asked for each"
        ))
    };
    if !fact.sources.iter().all(|s| sure.contains(&s.phase)) {
        return may_be_left_out(&fact.callback);
    }
    if !is_called_each_time(cx, within, fact) {
        return may_be_left_out(&function.name);
    }
    // Up to the store itself: the body may be left between the read and it.
    let start = spans.iter().map(|s| s.lo).max().unwrap_or(function.body.hi);
    let before = Span::new(within.file, function.body.lo as usize, start as usize);
    let mut is_left = may_be_left(cx, function, before);
    if function.name != fact.callback {
        match before_call(cx, within, fact) {
            Some(left) => is_left |= left,
            None => return may_be_left_out(&function.name),
        }
    }
    is_left.then(|| {
        "the store is not reached for each request, and what is asked now is asked for each"
            .to_owned()
    })
}

/// Whether a function may be left, or panic on purpose, in a part of it.
fn may_be_left(cx: &Context<'_>, function: &Function, code: Span) -> bool {
    leaves(function, code).is_some() || has_macro(cx.text(code))
}

/// Whether the calls that lead from the host's callback to a function are made each time: each a plain
/// statement, or the result, of a body that is not left before.
fn is_called_each_time(cx: &Context<'_>, within: &Within, fact: &StoreFact) -> bool {
    let Some(source) = fact.sources.first() else {
        return true;
    };
    for (call, _) in &source.stack {
        let Some(holder) = cx.function_at(*call) else {
            return false;
        };
        if holder.is(within) {
            break;
        }
        let function = holder.function();
        let Some(statement) = function.top().find(|s| s.span.contains(*call)) else {
            return false;
        };
        let text = cx.text(statement.span).trim_end_matches(';');
        let plain = text == cx.text(*call)
            || matches!(
                statement.kind,
                StatementKind::Assign { .. } | StatementKind::Let { .. }
            );
        let start = function.body.lo as usize;
        let before = Span::new(holder.file, start, statement.span.lo as usize);
        if !plain || leaves(function, before).is_some() {
            return false;
        }
    }
    true
}

/// Whether the callback may be left before the statement of its body that leads to the store; nothing
/// when no statement does so each time.
fn before_call(cx: &Context<'_>, within: &Within, fact: &StoreFact) -> Option<bool> {
    let owner = &within.function().owner;
    let leads = |s: &&Statement| {
        let plain = matches!(
            s.kind,
            StatementKind::Call | StatementKind::Assign { .. } | StatementKind::Let { .. }
        );
        let mut doing = cx.flow.doing_in(s.span);
        let direct = cx
            .text(s.span)
            .contains(&format!("{}(", within.function().name));
        plain && direct && doing.any(|(_, deeds)| deeds.iter().any(|d| d.writes(&fact.subject)))
    };
    cx.declaring(&fact.callback).iter().find_map(|&file| {
        let outline = cx.outline(file)?;
        let mut callbacks = outline.functions.iter();
        let callback = callbacks.find(|f| f.name == fact.callback && f.owner == *owner)?;
        let statement = callback.top().find(leads)?;
        let (start, end) = (callback.body.lo as usize, statement.span.lo as usize);
        Some(may_be_left(cx, callback, Span::new(file, start, end)))
    })
}
