//! `route-in-stream-context` and `stale-match-decision`: ask where it is used.
//!
//! The user's own expression is bound at the start of each function that reads the field later, or made
//! a method when it is more than one expression; the field's reads there become reads of the variable, and
//! the store and the field go when nothing else needs them.

use std::collections::BTreeSet;

use super::again::first_value;
use super::caution::{code_of, is_included, may_change, receiver_start};
use super::doubt::doubt;
use super::layout::{after_asking, is_on_one_line, tidy};
use super::leaves::exits;
use super::method::{NewMethod, later_macro, new_method};
use super::moved::{Moved, not_each_time};
use super::remove::{Said, Unused, removal, said_of};
use super::slice::{Slice, has_macro, marks_in};
use super::text::LINE;
use super::unseen::{is_named_in_tests, tested};
use super::writers::Writers;
use super::{Context, Within, overlap};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::flow::{Storage, StoreFact};
use crate::rust::{Function, Lend, MarkKind, Outline, Statement, StatementKind, Use};
use crate::source::{FileId, Span};

/// The store of a finding, found again in the text.
pub(super) struct Store<'a> {
    pub(super) within: Within,
    pub(super) owner: String,
    pub(super) field: String,
    /// The assignment.
    pub(super) statement: Statement,
    pub(super) left: Span,
    pub(super) value: Span,
    /// The statements that the value needs, in order.
    pub(super) needed: Vec<Statement>,
    /// `let x = value;` before `self.field = x;`: the value is taken from there.
    pub(super) named: Option<Statement>,
    pub(super) fact: &'a StoreFact,
}

impl Store<'_> {
    fn function(&self) -> &Function {
        self.within.function()
    }

    /// The code that gives the value: the needed statements and the expression.
    pub(super) fn slice(&self) -> Vec<Span> {
        let mut out: Vec<Span> = self.needed.iter().map(|s| s.span).collect();
        out.push(self.value);
        out
    }

    /// Statements that make something which the value, the store and each other need, and nothing else.
    fn helpers(&self, cx: &Context<'_>) -> Vec<Span> {
        let function = self.function();
        let text = &cx.sources.file(self.value.file).text;
        let mut going: Vec<Span> = self
            .needed
            .iter()
            .chain(&self.named)
            .map(|s| s.span)
            .collect();
        loop {
            let before = going.len();
            let own = going.clone();
            let goes = |at: usize| {
                let mut spans = own.iter().chain([&self.statement.span]);
                spans.any(|s| s.range().contains(&at))
            };
            going.retain(|statement| {
                let mut uses = function.uses.iter();
                // What changes a variable that stays has to stay with it: the next step of an iterator.
                let changes = |u: &Use| {
                    statement.range().contains(&u.at)
                        && !goes(u.bound)
                        && (may_change(text, u.at, u.at + u.name.len())
                            || has_macro(cx.text(*statement)))
                };
                uses.all(|u| (!statement.range().contains(&u.bound) || goes(u.at)) && !changes(u))
            });
            if going.len() == before {
                return going;
            }
        }
    }

    /// A variable of a statement that stays although nothing uses the variable any more.
    fn left_unused(&self, gone: &[Span]) -> Option<&str> {
        let function = self.function();
        let goes = |at: usize| {
            let mut spans = gone.iter().chain([&self.statement.span]);
            spans.any(|s| s.range().contains(&at))
        };
        let mut stays = self.needed.iter().filter(|s| !gone.contains(&s.span));
        stays.find_map(|s| {
            let mut bound = function.bound.iter();
            let unused = |(_, at): &&(String, usize)| {
                let mut uses = function.uses.iter().filter(|u| u.bound == *at).peekable();
                s.span.range().contains(at) && uses.peek().is_some() && uses.all(|u| goes(u.at))
            };
            bound.find(unused).map(|(name, _)| name.as_str())
        })
    }

    /// Whether statements that would go hold a comment that does not move with the value.
    pub(super) fn would_lose_a_comment(&self, cx: &Context<'_>) -> bool {
        let has = |lo: u32, hi: u32| {
            let code = code_of(cx.text(Span::new(self.value.file, lo as usize, hi as usize)));
            code.contains("//") || code.contains("/*")
        };
        let around = self.named.as_ref().map_or(self.statement.span, |s| s.span);
        let (lo, hi) = (self.value.lo, self.value.hi);
        has(around.lo, lo)
            || has(hi, around.hi)
            || self.named.is_some() && has(self.statement.span.lo, self.statement.span.hi)
    }

    /// The type of the field, as declared.
    pub(super) fn declared<'c>(&self, cx: &'c Context<'_>) -> Result<&'c str, String> {
        let mut fields = self.within.outline.fields.iter();
        let field = fields.find(|f| f.owner == self.owner && f.name == self.field);
        let field = field.ok_or("the struct stands in another file")?;
        let module = |span: Span| self.within.outline.module(span);
        if module(field.span) != module(self.function().span) {
            return Err("the struct stands in another module".to_owned());
        }
        Ok(cx.text(field.value))
    }
}

