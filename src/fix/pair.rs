//! Fields that are made of one another: fixed together, so that no reader has one of this route and one
//! of that.

use std::collections::BTreeSet;

use super::caution::code_of;
use super::doubt::doubt;
use super::layout::{after_asking, is_on_one_line, tidy};
use super::local::{Reader, Store, asked, find, in_tests, local_name, readers};
use super::method::later_macro;
use super::moved::{Moved, not_each_time};
use super::remove::{Said, Unused, removal, said_of};
use super::slice::follows_attribute;
use super::{Context, Outcome, Within, overlap};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::flow::{Flow, Storage, StoreFact};
use crate::rust::StatementKind;
use crate::source::{FileId, Span};

/// No group is looked for among more stores of one function: each is compared with each.
const MAX_TOGETHER: usize = 12;

/// A field whose value is made of that of another one.
struct Made<'a> {
    store: Store<'a>,
    /// Where the other one stands in the value.
    parts: Vec<Span>,
}

/// The fix of a finding and of those that belong to it; nothing where it stands alone.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Option<Outcome> {
    let facts = cx.stores.values().flatten().copied();
    let mut facts: Vec<&StoreFact> = facts
        .filter(|f| f.storage == Storage::Stream && f.span.file == finding.primary.span.file)
        .collect();
    facts.sort_by_key(|f| (f.span, &f.subject));
    let own = facts
        .iter()
        .copied()
        .find(|f| f.span == finding.primary.span && f.subject == finding.subject)?;
    let within = cx.function_at(own.span)?;
    facts.retain(|f| cx.function_at(f.span).is_some_and(|w| w.is(&within)));
    if facts.len() > MAX_TOGETHER {
        return None;
    }
    for &fact in &facts {
        let Ok(base) = find(cx, fact) else {
            continue;
        };
        let others = facts.iter().filter(|f| f.subject != fact.subject);
        let made: Vec<Made<'_>> = others.filter_map(|f| made_of(cx, &base, f)).collect();
        let belongs =
            fact.subject == own.subject || made.iter().any(|m| m.store.fact.subject == own.subject);
        if belongs && !made.is_empty() {
            return Some(together(cx, &base, &made));
        }
    }
    None
}

/// The store `self.field = value;` of a value that is made of the base alone.
fn made_of<'a>(cx: &Context<'_>, base: &Store<'_>, fact: &'a StoreFact) -> Option<Made<'a>> {
    let function = base.within.function();
    let statement = function.top().find(|s| s.span.contains(fact.span))?;
    let StatementKind::Assign { left, right } = statement.kind else {
        return None;
    };
    let field = cx.text(left).strip_prefix("self.")?;
    let plain = field.chars().all(|c| c.is_alphanumeric() || c == '_');
    let text = &cx.sources.file(fact.span.file).text;
    let conditional = follows_attribute(text, statement.span.lo as usize);
    if conditional || !plain || !fact.subject.ends_with(&format!(".{field}")) {
        return None;
    }
    let file = fact.span.file;
    let mut parts: Vec<Span> = Vec::new();
    // Behind the store of the base its field has the value.
    if statement.span.lo > base.statement.span.lo {
        let members = base.within.outline.members.iter();
        for (name, span) in members.filter(|(_, s)| right.contains(*s)) {
            let own = *name == base.field && text[..span.lo as usize].ends_with("self.");
            if own {
                parts.push(Span::new(
                    file,
                    span.lo as usize - "self.".len(),
                    span.hi as usize,
                ));
            }
        }
    }
    for used in function
        .uses
        .iter()
        .filter(|u| right.range().contains(&u.at))
    {
        let named = base.named.as_ref()?;
        if used.name == "self" {
            continue;
        }
        // What stands in a literal is no use of its own.
        if !named.span.range().contains(&used.bound) || !text[used.at..].starts_with(&used.name) {
            return None;
        }
        parts.push(Span::new(file, used.at, used.at + used.name.len()));
    }
    parts.sort();
    (!parts.is_empty()).then(|| Made {
        store: Store {
            within: base.within.clone(),
            owner: base.owner.clone(),
            field: field.to_owned(),
            statement: statement.clone(),
            left,
            value: right,
            needed: Vec::new(),
            named: None,
            fact,
        },
        parts,
    })
}

