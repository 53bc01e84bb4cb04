//! From what one plugin's run noted to facts.

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Deed, Flow, MisreadFact, ReadFact, RerouteFact, SourceFact, StoreFact};
use super::interp::{Done, Interp, Misread, ReadEvent};
use super::lifecycle::ContextInfo;
use super::tag::{Site, SiteId, SourceId, Tags};
use crate::finding::Problem;
use crate::ir::{Program, Symbol};
use crate::sdk::PropertyClass;

/// What one plugin's run has shown.
pub(crate) fn collect(interp: &Interp<'_>, contexts: Vec<ContextInfo>, program: &Program) -> Flow {
    let mut flow = Flow::default();
    flow.executed.clone_from(&interp.facts.executed);
    let tags = &interp.v.tags;
    let source_fact = |id: SourceId| {
        let s = tags.source_of(id);
        SourceFact {
            span: s.span,
            host_span: s.host_span,
            property: s.property.as_str().to_owned(),
            class: s.class,
            routing: s.routing,
            callback: s.callback.as_str().to_owned(),
            stack: s.stack.clone(),
            phase: s.phase,
            is_final: s.is_final,
            logged: interp.facts.logged.contains(&s.property),
            decided: false,
            low: false,
            conditions: tags.conditions.get(&id).cloned().unwrap_or_default(),
            acts: false,
            tells: false,
            reads: Vec::new(),
        }
    };
    let reroutes: Vec<RerouteFact> = interp
        .facts
        .reroutes
        .iter()
        .map(|r| RerouteFact {
            span: r.span,
            callback: r.callback.as_str().to_owned(),
        })
        .collect();
    let mut parts: Vec<((SiteId, SourceId), SourceFact)> = Vec::new();
    // Of which properties, read in which callbacks, something kept is compared.
    let compared: FxHashSet<(Symbol, Symbol)> = interp
        .facts
        .compared
        .iter()
        .map(|&(_, source)| {
            let source = interp.v.tags.source_of(source);
            (source.property, source.callback)
        })
        .collect();
    let mut pairs: Vec<_> = interp.facts.stores.iter().map(|(&k, &v)| (k, v)).collect();
    pairs.sort_by_key(|(k, _)| *k);
    for ((site, source), (decided, low)) in pairs {
        let mut fact = source_fact(source);
        if let Some(&met) = interp.facts.conditions.get(&(site, source)) {
            fact.conditions.truncate(met);
        }
        fact.decided = decided;
        fact.low = low;
        // Having a value to compare with is part of the comparison.
        let facts = &interp.facts;
        let key = (site, source);
        let read = interp.v.tags.source_of(source);
        let presence = !compared.contains(&(read.property, read.callback));
        fact.acts = presence && facts.presence_acts.contains(&key) || facts.acts.contains(&key);
        fact.tells = presence && facts.presence_tells.contains(&key) || facts.tells.contains(&key);
        // An object that only tells takes notes of what was done.
        fact.low |= decided && !fact.acts && facts.lent.contains(&key);
        // A read that reaches nothing is none: a field of a copied struct, an old value dropped.
        let used = fact.acts || fact.tells;
        if let Some(reads) = interp.facts.reads.get(&(site, source)).filter(|_| used) {
            // A read through a local reference is told by the read in its callback that made the
            // reference.
            let told = |r: &ReadEvent| {
                let made = |o: &ReadEvent| o.direct && o.callback == r.callback;
                !r.direct && reads.iter().any(made)
            };
            // `self.route` and `self.route.as_deref()`, which begin at one place, are one read.
            let longer = |r: &ReadEvent| {
                let part = |o: &ReadEvent| {
                    o.callback == r.callback
                        && (o.span.file, o.span.lo) == (r.span.file, r.span.lo)
                        && o.span.hi < r.span.hi
                };
                reads.iter().any(|o| part(o) && !told(o))
            };
            fact.reads = reads
                .iter()
                .filter(|r| !told(r) && !longer(r))
                .map(|r| ReadFact {
                    span: r.span,
                    callback: r.callback.as_str().to_owned(),
                    function: r.function.clone(),
                    stack: r.stack.clone(),
                    low: r.low,
                    foreign: r.foreign,
                    in_root: r.in_root,
                    phase: r.phase,
                })
                .collect();
        }
        parts.push(((site, source), fact));
    }
    for (s, sources) in whole_stores(parts, tags) {
        let sources: Vec<SourceFact> = sources.into_iter().filter(|s| !is_name(s.class)).collect();
        if sources.is_empty() {
            continue;
        }
        let fact = StoreFact {
            span: s.span,
            subject: s.subject.as_str().to_owned(),
            storage: s.storage,
            callback: s.callback.as_str().to_owned(),
            function: s.function.as_str().to_owned(),
            adds: s.adds,
            sources,
            reroutes: reroutes.clone(),
        };
        let read: Vec<SourceFact> = fact
            .sources
            .iter()
            .filter(|s| !s.reads.is_empty())
            .cloned()
            .collect();
        if !read.is_empty() {
            flow.stores.push(StoreFact {
                sources: read,
                ..fact.clone()
            });
        }
        flow.kept.push(fact);
    }
    for n in 0..tags.sources.len() {
        if is_name(tags.sources[n].class) {
            continue;
        }
        let fact = source_fact(SourceId(u32::try_from(n).unwrap_or(u32::MAX)));
        flow.sources.push(fact);
    }
    flow.misreads = interp.facts.misreads.iter().map(misread_fact).collect();
    flow.compared = interp
        .facts
        .compared
        .iter()
        .map(|&(site, source)| {
            let subject = tags.site_of(site).exact_subject();
            (subject, tags.source_of(source).property.as_str().to_owned())
        })
        .collect();
    let deed = |done: &Done| match *done {
        Done::Host => Deed::Host,
        Done::Ask(id) => {
            let s = tags.source_of(id);
            Deed::Ask {
                span: s.span,
                property: s.property.as_str().to_owned(),
                class: s.class,
            }
        }
        Done::Write {
            subject,
            made,
            early,
        } => Deed::Write {
            subject: subject.as_str().to_owned(),
            made,
            early,
        },
    };
    let doing = interp.facts.doing.iter();
    flow.doing = doing
        .map(|(span, done)| (*span, done.iter().map(deed).collect()))
        .collect();
    for &(cell, field) in &interp.facts.late {
        let info = &interp.cells[cell as usize];
        let names = match field {
            Some(field) => vec![field],
            None => info.holders.clone(),
        };
        // A static is known by its own name as well.
        let own = info.name.filter(|_| info.made.is_none());
        let names = names.into_iter().chain(own);
        flow.moving.extend(names.map(|n| n.as_str().to_owned()));
    }
    let ran = interp.facts.executed.iter();
    flow.ran = ran
        .map(|f| program.functions[f.index()].name_span)
        .collect();
    flow.reroutes = reroutes;
    flow.contexts = contexts;
    if let Some(callback) = interp.facts.out_of_fuel {
        let span = program
            .functions
            .iter()
            .find(|f| f.name == callback)
            .map(|f| f.name_span);
        let message = format!("the analysis of `{callback}` took too many steps and was cut short");
        let mut p = Problem::error(message, "");
        p.span = span;
        p.path = None;
        flow.problems.push(p);
    }
    flow
}