/// Why there is no fix.
pub(super) enum Refused {
    /// The store is no assignment that this can be done with.
    Form,
    /// A method of the type that does nothing but store would be left with nothing to do.
    Empty,
    /// What it stores, or who reads it, can't be changed so.
    Code(String),
}

impl Refused {
    pub(super) fn reason(self) -> String {
        match self {
            Self::Form => "the store is no plain assignment".to_owned(),
            Self::Empty => "nothing would be left of the method that stores it".to_owned(),
            Self::Code(reason) => reason,
        }
    }
}

/// Whether nothing stands in the body of a method of the type but these statements.
fn is_emptied(store: &Store<'_>, going: &[Span]) -> bool {
    let function = store.function();
    let mut impls = store.within.outline.impls.iter();
    let of_trait = impls.any(|i| i.of_trait && i.span.contains(function.span));
    !of_trait
        && function
            .top()
            .all(|s| going.contains(&s.span) || s.span == store.statement.span)
}

/// The fix of one finding.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding, empties: bool) -> Result<Fix, Refused> {
    let store = store(cx, finding).map_err(|_| Refused::Form)?;
    let (fix, emptied) = replace(cx, &store).map_err(Refused::Code)?;
    match emptied && !empties {
        true => Err(Refused::Empty),
        false => Ok(fix),
    }
}

fn store<'a>(cx: &Context<'a>, finding: &Finding) -> Result<Store<'a>, String> {
    let fact = cx
        .stores_to(&finding.subject)
        .iter()
        .find(|s| s.span == finding.primary.span)
        .filter(|s| s.storage == Storage::Stream)
        .ok_or("the store is not one assignment")?;
    find(cx, fact)
}

/// How the value is asked for where it is used: the expression, what stands behind the variable's name,
/// and the method that the expression calls if it is a new one.
pub(super) fn asked(
    cx: &Context<'_>,
    store: &Store<'_>,
) -> Result<(String, String, Option<Edit>), String> {
    let slice = store.slice();
    let code = Moved {
        within: &store.within,
        spans: &slice,
        stores: &[&store.field],
        whole: false,
    };
    code.is_readable(cx)?;
    code.does_nothing_else(cx, |_| false)?;
    code.means_the_same(cx)?;
    if let Some(name) = needs_mut(cx, store) {
        return Err(format!("`{name}` takes `self` to change it"));
    }
    if store.needed.is_empty() && !cx.text(store.value).contains('\n') {
        return Ok((
            cx.text(store.value).to_owned(),
            annotation(cx, store)?,
            None,
        ));
    }
    let method = format!("current_{}", store.field);
    let new = NewMethod {
        signature: format!("fn {method}(&self) -> {}", store.declared(cx)?),
        name: &method,
        lead: &[],
        body: &slice,
        gives: true,
        said: Said::default(),
        replaced: &[],
        wrap: ["", ""],
    };
    let edit = new_method(cx, &store.within, &new)?;
    Ok((format!("self.{method}()"), String::new(), Some(edit)))
}

