//! `route-in-stream-context` and `stale-match-decision`: ask where it is used.
//!
//! The user's own expression is bound at the start of each function that reads the field later, or made
//! a method when it is more than one expression; the field's reads there become reads of the variable, and
//! the store and the field go when nothing else needs them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::caution::{
    code_of, has_long_string, holder, is_included, may_change, restless, words_of,
};
use super::layout::at_start;
use super::text::{indent_at, line_break, line_start, reindent, whole_lines};
use super::{Context, Outcome};
use crate::finding::{Edit, Finding, Fix, Safety, StepKind};
use crate::flow::{Storage, StoreFact};
use crate::rust::{Function, Outline, Statement, StatementKind};
use crate::sdk::PropertyClass;
use crate::source::{FileId, Span};

/// The store of a finding, found again in the text.
struct Store<'a> {
    file: FileId,
    outline: Rc<Outline>,
    /// Index of the function that holds it.
    function: usize,
    owner: String,
    field: String,
    /// The assignment.
    statement: Statement,
    left: Span,
    value: Span,
    /// The `let`s that the value needs, in order.
    lets: Vec<Statement>,
    /// `let x = value;` before `self.field = x;`: the value is taken from there.
    named: Option<Statement>,
    fact: &'a StoreFact,
}

impl Store<'_> {
    fn function(&self) -> &Function {
        &self.outline.functions[self.function]
    }

    /// The code that gives the value: the needed variables and the expression.
    fn slice(&self) -> Vec<Span> {
        let mut out: Vec<Span> = self.lets.iter().map(|s| s.span).collect();
        out.push(self.value);
        out
    }

    /// Statements that go with the store when nothing else needs them.
    fn helpers(&self) -> impl Iterator<Item = &Statement> {
        self.lets.iter().chain(&self.named)
    }
}

/// The fix of one finding.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let fact = cx
        .flow
        .stores
        .iter()
        .find(|s| s.span == finding.primary.span && s.subject == finding.subject)
        .filter(|s| s.storage == Storage::Stream)
        .ok_or("the store is not one assignment")?;
    let store = find(cx, fact)?;
    check_reads(cx, &store)?;
    check_slice(cx, &store)?;
    let readers = readers(cx, &store, finding)?;
    let by_method = !store.lets.is_empty() || cx.text(store.value).contains('\n');
    let mut edits: Vec<Edit> = Vec::new();
    let method = format!("current_{}", store.field);
    let call = if by_method {
        edits.push(new_method(cx, &store, &method)?);
        format!("self.{method}()")
    } else {
        cx.text(store.value).to_owned()
    };
    let annotation = if by_method {
        String::new()
    } else {
        annotation(cx, &store)?
    };
    for reader in &readers {
        let outline = cx
            .outline(reader.file)
            .ok_or("the file could not be read again")?;
        let function = &outline.functions[reader.function];
        let local = local_name(&outline, function, &store.field)?;
        let text = &cx.sources.file(reader.file).text;
        edits.push(at_start(
            text,
            function,
            &format!("let {local}{annotation} = {call};"),
        ));
        for &span in &reader.uses {
            edits.push(Edit {
                span,
                text: local.clone(),
            });
        }
    }
    let replaced: BTreeSet<(FileId, u32)> = readers
        .iter()
        .flat_map(|r| r.uses.iter().map(|s| (s.file, s.hi)))
        .collect();
    // Where the field stays, somebody may look at it: the store stays too.
    let unused = others(cx, &store, &replaced) && removable(cx, &store);
    if unused {
        remove_store(cx, &store, &mut edits);
        remove_field(cx, &store, &mut edits);
    } else if by_method {
        edits.push(Edit {
            span: store.value,
            text: call,
        });
        for l in store.helpers() {
            if only_for_store(&store, l) {
                edits.push(removal(cx, l.span));
            }
        }
    }
    edits.sort();
    if edits
        .windows(2)
        .any(|w| w[0].span.file == w[1].span.file && w[0].span.hi > w[1].span.lo)
    {
        return Err("the places to change overlap".to_owned());
    }
    let reason = conditional(cx, &store);
    Ok(Fix {
        title: format!("ask for `{}` where it is used", store.field),
        safety: if reason.is_some() {
            Safety::Unsafe
        } else {
            Safety::Safe
        },
        reason,
        edits,
    })
}

