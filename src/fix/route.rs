//! `route-in-stream-context` and `stale-match-decision`: ask where it is used.
//!
//! The user's own expression is bound at the start of each function that reads the field later, or made
//! a method when it is more than one expression; the field's reads there become reads of the variable, and
//! the store and the field go when nothing else needs them.

use std::collections::BTreeSet;
use std::rc::Rc;

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
    for reader in &readers {
        let outline = cx
            .outline(reader.file)
            .ok_or("the file could not be read again")?;
        let function = &outline.functions[reader.function];
        let local = local_name(function, &store.field)?;
        let text = &cx.sources.file(reader.file).text;
        edits.push(at_start(text, function, &format!("let {local} = {call};")));
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
    let unused = others(cx, &store, &replaced);
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
    Ok(Fix {
        title: format!("ask for `{}` where it is used", store.field),
        safety: Safety::Safe,
        reason: None,
        edits,
    })
}

/// Finds `self.field = value;` and the variables that the value needs.
fn find<'a>(cx: &Context<'_>, fact: &'a StoreFact) -> Result<Store<'a>, String> {
    let file = fact.span.file;
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
        for (part, what) in [
            ("?", "`?`"),
            ("return", "`return`"),
            (".await", "`.await`"),
            ("&mut", "`&mut`"),
        ] {
            if text.contains(part) {
                return Err(format!("the stored expression has {what} in it"));
            }
        }
    }
    let fields = fields_read(cx, store, &slice);
    for field in fields {
        if field != store.field && is_written(cx, &field) {
            return Err(format!(
                "the stored expression reads `{field}`, which changes between callbacks"
            ));
        }
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
    let changes = |f: &&Function| {
        f.mutable && f.owner.as_deref() == Some(&store.owner) && called.contains(&&f.name)
    };
    if let Some(f) = store.outline.functions.iter().find(changes) {
        return Err(format!("`{}` takes `&mut self`", f.name));
    }
    Ok(())
}

/// Names of fields that the code reads, and those that functions read which it may call.
fn fields_read(cx: &Context<'_>, store: &Store<'_>, slice: &[Span]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut todo: Vec<Span> = slice.to_vec();
    while let Some(span) = todo.pop() {
        let Some(outline) = cx.outline(span.file) else {
            continue;
        };
        let members = outline.members.iter();
        out.extend(
            members
                .filter(|(_, s)| span.contains(*s))
                .map(|(n, _)| n.clone()),
        );
        let function = outline
            .functions
            .iter()
            .find(|f| f.body.contains(span) || f.body == span);
        let Some(function) = function else { continue };
        let words: Vec<String> = function
            .words
            .iter()
            .filter(|(_, at)| (span.lo as usize..span.hi as usize).contains(at))
            .map(|(w, _)| w.clone())
            .collect();
        for word in words {
            if !seen.insert(word.clone()) || seen.len() > 256 {
                continue;
            }
            for file in cx.files_with(&format!("fn {word}")) {
                let Some(outline) = cx.outline(file) else {
                    continue;
                };
                let called = outline.functions.iter().filter(|f| f.name == word);
                todo.extend(called.map(|f| f.body));
            }
        }
    }
    let _ = store;
    out
}

/// Whether some method assigns to a field of this name, or stores of the analysis say so.
fn is_written(cx: &Context<'_>, field: &str) -> bool {
    let dotted = format!(".{field}");
    if cx.flow.kept.iter().any(|s| s.subject.ends_with(&dotted)) {
        return true;
    }
    cx.files_with(&dotted).into_iter().any(|file| {
        let Some(outline) = cx.outline(file) else {
            return true;
        };
        outline.functions.iter().filter(|f| f.mutable).any(|f| {
            let assigned = f.statements.iter().any(|s| {
                matches!(s.kind, StatementKind::Assign { left, .. }
                    if cx.text(left).contains(&dotted))
            });
            let body = cx.text(f.body);
            assigned || body.contains(&format!("&mut self{dotted}"))
        })
    })
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
    let elsewhere = cx
        .flow
        .stores
        .iter()
        .any(|s| s.subject == store.fact.subject && s.span != store.fact.span);
    if elsewhere {
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
    const CHANGING: [&str; 14] = [
        ".take(",
        ".replace(",
        ".insert(",
        ".get_or_insert",
        ".push",
        ".clear(",
        ".as_mut(",
        ".iter_mut(",
        ".get_mut(",
        ".extend(",
        ".append(",
        ".drain(",
        ".retain(",
        ".remove(",
    ];
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
        let after = text[span.hi as usize..].trim_start();
        let assigned = after.starts_with('=') && !after.starts_with("==")
            || ["+=", "-=", "|=", "&="]
                .iter()
                .any(|op| after.starts_with(op));
        let lent = text[..start].trim_end().ends_with("&mut");
        if assigned || lent || CHANGING.iter().any(|c| after.starts_with(c)) {
            return Err(format!("`{}` also changes it", function.name));
        }
        out.push(Span::new(span.file, start, span.hi as usize));
    }
    Ok(out)
}

/// A name for the variable that the function does not use.
fn local_name(function: &Function, field: &str) -> Result<String, String> {
    let free = |name: &str| !function.bound.iter().any(|(n, _)| n == name);
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
    let taken = store.outline.functions.iter().any(|f| f.name == name);
    if taken {
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

/// Whether `.field` is surely, or as good as surely, the field of another struct: `self.field` in a method
/// of another type, or `x.field` when another struct has a field of that name.
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
    cx.files_with(&store.field).into_iter().any(|file| {
        cx.outline(file).is_some_and(|o| {
            o.fields
                .iter()
                .any(|f| f.name == store.field && f.owner != store.owner)
        })
    })
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