/// The fix of one store, and whether it leaves a method with nothing to do.
fn replace(cx: &Context<'_>, store: &Store<'_>) -> Result<(Fix, bool), String> {
    let fact = store.fact;
    let slice = store.slice();
    let mut storing = vec![store.statement.span];
    storing.extend(store.named.iter().map(|s| s.span));
    let exits = exits(cx, &store.within, &store.needed, &storing)?;
    let code = Moved {
        within: &store.within,
        spans: &slice,
        stores: &[&store.field],
        whole: false,
    };
    // What leaves is looked at already.
    let plain: Vec<Span> = slice
        .iter()
        .filter(|s| !exits.iter().any(|e| s.contains(*e)))
        .copied()
        .collect();
    let leaving = Moved {
        whole: true,
        ..code
    };
    let staying = Moved {
        spans: &plain,
        ..code
    };
    code.is_readable(cx)?;
    code.does_nothing_else(cx, |_| false)?;
    staying.means_the_same(cx)?;
    leaving.means_the_same(cx)?;
    if let Some(name) = needs_mut(cx, store) {
        return Err(format!("`{name}` takes `&mut self`"));
    }
    let readers = readers(cx, store)?;
    let method = format!("current_{}", store.field);
    // A line that rustfmt would break.
    let width = cx.text(store.value).chars().count() + store.field.len() + "let : = ;".len();
    let is_long =
        width + 8 > LINE && store.declared(cx).is_ok() && cx.declaring(&method).is_empty();
    let by_method = !store.needed.is_empty() || cx.text(store.value).contains('\n') || is_long;
    let mut edits: Vec<Edit> = Vec::new();
    let uses = readers.iter().flat_map(|r| &r.uses);
    let replaced: BTreeSet<(FileId, u32)> = uses.map(|s| (s.file, s.hi)).collect();
    let field = Unused {
        owner: &store.owner,
        field: &store.field,
        given: &[],
        store: store.left,
        replaced: &replaced,
    };
    let goes = field.can_go(cx);
    let helpers = store.helpers(cx);
    let all_move = helpers.len() == store.needed.len() + store.named.iter().count();
    // Comments go where the code goes that they are about, if there is room for lines.
    let room = by_method
        || readers.first().is_some_and(|r| {
            // A function that is nothing but the value has no line for them.
            given(cx, store, r.within.function()).is_none() && {
                let text = &cx.sources.file(r.within.file).text;
                !is_on_one_line(text, r.within.function())
            }
        });
    let goes_along = |s: &Statement| s.span == store.statement.span || helpers.contains(&s.span);
    let said = |s: &Statement| match (&s.kind, room && goes_along(s)) {
        (_, false) => s.span,
        (StatementKind::Let { name, .. }, _) => said_of(cx, s.span, &[name]),
        _ => said_of(cx, s.span, &[&store.field]),
    };
    let takes = goes || by_method && all_move;
    let mut of_value = Said::default();
    if goes {
        for statement in store.named.iter().chain([&store.statement]) {
            let more = Said::of(cx, statement.span, said(statement));
            of_value.join(more);
        }
    }
    let (call, annotation) = if by_method {
        let mut body: Vec<Span> = match takes {
            true => store.needed.iter().map(said).collect(),
            false => store.needed.iter().map(|s| s.span).collect(),
        };
        body.push(store.value);
        let ty = store.declared(cx)?;
        let first = match exits.is_empty() {
            true => None,
            false => first_value(cx, fact, &store.within, &[store.statement.span])?,
        };
        let first = first.map(|(_, value)| value);
        let is_option = ty.starts_with("Option<") && first.as_deref() == Some("None");
        let (output, wrap, otherwise) = match &first {
            Some(_) if is_option => (ty.to_owned(), ["", ""], String::new()),
            Some(first) => (format!("Option<{ty}>"), ["Some(", ")"], or_first(first)),
            None if exits.is_empty() => (ty.to_owned(), ["", ""], String::new()),
            None => return Err("what the field is at first is not said".to_owned()),
        };
        // Where it left the callback, it gives nothing.
        let none = |e: &Span| if e.lo == e.hi { " None" } else { "None" };
        let left: Vec<_> = exits.iter().map(|e| (*e, none(e).to_owned())).collect();
        let new = NewMethod {
            signature: format!("fn {method}(&self) -> {output}"),
            replaced: &left,
            wrap,
            name: &method,
            lead: &[],
            body: &body,
            gives: true,
            said: std::mem::take(&mut of_value),
        };
        edits.push(new_method(cx, &store.within, &new)?);
        (format!("self.{method}(){otherwise}"), String::new())
    } else {
        (cx.text(store.value).to_owned(), annotation(cx, store)?)
    };
    for reader in &readers {
        let function = reader.within.function();
        let local = local_name(cx, &reader.within.outline, function, &store.field)?;
        let text = &cx.sources.file(reader.within.file).text;
        let start = function.body.lo as usize;
        if let Some(name) = later_macro(text, &call, start) {
            return Err(format!("`{name}!` is defined further down"));
        }
        if let Some(all) = given(cx, store, function) {
            edits.push(Edit {
                span: all,
                text: call.clone(),
            });
            continue;
        }
        let line = format!("let {local}{annotation} = {call};");
        let lines = std::mem::take(&mut of_value).around(vec![line]);
        edits.push(after_asking(
            text,
            function,
            &lines.join("\n"),
            &reader.uses,
        ));
        for &span in &reader.uses {
            edits.push(Edit {
                span,
                text: local.clone(),
            });
        }
    }
    let mut unused = None;
    // Where the field stays, somebody may look at it: the store stays too.
    if goes {
        unused = store.left_unused(&helpers).map(str::to_owned);
        if store.would_lose_a_comment(cx) {
            return Err("a comment stands inside of the statement that would go".to_owned());
        }
        edits.push(removal(cx, said(&store.statement)));
        let going = store.needed.iter().chain(&store.named);
        let going = going.filter(|s| helpers.contains(&s.span));
        edits.extend(going.map(|s| removal(cx, said(s))));
        field.remove(cx, &mut edits);
    } else if takes {
        edits.push(Edit {
            span: store.value,
            text: call,
        });
        edits.extend(store.needed.iter().map(|s| removal(cx, said(s))));
    }
    edits.sort();
    if overlap(&edits) {
        return Err("the places to change overlap".to_owned());
    }
    tidy(cx, &mut edits);
    let mut moved = slice.clone();
    moved.push(store.statement.span);
    let names = readers.iter().map(|r| r.within.function().name.as_str());
    let reason = in_tests(cx, &store.field, names)
        .or_else(|| not_each_time(cx, &store.within, &moved, fact))
        .or_else(|| {
            let readers = readers.iter().map(|r| &r.within);
            doubt(cx, &store.within, &slice, readers, &fact.sources, goes)
        })
        .or_else(|| {
            let name = unused?;
            let function = &store.function().name;
            Some(format!(
                "nothing in `{function}` uses `{name}` any more, and it has to stay"
            ))
        });
    let emptied = goes && is_emptied(store, &helpers);
    let fix = Fix {
        title: match goes {
            true => format!("ask for `{}` where it is used", store.field),
            false => format!(
                "ask for `{}` where it is used, and leave the field",
                store.field
            ),
        },
        safety: Safety::of(&reason),
        reason,
        edits,
    };
    Ok((fix, emptied))
}