impl Made<'_> {
    /// The code of the value without what it is made of.
    fn rest(&self) -> Vec<Span> {
        let value = self.store.value;
        let mut out = Vec::new();
        let mut lo = value.lo;
        for part in &self.parts {
            out.push(Span::new(value.file, lo as usize, part.lo as usize));
            lo = part.hi;
        }
        out.push(Span::new(value.file, lo as usize, value.hi as usize));
        out.retain(|s| s.lo < s.hi);
        out
    }

    /// The value, made of a variable.
    fn value(&self, cx: &Context<'_>, local: &str) -> String {
        let value = self.store.value;
        let mut text = cx.text(value).to_owned();
        for part in self.parts.iter().rev() {
            let (lo, hi) = ((part.lo - value.lo) as usize, (part.hi - value.lo) as usize);
            text.replace_range(lo..hi, local);
        }
        text
    }

    /// Whether the value may be made elsewhere.
    fn check(&self, cx: &Context<'_>, base: &Store<'_>) -> Result<(), String> {
        let within = &self.store.within;
        let whole = [self.store.value];
        let code = Moved {
            within,
            spans: &whole,
            stores: &[],
            whole: false,
        };
        code.is_readable(cx)?;
        code.does_nothing_else(cx, |_| false)?;
        let rest = self.rest();
        let code = Moved {
            spans: &rest,
            stores: &[&base.field, &self.store.field],
            ..code
        };
        code.means_the_same(cx)?;
        let text = cx.text(self.store.value);
        let code = code_of(text);
        if text.contains('\n')
            || code.contains("self") && self.parts.len() != code.matches("self").count()
        {
            return Err(format!(
                "`{}` is made of more than one value",
                self.store.field
            ));
        }
        Ok(())
    }

    /// `: T` where the value may take its type from the field.
    fn annotation(&self, cx: &Context<'_>) -> Result<String, String> {
        let code = code_of(cx.text(self.store.value));
        let ty = self.store.declared(cx)?;
        let clear = match ty {
            "bool" => !code.contains(".into()") && !code.contains("parse"),
            "String" => [
                ".to_string()",
                ".to_owned()",
                ".to_lowercase()",
                ".to_uppercase()",
            ]
            .iter()
            .any(|end| code.ends_with(end)),
            _ => false,
        };
        Ok(if clear {
            String::new()
        } else {
            format!(": {ty}")
        })
    }
}