/// Why the store may not have happened when the field is read: the fix reads in any case.
fn conditional(cx: &Context<'_>, store: &Store<'_>) -> Option<String> {
    let function = store.function();
    if function.name != store.fact.callback {
        return Some(format!(
            "`{}` may not be called for each request, and what is read now is read for each",
            function.name
        ));
    }
    let before = cx.text(Span::new(
        store.file,
        function.body.lo as usize,
        store.statement.span.lo as usize,
    ));
    let code = code_of(before);
    ["return", "?", "panic!", "else {"]
        .iter()
        .any(|w| code.contains(w))
        .then(|| {
            "the store is not reached for each request, and what is read now is read for each"
                .to_owned()
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
    if plain {
        return Ok(String::new());
    }
    let declared = store
        .outline
        .fields
        .iter()
        .find(|f| f.owner == store.owner && f.name == store.field)
        .ok_or("the struct stands in another file")?;
    let ty = cx.text(declared.value);
    if store.function().generic || ty.contains('\'') {
        return Err(format!("`{}` has parameters", store.owner));
    }
    Ok(format!(": {ty}"))
}

/// Finds `self.field = value;` and the variables that the value needs.
fn find<'a>(cx: &Context<'_>, fact: &'a StoreFact) -> Result<Store<'a>, String> {
    let file = fact.span.file;
    if is_included(cx, file) {
        return Err("the file is pulled in by `include!`".to_owned());
    }
    let outline = cx.outline(file).ok_or("the file could not be read again")?;
    let index = (0..outline.functions.len())
        .filter(|&i| outline.functions[i].body.contains(fact.span))
        .min_by_key(|&i| outline.functions[i].body.hi - outline.functions[i].body.lo)
        .ok_or("the store stands outside of a function")?;
    let function = &outline.functions[index];
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
    let mut store = Store {
        file,
        function: index,
        owner,
        field,
        statement: statement.clone(),
        left,
        value,
        lets: Vec::new(),
        named: None,
        fact,
        outline: Rc::clone(&outline),
    };
    store.lets = needed(&store)?;
    if let Some(last) = store.lets.last()
        && let StatementKind::Let { name, value } = &last.kind
        && name == cx.text(store.value)
        && !cx
            .text(Span::new(file, last.span.lo as usize, value.lo as usize))
            .contains(':')
    {
        store.value = *value;
        store.named = store.lets.pop();
    }
    Ok(store)
}

/// The `let`s that the stored value needs.
fn needed(store: &Store<'_>) -> Result<Vec<Statement>, String> {
    let function = store.function();
    let mut spans = vec![store.value];
    let mut out: Vec<Statement> = Vec::new();
    let mut at = 0;
    while at < spans.len() {
        let span = spans[at];
        at += 1;
        for (word, place) in &function.words {
            if !(span.lo as usize..span.hi as usize).contains(place) || word == "self" {
                continue;
            }
            let bindings: Vec<usize> = function
                .bound
                .iter()
                .filter(|(name, _)| name == word)
                .map(|(_, at)| *at)
                .collect();
            let outside = |b: &&usize| !(span.lo as usize..span.hi as usize).contains(*b);
            let Some(&binding) = bindings.iter().find(outside) else {
                continue;
            };
            if bindings.iter().filter(outside).count() > 1 {
                return Err(format!("`{word}` stands for several values"));
            }
            let found = function.statements.iter().find(|s| {
                s.block == store.statement.block
                    && s.span.lo < store.statement.span.lo
                    && (s.span.lo as usize..s.span.hi as usize).contains(&binding)
                    && matches!(&s.kind, StatementKind::Let { name, .. } if name == word)
            });
            let Some(found) = found else {
                // A word that is also the name of a field or method is no use of the variable.
                if is_member(store, *place) {
                    continue;
                }
                return Err(format!(
                    "the value depends on `{word}`, which only this callback has"
                ));
            };
            if !out.iter().any(|s| s.span == found.span) {
                out.push(found.clone());
                spans.push(found.span);
            }
        }
    }
    out.sort_by_key(|s| s.span.lo);
    Ok(out)
}

fn is_member(store: &Store<'_>, at: usize) -> bool {
    store
        .outline
        .members
        .iter()
        .any(|(_, s)| s.lo as usize == at)
}

/// What the moved code reads from the host must be readable, and meant, in the later callback.
fn check_reads(cx: &Context<'_>, store: &Store<'_>) -> Result<(), String> {
    let slice = store.slice();
    let within = |span: Span| slice.iter().any(|s| s.contains(span));
    let mut any = false;
    for s in &cx.flow.sources {
        let through = s.stack.iter().any(|(call, _)| within(*call));
        if !(within(s.span) || within(s.host_span) || through) {
            continue;
        }
        any = true;
        match s.class {
            PropertyClass::Request | PropertyClass::Response | PropertyClass::Running => {
                return Err(format!(
                    "the value also depends on `{}`, which can't be read later: keep that, and ask for \
                     the route again where it is used",
                    s.property
                ));
            }
            PropertyClass::Dynamic | PropertyClass::Unknown => {
                return Err(format!(
                    "the value also depends on `{}`, which may be another one later",
                    s.property
                ));
            }
            _ => {}
        }
    }
    if any {
        Ok(())
    } else {
        Err("the host is not asked in the stored expression".to_owned())
    }
}

/// The moved code must do nothing but read, and mean the same in another callback.
fn check_slice(cx: &Context<'_>, store: &Store<'_>) -> Result<(), String> {
    let slice = store.slice();
    if cx
        .flow
        .doing
        .iter()
        .any(|call| slice.iter().any(|s| s.contains(*call)))
    {
        return Err("the stored expression does more than read".to_owned());
    }
    for &span in &slice {
        let text = cx.text(span);
        let code = code_of(text);
        for (part, what) in [
            ("?", "`?`"),
            ("return", "`return`"),
            (".await", "`.await`"),
            ("&mut", "`&mut`"),
        ] {
            if code.contains(part) {
                return Err(format!("the stored expression has {what} in it"));
            }
        }
        if has_long_string(text) {
            return Err("the stored expression has a string of several lines in it".to_owned());
        }
    }
    let all = words_of(cx, &slice);
    if let Some(word) = restless(cx, &all) {
        return Err(format!(
            "the stored expression, or what it calls, uses `{word}`, which may be different later"
        ));
    }
    for field in fields_read(cx, store, &all) {
        if field != store.field && is_written(cx, &field) {
            return Err(format!(
                "the stored expression reads `{field}`, which may change between callbacks"
            ));
        }
    }
    let local_item = |w: &str| {
        matches!(
            w,
            "use" | "const" | "static" | "fn" | "struct" | "macro_rules"
        )
    };
    if store.function().words.iter().any(|(w, _)| local_item(w)) {
        return Err("the function that stores has items of its own".to_owned());
    }
    let words = store.function().words.iter();
    let called: Vec<&String> = words
        .filter(|(_, at)| {
            slice
                .iter()
                .any(|s| (s.lo as usize..s.hi as usize).contains(at))
        })
        .map(|(w, _)| w)
        .collect();
    for name in called {
        for file in cx.files_with(&format!("fn {name}")) {
            let mutable = cx
                .outline(file)
                .is_some_and(|o| o.functions.iter().any(|f| f.name == *name && f.mutable));
            if mutable {
                return Err(format!("`{name}` takes `&mut self`"));
            }
        }
    }
    Ok(())
}

/// Names of fields that the code reads, and those that functions read which it may call.
fn fields_read(cx: &Context<'_>, store: &Store<'_>, words: &BTreeSet<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (_, file) in cx.sources.iter().map(|(id, f)| (f, id)) {
        if file != store.file
            && !words
                .iter()
                .any(|w| cx.files_with(&format!("fn {w}")).contains(&file))
        {
            continue;
        }
        if let Some(outline) = cx.outline(file) {
            let members = outline.members.iter();
            out.extend(
                members
                    .filter(|(n, _)| words.contains(n))
                    .map(|(n, _)| n.clone()),
            );
        }
    }
    out
}

/// Whether some method may change a field of this name, or stores of the analysis say so.
fn is_written(cx: &Context<'_>, field: &str) -> bool {
    let dotted = format!(".{field}");
    if cx.flow.kept.iter().any(|s| s.subject.ends_with(&dotted)) {
        return true;
    }
    cx.files_with(&dotted).into_iter().any(|file| {
        let Some(outline) = cx.outline(file) else {
            return true;
        };
        let text = &cx.sources.file(file).text;
        outline.members.iter().any(|(name, span)| {
            let rest = text[span.hi as usize..].trim_start();
            // A method of the user's own is looked into by what it reads itself.
            let own_call = rest.starts_with('.')
                && !cx
                    .files_with(&format!("fn {}", word_at(rest[1..].trim_start())))
                    .is_empty();
            name == field
                && holder(&outline, *span).is_some_and(|f| f.has_self)
                && !own_call
                && may_change(
                    text,
                    receiver_start(text, span.lo as usize),
                    span.hi as usize,
                )
        })
    })
}

fn word_at(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Where `self` starts before `.field`, else the field itself.
fn receiver_start(text: &str, at: usize) -> usize {
    if text[..at].ends_with("self.") {
        at - "self.".len()
    } else {
        at
    }
}

/// A function that reads the field later.
struct Reader {
    file: FileId,
    function: usize,
    /// `self.field`, each time it stands there.
    uses: Vec<Span>,
}

fn readers(cx: &Context<'_>, store: &Store<'_>, finding: &Finding) -> Result<Vec<Reader>, String> {
    let mut out: Vec<Reader> = Vec::new();
    let reads = finding
        .trace
        .iter()
        .filter(|s| s.kind == StepKind::Read)
        .filter_map(|s| s.span);
    for read in reads {
        let outline = cx
            .outline(read.file)
            .ok_or("the file could not be read again")?;
        let index = (0..outline.functions.len())
            .filter(|&i| outline.functions[i].body.contains(read))
            .min_by_key(|&i| outline.functions[i].body.hi - outline.functions[i].body.lo)
            .ok_or("a read stands outside of a function")?;
        if out
            .iter()
            .any(|r| r.file == read.file && r.function == index)
        {
            continue;
        }
        // A call that leads to the read shows no field: the read itself is among the others.
        let names = |(name, span): &(String, Span)| *name == store.field && read.contains(*span);
        if !outline.members.iter().any(names) {
            continue;
        }
        let function = &outline.functions[index];
        if read.file == store.file && index == store.function {
            return Err("it is stored and read in one function that runs several times".to_owned());
        }
        if function.owner.as_deref() != Some(&store.owner) || !function.has_self {
            return Err(format!(
                "`{}` reads it, which is no method of `{}`",
                function.name, store.owner
            ));
        }
        if function.is_async {
            return Err(format!("`{}` is async", function.name));
        }
        if read.file != store.file {
            return Err(format!("`{}` reads it in another file", function.name));
        }
        if function
            .output
            .as_deref()
            .is_some_and(|o| o.contains('&') || o.contains('\''))
        {
            return Err(format!("`{}` gives a reference to it away", function.name));
        }
        let own_items = function
            .words
            .iter()
            .any(|(w, _)| matches!(w.as_str(), "fn" | "use" | "const" | "static"));
        if own_items {
            return Err(format!("`{}` has items of its own", function.name));
        }
        if let Some((name, _)) = function.bound.iter().find(|(b, _)| calls(store, b)) {
            return Err(format!(
                "`{name}` has another meaning in `{}`",
                function.name
            ));
        }
        if function.words.iter().any(|(w, _)| w == "move") {
            return Err(format!(
                "`{}` has a closure that takes it along",
                function.name
            ));
        }
        let uses = uses_in(cx, &outline, function, &store.field)?;
        if uses.is_empty() {
            return Err(format!("`{}` reads it by another name", function.name));
        }
        out.push(Reader {
            file: read.file,
            function: index,
            uses,
        });
    }
    // Every store that these reads see has to be this one.
    let elsewhere = cx.flow.stores.iter().any(|s| {
        s.subject == store.fact.subject && s.span != store.fact.span && s.span.file == store.file
    });
    if elsewhere || written_elsewhere(cx, store) {
        return Err("the field is stored in several places".to_owned());
    }
    if out.is_empty() {
        return Err("no later read stands in the text".to_owned());
    }
    Ok(out)
}

/// `self.field` in a function; none of them may be written to.
fn uses_in(
    cx: &Context<'_>,
    outline: &Outline,
    function: &Function,
    field: &str,
) -> Result<Vec<Span>, String> {
    let text = &cx.sources.file(function.body.file).text;
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
    let inside = |at: usize| {
        slice
            .iter()
            .any(|s| (s.lo as usize..s.hi as usize).contains(&at))
    };
    let function = store.function();
    let bound = function
        .bound
        .iter()
        .any(|(b, at)| b == word && inside(*at));
    let used = function
        .words
        .iter()
        .any(|(w, at)| w == word && inside(*at) && !is_member(store, *at));
    word != "self" && used && !bound
}

/// Whether the type's own methods change the field besides this store.
fn written_elsewhere(cx: &Context<'_>, store: &Store<'_>) -> bool {
    cx.files_with(&store.field).into_iter().any(|file| {
        let Some(outline) = cx.outline(file) else {
            return true;
        };
        let text = &cx.sources.file(file).text;
        outline.members.iter().any(|(name, span)| {
            let own =
                holder(&outline, *span).is_some_and(|f| f.owner.as_deref() == Some(&store.owner));
            let start = receiver_start(text, span.lo as usize);
            *name == store.field
                && own
                && !(file == store.file && store.left.contains(*span))
                && may_change(text, start, span.hi as usize)
        })
    })
}

/// A name for the variable that the function does not use, but as that of the field.
fn local_name(outline: &Outline, function: &Function, field: &str) -> Result<String, String> {
    let member = |at: usize| {
        let mut members = outline.members.iter();
        members.any(|(_, s)| s.lo as usize == at)
    };
    let free = |name: &str| {
        let mut words = function.words.iter();
        words.all(|(word, at)| word != name || member(*at))
            && !function.bound.iter().any(|(n, _)| n == name)
    };
    [field.to_owned(), format!("current_{field}")]
        .into_iter()
        .find(|n| free(n))
        .ok_or_else(|| format!("`{field}` has another meaning in `{}`", function.name))
}

/// A method that gives the value now, made of the user's own statements, before the impl that holds the
/// store.
fn new_method(cx: &Context<'_>, store: &Store<'_>, name: &str) -> Result<Edit, String> {
    if store.function().generic {
        return Err(format!("`{}` has type parameters", store.owner));
    }
    if !cx.files_with(&format!("fn {name}")).is_empty() {
        return Err(format!("there is a method `{name}` already"));
    }
    let declared = store
        .outline
        .fields
        .iter()
        .find(|f| f.owner == store.owner && f.name == store.field)
        .ok_or("the struct stands in another file")?;
    let (_, place) = store
        .outline
        .impls
        .iter()
        .filter(|(_, s)| s.contains(store.statement.span))
        .min_by_key(|(_, s)| s.hi - s.lo)
        .ok_or("the impl is made by a macro")?;
    let text = &cx.sources.file(store.file).text;
    let header = text[place.lo as usize..place.hi as usize]
        .split('{')
        .next()
        .unwrap_or_default();
    let ty = header.rsplit(" for ").next().unwrap_or(header);
    if ty.contains('<') || ty.contains("::") || header.starts_with("impl<") {
        return Err(format!(
            "`{}` is written with parameters or a path",
            store.owner
        ));
    }
    let nl = line_break(text);
    let outer = indent_at(text, place.lo as usize).to_owned();
    let old = indent_at(text, store.statement.span.lo as usize);
    let step = if text.contains("\n\t") { "\t" } else { "    " };
    let inner = format!("{outer}{step}{step}");
    let mut body = String::new();
    for l in &store.lets {
        body.push_str(&inner);
        body.push_str(&reindent(cx.text(l.span), old, &inner));
        body.push_str(nl);
    }
    body.push_str(&inner);
    body.push_str(&reindent(cx.text(store.value), old, &inner));
    body.push_str(nl);
    let ty = cx.text(declared.value);
    let owner = &store.owner;
    let code = format!(
        "impl {owner} {{{nl}{outer}{step}fn {name}(&self) -> {ty} {{{nl}{body}{outer}{step}}}{nl}{outer}}}{nl}{nl}{outer}"
    );
    let at = place.lo as usize;
    debug_assert!(line_start(text, at) <= at);
    Ok(Edit {
        span: Span::new(store.file, at, at),
        text: code,
    })
}

/// Whether nothing but the store and the replaced reads uses the field.
fn others(cx: &Context<'_>, store: &Store<'_>, replaced: &BTreeSet<(FileId, u32)>) -> bool {
    let owners = cx.files_with(&store.field);
    for file in owners {
        let Some(outline) = cx.outline(file) else {
            return false;
        };
        let used = outline.members.iter().any(|(name, span)| {
            let in_store = file == store.file && store.left.contains(*span);
            *name == store.field
                && !in_store
                && !replaced.contains(&(file, span.hi))
                && !of_another(cx, &outline, store, *span)
        });
        let public = outline
            .fields
            .iter()
            .any(|f| f.owner == store.owner && f.name == store.field && f.public);
        if used || public || outline.destructured.contains(&store.owner) {
            return false;
        }
        let shorthand = outline.initialisers.iter().any(|i| {
            i.owner == store.owner && i.name == store.field && cx.text(i.span) == store.field
        });
        if shorthand {
            return false;
        }
    }
    true
}

/// Whether `.field` is surely the field of another struct: `self.field` in a method of another type.
fn of_another(cx: &Context<'_>, outline: &Outline, store: &Store<'_>, span: Span) -> bool {
    let text = &cx.sources.file(span.file).text;
    if text[..span.lo as usize].ends_with("self.") {
        let function = outline
            .functions
            .iter()
            .filter(|f| f.body.contains(span))
            .min_by_key(|f| f.body.hi - f.body.lo);
        return function.is_some_and(|f| f.owner.as_deref() != Some(&store.owner));
    }
    false
}

fn remove_store(cx: &Context<'_>, store: &Store<'_>, edits: &mut Vec<Edit>) {
    edits.push(removal(cx, store.statement.span));
    for l in store.helpers() {
        if only_for_store(store, l) {
            edits.push(removal(cx, l.span));
        }
    }
}

/// Whether a variable is used by the store, and by `let`s for it, alone.
fn only_for_store(store: &Store<'_>, statement: &Statement) -> bool {
    let StatementKind::Let { name, .. } = &statement.kind else {
        return false;
    };
    let mut own = store.slice();
    own.push(store.statement.span);
    own.extend(store.named.iter().map(|s| s.span));
    let inside = |at: &usize| {
        own.iter()
            .any(|s| (s.lo as usize..s.hi as usize).contains(at))
    };
    let mut words = store.function().words.iter();
    words.all(|(word, at)| word != name || inside(at))
}

/// Whether the field can go: nothing that is not seen here uses it.
fn removable(cx: &Context<'_>, store: &Store<'_>) -> bool {
    let mut structs = 0;
    for (file, source) in cx.sources.iter() {
        if !source.text.contains(store.owner.as_str()) {
            continue;
        }
        let Some(outline) = cx.outline(file) else {
            return false;
        };
        structs += outline
            .fields
            .iter()
            .filter(|f| f.owner == store.owner && f.name == store.field)
            .count();
        let aliased = source.text.contains(&format!("= {};", store.owner));
        let compiled_otherwise = source.text.contains("#[cfg");
        let computed = outline
            .initialisers
            .iter()
            .filter(|i| i.owner == store.owner && i.name == store.field)
            .any(|i| {
                let value = cx.text(i.value);
                value.contains('(') && !value.ends_with("::new()") && !value.ends_with("default()")
            });
        if aliased || compiled_otherwise || computed {
            return false;
        }
    }
    // Derived code of other traits looks at each field; an attribute speaks to some of it.
    let derives_more = store.outline.derives.iter().any(|(name, derived)| {
        *name == store.owner
            && derived
                .iter()
                .any(|d| !matches!(d.as_str(), "Default" | "Clone" | "Copy"))
    });
    let attributed = store.outline.fields.iter().any(|f| {
        f.owner == store.owner && f.name == store.field && cx.text(f.span).starts_with('#')
    });
    structs == 1 && !derives_more && !attributed
}

/// The field and its values in literals.
fn remove_field(cx: &Context<'_>, store: &Store<'_>, edits: &mut Vec<Edit>) {
    for file in cx.files_with(&store.field) {
        let Some(outline) = cx.outline(file) else {
            continue;
        };
        for f in outline.fields.iter().chain(&outline.initialisers) {
            if f.owner == store.owner && f.name == store.field {
                let text = &cx.sources.file(file).text;
                // The comma goes along: the one behind, or for the last the one before.
                let (mut lo, mut hi) = (f.span.lo as usize, f.span.hi as usize);
                let behind = text[hi..].trim_start();
                if behind.starts_with(',') {
                    hi = text.len() - behind.len() + 1;
                } else if let Some(before) = text[..lo].trim_end().strip_suffix(',') {
                    lo = before.len();
                }
                let (mut lo, mut hi) = whole_lines(text, lo, hi);
                let (before, behind) = (text[..lo].trim_end(), text[hi..].trim_start());
                if before.ends_with('{') && behind.starts_with('}') {
                    // The last one leaves `{}`.
                    (lo, hi) = (before.len(), text.len() - behind.len());
                }
                edits.push(Edit {
                    span: Span::new(file, lo, hi),
                    text: String::new(),
                });
            }
        }
    }
}

fn removal(cx: &Context<'_>, span: Span) -> Edit {
    let text = &cx.sources.file(span.file).text;
    let (lo, hi) = whole_lines(text, span.lo as usize, span.hi as usize);
    Edit {
        span: Span::new(span.file, lo, hi),
        text: String::new(),
    }
}