/// The whole body of a function that gives the field, or a clone of it, and does nothing else.
fn given(cx: &Context<'_>, store: &Store<'_>, function: &Function) -> Option<Span> {
    let mut top = function.top();
    let (only, None) = (top.next()?, top.next()) else {
        return None;
    };
    let text = cx.text(only.span);
    let field = text
        .strip_prefix("self.")?
        .strip_prefix(store.field.as_str())?;
    let declared: String = store.declared(cx).ok()?.split_whitespace().collect();
    let same = function.output.as_deref() == Some(declared.as_str());
    (same && ["", ".clone()"].contains(&field)).then_some(only.span)
}

/// What turns the absent value into what the field was at first.
fn or_first(first: &str) -> String {
    let defaults = [
        "false",
        "0",
        "None",
        "String::new()",
        "Vec::new()",
        "Default::default()",
    ];
    let plain = first
        .chars()
        .all(|c| c.is_alphanumeric() || "_:.".contains(c));
    match first {
        f if defaults.contains(&f) || f.ends_with("::default()") => {
            ".unwrap_or_default()".to_owned()
        }
        f if plain => format!(".unwrap_or({f})"),
        f => format!(".unwrap_or_else(|| {f})"),
    }
}

/// What unit tests do with the field, or with a function that asks the host now.
pub(super) fn in_tests<'n>(
    cx: &Context<'_>,
    field: &str,
    names: impl Iterator<Item = &'n str>,
) -> Option<String> {
    if is_named_in_tests(cx, field) {
        return Some(format!(
            "unit tests use `{field}`, which the plugin no longer looks at"
        ));
    }
    let name = tested(cx, names)?;
    Some(format!("unit tests run `{name}`, which asks the host now"))
}