/// The stores and what they depend on; those of the fields of one struct are one.
fn whole_stores(
    parts: Vec<((SiteId, SourceId), SourceFact)>,
    tags: &Tags,
) -> Vec<(Site, Vec<SourceFact>)> {
    let mut places: FxHashMap<Site, usize> = FxHashMap::default();
    let mut out: Vec<(Site, Vec<SourceFact>)> = Vec::new();
    let mut known: FxHashMap<(usize, SourceId), usize> = FxHashMap::default();
    for ((site, source), fact) in parts {
        let whole = tags.site_of(site).whole();
        let at = *places.entry(whole.clone()).or_insert(out.len());
        if at == out.len() {
            out.push((whole, Vec::new()));
        }
        let sources = &mut out[at].1;
        match known.get(&(at, source)) {
            Some(&n) => merge_part(&mut sources[n], fact),
            None => {
                known.insert((at, source), sources.len());
                sources.push(fact);
            }
        }
    }
    out
}

/// A field that nobody reads has no say in how the others, which are read, depend on a source.
fn merge_part(known: &mut SourceFact, fact: SourceFact) {
    match (known.reads.is_empty(), fact.reads.is_empty()) {
        (true, false) => *known = fact,
        (false, true) => {}
        _ => known.merge(fact),
    }
}

/// Whether a class names something and says nothing about a request.
fn is_name(class: PropertyClass) -> bool {
    matches!(class, PropertyClass::ContextId | PropertyClass::Token)
}

fn misread_fact(u: &Misread) -> MisreadFact {
    MisreadFact {
        kind: u.kind,
        span: u.span,
        property: u.property.as_str().to_owned(),
        callback: u.callback.as_str().to_owned(),
        phase: u.phase,
        is_header: u.is_header,
        low: u.low,
        stack: u.stack.clone(),
    }
}