/// Reads the base once in each function that reads one of the fields, and makes the others of it there.
fn together(cx: &Context<'_>, base: &Store<'_>, made: &[Made<'_>]) -> Outcome {
    let mut edits: Vec<Edit> = Vec::new();
    for m in made {
        m.check(cx, base)?;
    }
    // Comments on a store go where its value is asked for now.
    let mut said = Said::default();
    let (call, annotation, method) = asked(cx, base)?;
    edits.extend(method.clone());
    let of_base = readers(cx, base)?;
    let of_made: Vec<Vec<Reader>> = made
        .iter()
        .map(|m| readers(cx, &m.store))
        .collect::<Result<_, _>>()?;
    let all = of_base.iter().chain(of_made.iter().flatten());
    let mut functions: Vec<&Within> = all.map(|r| &r.within).collect();
    functions.sort_by_key(|w| (w.file, w.index));
    functions.dedup_by(|a, b| a.is(b));
    let room = functions
        .first()
        .is_some_and(|w| !is_on_one_line(&cx.sources.file(w.file).text, w.function()));
    let mut asking: Vec<(&Within, Vec<String>, Vec<Span>)> = Vec::new();
    for within in &functions {
        let function = within.function();
        let text = &cx.sources.file(within.file).text;
        if let Some(name) = later_macro(text, &call, function.body.lo as usize) {
            return Err(format!("`{name}!` is defined further down"));
        }
        let name = |field: &str| local_name(cx, &within.outline, function, field);
        let local = name(&base.field)?;
        let mut lines = vec![format!("let {local}{annotation} = {call};")];
        let mut put = |list: &[Reader], local: &str| {
            let own = list.iter().filter(|r| r.within.is(within));
            let spans: Vec<Span> = own.flat_map(|r| &r.uses).copied().collect();
            edits.extend(spans.iter().map(|&span| Edit {
                span,
                text: local.to_owned(),
            }));
            !spans.is_empty()
        };
        put(&of_base, &local);
        for (m, list) in made.iter().zip(&of_made) {
            let own = name(&m.store.field)?;
            if put(list, &own) {
                let annotation = m.annotation(cx)?;
                lines.push(format!("let {own}{annotation} = {};", m.value(cx, &local)));
            }
        }
        let all = of_base.iter().chain(of_made.iter().flatten());
        let uses: Vec<Span> = all.flat_map(|r| &r.uses).copied().collect();
        asking.push((*within, lines, uses));
    }
    let mut replaced: BTreeSet<(FileId, u32)> = BTreeSet::new();
    let uses = of_base.iter().chain(of_made.iter().flatten());
    replaced.extend(uses.flat_map(|r| &r.uses).map(|s| (s.file, s.hi)));
    let mut going: Vec<Span> = Vec::new();
    let mut stays = false;
    for m in made {
        if remove(cx, &m.store, &replaced, &mut edits, &mut said, room) {
            going.push(m.store.statement.span);
            replaced.extend(m.parts.iter().map(|s| (s.file, s.hi)));
        } else {
            stays = true;
        }
    }
    let base_goes = remove(cx, base, &replaced, &mut edits, &mut said, room);
    if base_goes {
        going.push(base.statement.span);
    }
    stays |= !base_goes;
    // What the value and the stores that go need, and nothing else.
    let function = base.within.function();
    let unused = |going: &[Span], span: Span| {
        let mut uses = function.uses.iter();
        uses.all(|u| {
            let mut own = going.iter().chain([&span]);
            !span.range().contains(&u.bound) || own.any(|s| s.range().contains(&u.at))
        })
    };
    let named = base.named.as_ref().map(|s| s.span);
    let named_goes = named.is_some_and(|s| unused(&going, s));
    going.extend(named.filter(|_| named_goes));
    going.push(base.value);
    let value_goes = base_goes && (named.is_none() || named_goes);
    let mut needed: Vec<Span> = base.needed.iter().map(|s| s.span).collect();
    let mut all_go = true;
    while let Some(span) = needed.pop() {
        let goes = unused(&going, span);
        all_go &= goes;
        if goes {
            going.push(span);
        }
    }
    if value_goes || method.is_some() && all_go {
        let needed = base
            .needed
            .iter()
            .map(|s| s.span)
            .filter(|s| going.contains(s));
        let more = needed.chain(named.filter(|_| value_goes));
        edits.extend(more.map(|s| removal(cx, s)));
    }
    if !value_goes && method.is_some() && all_go {
        edits.push(Edit {
            span: base.value,
            text: call,
        });
    }
    for (within, lines, uses) in asking {
        let text = &cx.sources.file(within.file).text;
        let lines = std::mem::take(&mut said).around(lines).join("\n");
        edits.push(after_asking(text, within.function(), &lines, &uses));
    }
    edits.sort();
    unite(&mut edits);
    if overlap(&edits) {
        return Err("the places to change overlap".to_owned());
    }
    tidy(cx, &mut edits);
    let stores = || made.iter().map(|m| &m.store).chain([base]);
    let reason = stores().find_map(|store| {
        let names = functions.iter().map(|w| w.function().name.as_str());
        let mut moved = store.slice();
        moved.push(store.statement.span);
        in_tests(cx, &store.field, names)
            .or_else(|| not_each_time(cx, &store.within, &moved, store.fact))
            .or_else(|| {
                let readers = functions.iter().copied();
                let sources = &store.fact.sources;
                doubt(cx, &store.within, &store.slice(), readers, sources, !stays)
            })
    });
    let mut fields: Vec<&Store<'_>> = stores().collect();
    fields.sort_by_key(|s| s.statement.span.lo);
    let fields: Vec<String> = fields.iter().map(|s| format!("`{}`", s.field)).collect();
    let fields = fields.join(" and ");
    Ok(Fix {
        title: match stays {
            false => format!("ask for {fields} where they are used"),
            true => format!("ask for {fields} where they are used, and leave a field"),
        },
        safety: Safety::of(&reason),
        reason,
        edits,
    })
}

/// Makes one of removals that meet: fields that stand side by side share a comma.
pub(super) fn unite(edits: &mut Vec<Edit>) {
    let mut out: Vec<Edit> = Vec::new();
    for edit in edits.drain(..) {
        let last = out.last_mut().filter(|last| {
            let meet = last.span.file == edit.span.file && edit.span.lo <= last.span.hi;
            let gone = |e: &Edit| e.text.is_empty() && e.span.lo < e.span.hi;
            meet && gone(last) && gone(&edit)
        });
        match last {
            Some(last) => last.span.hi = last.span.hi.max(edit.span.hi),
            None => out.push(edit),
        }
    }
    *edits = out;
}

/// Takes safety from fixes that would leave a reader with one value of this route and one of that: where
/// another one of the same answer is read there too, and has no safe fix.
pub(super) fn downgrade(findings: &mut [Finding], flow: &Flow) {
    let fact = |f: &Finding| {
        let mut stores = flow.stores.iter();
        let found = stores.find(|s| s.span == f.primary.span && s.subject == f.subject);
        found.filter(|s| s.storage == Storage::Stream)
    };
    let is_safe = |f: &Finding| f.fixes.first().is_some_and(|x| x.safety == Safety::Safe);
    let answers =
        |s: &'_ StoreFact| -> BTreeSet<Span> { s.sources.iter().map(|x| x.span).collect() };
    let readers = |s: &StoreFact| -> BTreeSet<(FileId, String, String)> {
        let reads = s.sources.iter().flat_map(|x| &x.reads);
        reads
            .map(|r| (r.span.file, r.callback.clone(), r.function.clone()))
            .collect()
    };
    let left: Vec<_> = findings
        .iter()
        .filter(|f| !is_safe(f) && f.suppressed.is_none())
        .filter_map(|f| fact(f).map(|s| (f.subject.clone(), answers(s), readers(s))))
        .collect();
    for finding in findings.iter_mut().filter(|f| is_safe(f)) {
        let Some(own) = fact(finding) else { continue };
        let (asked, read) = (answers(own), readers(own));
        let other = left.iter().find(|(subject, answers, readers)| {
            *subject != finding.subject
                && !answers.is_disjoint(&asked)
                && !readers.is_disjoint(&read)
        });
        if let (Some((subject, ..)), Some(fix)) = (other, finding.fixes.first_mut()) {
            fix.safety = Safety::Unsafe;
            fix.reason = Some(format!(
                "`{subject}` is made of the same answer, read in the same place, and stays as it was"
            ));
        }
    }
}

/// Takes a field and its store out, when nothing else needs them.
fn remove(
    cx: &Context<'_>,
    store: &Store<'_>,
    replaced: &BTreeSet<(FileId, u32)>,
    edits: &mut Vec<Edit>,
    said: &mut Said,
    room: bool,
) -> bool {
    let field = Unused {
        owner: &store.owner,
        field: &store.field,
        given: &[],
        store: store.left,
        replaced,
    };
    let goes = field.can_go(cx) && !store.would_lose_a_comment(cx);
    if goes {
        let own = store.statement.span;
        let all = match room {
            true => said_of(cx, own, &[&store.field]),
            false => own,
        };
        said.join(Said::of(cx, own, all));
        edits.push(removal(cx, all));
        field.remove(cx, edits);
    }
    goes
}