/// A method with `&mut self` that the value calls: neither a reader nor a new method need have that.
fn needs_mut(cx: &Context<'_>, store: &Store<'_>) -> Option<String> {
    let slice = store.slice();
    let mut words = store.function().words.iter();
    let needy = |name: &str| {
        cx.declaring(name).iter().any(|&file| {
            let outline = cx.outline(file);
            outline.is_some_and(|o| o.functions.iter().any(|f| f.name == name && f.mutable))
        })
    };
    let inside = |at: usize| slice.iter().any(|s| s.range().contains(&at));
    let found = words.find(|(word, at)| inside(*at) && needy(word));
    found
        .map(|(word, _)| word.clone())
        .or_else(|| takes_self(cx, store))
}

/// A function that is given `self` for a `&mut` parameter, as far as can be seen.
fn takes_self(cx: &Context<'_>, store: &Store<'_>) -> Option<String> {
    let mutable = |name: &str| {
        let mut files = cx.declaring(name).iter().peekable();
        let unseen = files.peek().is_none();
        unseen
            || files.any(|&file| {
                let outline = cx.outline(file);
                outline.is_none_or(|o| {
                    o.named(name).any(|f| {
                        let (start, end) = (f.span.lo as usize, f.body.lo as usize);
                        cx.text(Span::new(file, start, end)).contains("&mut")
                    })
                })
            })
    };
    let marks = store.slice();
    let mut marks = marks.iter().flat_map(|s| marks_in(store.function(), *s));
    marks.find_map(|m| match &m.kind {
        MarkKind::Call(c) if c.lends == Lend::Whole && mutable(&c.name) => Some(c.name.clone()),
        _ => None,
    })
}

/// `: T` where the expression takes its type from the field; nothing where it is one plain call.
fn annotation(cx: &Context<'_>, store: &Store<'_>) -> Result<String, String> {
    let text = cx.text(store.value);
    let code = code_of(text);
    let plain = code.matches('(').count() == 1
        && code.ends_with(')')
        && code.split('(').next().is_some_and(|head| {
            head.chars()
                .all(|c| c.is_alphanumeric() || "_.:".contains(c))
        })
        && !["into", "collect", "parse", "default", "from"]
            .iter()
            .any(|m| code.contains(&format!("{m}(")));
    // What a function gives may still be made the field's type: by its parameters, or a coercion.
    let name = code.split('(').next().unwrap_or_default();
    let name = name.rsplit(['.', ':']).next().unwrap_or_default();
    let declared: String = store
        .declared(cx)
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let is_it = |f: &Function| f.name != name || f.output.as_deref() == Some(declared.as_str());
    let known = name == "get_property"
        || !cx.declaring(name).is_empty()
            && cx.declaring(name).iter().all(|&file| {
                let outline = cx.outline(file);
                outline.is_some_and(|o| o.functions.iter().all(is_it))
            });
    if plain && known {
        return Ok(String::new());
    }
    let ty = store.declared(cx)?;
    if store.function().generic || ty.contains('\'') {
        return Err(format!("`{}` has parameters", store.owner));
    }
    Ok(format!(": {ty}"))
}

/// Finds `self.field = value;` and what the value needs.
pub(super) fn find<'a>(cx: &Context<'_>, fact: &'a StoreFact) -> Result<Store<'a>, String> {
    let file = fact.span.file;
    if is_included(cx, file) {
        return Err("the file is pulled in by `include!`".to_owned());
    }
    let within = cx
        .function_at(fact.span)
        .ok_or("the store stands outside of a function")?;
    let function = within.function();
    let assignment = function
        .statements
        .iter()
        .filter(|s| s.span.contains(fact.span))
        .filter_map(|s| match s.kind {
            StatementKind::Assign { left, right } => Some((s, left, right)),
            _ => None,
        })
        .min_by_key(|(s, _, _)| s.span.hi - s.span.lo);
    let Some((statement, left, value)) = assignment else {
        return Err("the store is no plain assignment".to_owned());
    };
    let field = cx
        .text(left)
        .strip_prefix("self.")
        .filter(|f| f.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .ok_or("the place is no field of `self`")?
        .to_owned();
    let owner = function.owner.clone().ok_or("it stands in no method")?;
    if !fact.subject.ends_with(&format!(".{field}")) {
        return Err(format!(
            "`{}` is reached through other values",
            fact.subject
        ));
    }
    if statement.block != function.body.lo as usize {
        return Err(
            "the store stands inside a branch, whose condition would have to come along".to_owned(),
        );
    }
    let sources: Vec<_> = fact.sources.iter().collect();
    let mut needed = Slice::of(cx, &within, &[value], &sources)?.needed;
    let mut value = value;
    let mut named = None;
    if let Some(last) = needed.last()
        && let StatementKind::Let { name, value: made } = last.kind.clone()
        && name == cx.text(value)
        && !cx
            .text(Span::new(file, last.span.lo as usize, made.lo as usize))
            .contains(':')
    {
        value = made;
        named = needed.pop();
    }
    Ok(Store {
        owner,
        field,
        statement: statement.clone(),
        left,
        value,
        needed,
        named,
        fact,
        within: within.clone(),
    })
}

/// A function that reads the field later.
pub(super) struct Reader {
    pub(super) within: Within,
    /// `self.field`, each time it stands there.
    pub(super) uses: Vec<Span>,
}

pub(super) fn readers(cx: &Context<'_>, store: &Store<'_>) -> Result<Vec<Reader>, String> {
    let mut out: Vec<Reader> = Vec::new();
    let sources = store.fact.sources.iter();
    let reads: BTreeSet<Span> = sources.flat_map(|s| &s.reads).map(|r| r.span).collect();
    for read in reads {
        let within = cx
            .function_at(read)
            .ok_or("a read stands outside of a function")?;
        if out.iter().any(|r| r.within.is(&within)) {
            continue;
        }
        // A call that leads to the read shows no field: the read itself is among the others.
        let names = |(name, span): &(String, Span)| *name == store.field && read.contains(*span);
        if !within.outline.members.iter().any(names) {
            continue;
        }
        suits(cx, store, &within)?;
        let function = within.function();
        let uses = uses_in(cx, &within.outline, function, &store.field)?;
        if uses.is_empty() {
            return Err(format!("`{}` reads it by another name", function.name));
        }
        out.push(Reader { within, uses });
    }
    // Every store that these reads see has to be this one.
    let mut stores = cx.stores_to(&store.fact.subject).iter();
    let elsewhere =
        stores.any(|s| s.span != store.fact.span && s.span.file == store.fact.span.file);
    if elsewhere || written_elsewhere(cx, store) {
        return Err("the field is stored in several places".to_owned());
    }
    Writers {
        subject: &store.fact.subject,
        spans: &[store.statement.span],
        within: &store.within,
        entries: &[],
        may_use_up: false,
    }
    .are_alone(cx)?;
    if let Some(name) = named_in_macro(cx, store) {
        return Err(format!("a macro in `{name}` may name the field"));
    }
    if out.is_empty() {
        return Err("no later read stands in the text".to_owned());
    }
    Ok(out)
}

/// Whether the value can be bound at the start of a function that reads the field.
fn suits(cx: &Context<'_>, store: &Store<'_>, within: &Within) -> Result<(), String> {
    let function = within.function();
    let name = &function.name;
    if within.is(&store.within) {
        return Err("it is stored and read in one function that runs several times".to_owned());
    }
    if function.owner.as_deref() != Some(&store.owner) || !function.has_self {
        return Err(format!(
            "`{name}` reads it, which is no method of `{}`",
            store.owner
        ));
    }
    let module = |w: &Within| w.outline.module(w.function().span);
    if within.file != store.within.file || module(within) != module(&store.within) {
        return Err(format!("`{name}` reads it in another module"));
    }
    if function.is_async {
        return Err(format!("`{name}` is async"));
    }
    if function.output.as_deref().is_some_and(|o| !is_owned(cx, o)) {
        return Err(format!("`{name}` gives a reference to it away"));
    }
    if function.has_items() {
        return Err(format!("`{name}` has items of its own"));
    }
    if let Some((bound, _)) = function.bound.iter().find(|(b, _)| calls(store, b)) {
        return Err(format!("`{bound}` has another meaning in `{name}`"));
    }
    if within.outline.destructured.contains(&store.owner) {
        return Err(format!("a pattern takes `{}` apart", store.owner));
    }
    if function.words.iter().any(|(w, _)| w == "move") {
        return Err(format!("`{name}` has a closure that takes it along"));
    }
    Ok(())
}

/// Whether a type, written without blanks, surely borrows nothing: neither `&T` nor `Cow<str>` nor
/// `impl Iterator`, and no type of the tree that has a lifetime.
fn is_owned(cx: &Context<'_>, ty: &str) -> bool {
    const OWNED: [&str; 38] = [
        "",
        "Self",
        "Action",
        "Arc",
        "BTreeMap",
        "BTreeSet",
        "Box",
        "Duration",
        "Error",
        "Err",
        "FilterHeadersStatus",
        "HashMap",
        "HashSet",
        "Instant",
        "NonZeroU32",
        "Ok",
        "Option",
        "Rc",
        "Result",
        "Status",
        "String",
        "SystemTime",
        "Vec",
        "VecDeque",
        "bool",
        "char",
        "f32",
        "f64",
        "i32",
        "i64",
        "isize",
        "u16",
        "u32",
        "u64",
        "u8",
        "usize",
        "std",
        "collections",
    ];
    if ty.contains(['&', '\'']) || ty.starts_with("impl") || ty.contains("dyn") {
        return false;
    }
    let mut names = ty.split(|c: char| !c.is_alphanumeric() && c != '_');
    names.all(|name| {
        let declared = |what: &str| !cx.files_with(&format!("{what} {name}")).is_empty();
        let lends = || !cx.files_with(&format!(" {name}<'")).is_empty();
        OWNED.contains(&name)
            || name.starts_with(char::is_numeric)
            || ["struct", "enum"].into_iter().any(declared) && !lends()
    })
}

/// `self.field` in a function; none of them may be written to.
fn uses_in(
    cx: &Context<'_>,
    outline: &Outline,
    function: &Function,
    field: &str,
) -> Result<Vec<Span>, String> {
    let text = &cx.sources.file(function.body.file).text;
    if code_of(cx.text(function.body)).contains("ref mut") {
        return Err(format!("`{}` may also change it", function.name));
    }
    let mut out = Vec::new();
    for (name, span) in &outline.members {
        if name != field || !function.body.contains(*span) {
            continue;
        }
        let before = &text[..span.lo as usize];
        if !before.ends_with("self.") {
            return Err(format!("`.{field}` is not always reached through `self`"));
        }
        let start = span.lo as usize - "self.".len();
        if may_change(text, start, span.hi as usize) {
            return Err(format!("`{}` may also change it", function.name));
        }
        out.push(Span::new(span.file, start, span.hi as usize));
    }
    Ok(out)
}

/// Whether the moved code uses a word, `self` and what it binds itself apart.
fn calls(store: &Store<'_>, word: &str) -> bool {
    let slice = store.slice();
    let inside = |at: usize| slice.iter().any(|s| s.range().contains(&at));
    let function = store.function();
    let mut bound = function.bound.iter();
    let mut words = function.words.iter();
    let outline = &store.within.outline;
    word != "self"
        && words.any(|(w, at)| w == word && inside(*at) && !outline.is_member(*at))
        && !bound.any(|(b, at)| b == word && inside(*at))
}

/// Whether the type's own methods change the field besides this store.
fn written_elsewhere(cx: &Context<'_>, store: &Store<'_>) -> bool {
    cx.files_with(&store.field).into_iter().any(|file| {
        let Some(outline) = cx.outline(file) else {
            return true;
        };
        let text = &cx.sources.file(file).text;
        if outline.destructured.contains(&store.owner) {
            return true;
        }
        outline.members.iter().any(|(name, span)| {
            let holder = outline.innermost(*span).map(|i| &outline.functions[i]);
            let own = holder.is_some_and(|f| f.owner.as_deref() == Some(&store.owner));
            let start = receiver_start(text, span.lo as usize);
            *name == store.field
                && own
                && !(file == store.within.file && store.left.contains(*span))
                && may_change(text, start, span.hi as usize)
        })
    })
}

/// A method of the type in which a macro is handed the bare name of the field.
fn named_in_macro(cx: &Context<'_>, store: &Store<'_>) -> Option<String> {
    cx.files_with(&store.field).into_iter().find_map(|file| {
        let outline = cx.outline(file)?;
        let text = &cx.sources.file(file).text;
        let bare = |f: &Function, at: usize| {
            let after = text[at + store.field.len()..].trim_start();
            let known = f.uses.iter().any(|u| u.at == at) || f.bound.iter().any(|(_, b)| *b == at);
            let literal = outline
                .initialisers
                .iter()
                .any(|i| i.span.range().contains(&at));
            let called =
                after.starts_with('(') || after.starts_with("::") || after.starts_with('!');
            text[at..].starts_with(store.field.as_str())
                && !(known || literal || called || outline.is_member(at))
                && !text[..at].ends_with("::")
        };
        let mut methods = outline.functions.iter();
        let found = methods.find(|f| {
            let mut words = f.words.iter();
            f.owner.as_deref() == Some(&store.owner)
                && words.any(|(w, at)| *w == store.field && bare(f, *at))
        });
        found.map(|f| f.name.clone())
    })
}

/// A name for the variable that the function does not use, but as that of the field.
pub(super) fn local_name(
    cx: &Context<'_>,
    outline: &Outline,
    function: &Function,
    field: &str,
) -> Result<String, String> {
    let free = |name: &str| {
        // A constant of that name would make the `let` a comparison.
        let constant = |what: &str| !cx.files_with(&format!("{what} {name}:")).is_empty();
        if constant("const") || constant("static") {
            return false;
        }
        let mut words = function.words.iter();
        words.all(|(word, at)| word != name || outline.is_member(*at))
            && !function.bound.iter().any(|(n, _)| n == name)
    };
    [field.to_owned(), format!("current_{field}")]
        .into_iter()
        .find(|n| free(n))
        .ok_or_else(|| format!("`{field}` has another meaning in `{}`", function.name))
}
