//! Dataflow: from the program to the stores and later reads of what the host said.
//!
//! Comes in: the joined [`Program`] and the SDK knowledge. Goes out: [`Flow`], facts about stores,
//! sources and reads that know nothing of rules or wording.

mod interp;
mod lifecycle;
mod model;
mod resolve;
mod state;
mod tag;
mod types;
mod value;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Problem;
use crate::ir::{CrateId, FnId, Program, Symbol};
use crate::sdk::{Phase, PropertyClass, Sdk};
use crate::source::{SourceMap, Span};

use interp::Interp;
use lifecycle::{ContextInfo, Unit, context_impl};
use resolve::Resolver;

pub use model::model_text;
pub use tag::Storage;

/// A call on the way from a callback to a place: the call and what it calls.
pub type CallSite = (Span, String);

/// A host read that a store depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFact {
    /// The call in which the property's name is written.
    pub span: Span,
    /// The host call itself, when a wrapper lies between.
    pub host_span: Span,
    /// The dotted path or header name.
    pub property: String,
    /// Its lifetime class.
    pub class: PropertyClass,
    /// Every route match may look at it (requests only).
    pub routing: bool,
    /// The callback in which it is read.
    pub callback: String,
    /// Calls from the callback to the read, outermost first.
    pub stack: Vec<CallSite>,
    /// The stored value was chosen by it; it is not the value itself.
    pub decided: bool,
    /// Certainty was lost on the way.
    pub low: bool,
    /// Conditions that looked at it.
    pub conditions: Vec<Span>,
    /// Some later use branches, calls the host or answers with it.
    pub acts: bool,
    /// Some later use logs it.
    pub tells: bool,
    /// Later reads.
    pub reads: Vec<ReadFact>,
}

/// A later read of what was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFact {
    /// Where.
    pub span: Span,
    /// In which callback.
    pub callback: String,
    /// In which function.
    pub function: String,
    /// Calls from the callback to the read, outermost first.
    pub stack: Vec<CallSite>,
    /// Certainty was lost before.
    pub low: bool,
    /// It reads what another stream stored.
    pub foreign: bool,
}

/// A store into something that outlives its callback, with later reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFact {
    /// The store.
    pub span: Span,
    /// `Plugin.route`, or the static's name.
    pub subject: String,
    /// What it writes into.
    pub storage: Storage,
    /// The callback that runs then.
    pub callback: String,
    /// The function that holds the store.
    pub function: String,
    /// It adds to a collection instead of overwriting.
    pub adds: bool,
    /// What it depends on, sorted by place.
    pub sources: Vec<SourceFact>,
    /// Where the plugin itself makes the host drop the route.
    pub reroutes: Vec<RerouteFact>,
}

/// A request header or property read where the host has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableFact {
    /// The read.
    pub span: Span,
    /// What is read.
    pub property: String,
    /// In which callback.
    pub callback: String,
    /// When.
    pub phase: Phase,
    /// A header, which traps; a property is merely absent.
    pub is_header: bool,
    /// Calls from the callback to the read, outermost first.
    pub stack: Vec<CallSite>,
}

/// A write to a routing input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RerouteFact {
    /// The host call.
    pub span: Span,
    /// In which callback.
    pub callback: String,
}

/// All that the analysis found out.
#[derive(Debug, Default)]
pub struct Flow {
    /// Stores that are read later.
    pub stores: Vec<StoreFact>,
    /// All stores, also those that nobody reads later, for the model dump.
    pub kept: Vec<StoreFact>,
    /// Request data read where there is none.
    pub unreadable: Vec<UnreadableFact>,
    /// Properties of a stream read where no stream is current.
    pub outside: Vec<UnreadableFact>,
    /// Reroutes by the plugins themselves.
    pub reroutes: Vec<RerouteFact>,
    /// Host reads met.
    pub sources: Vec<SourceFact>,
    contexts: Vec<ContextInfo>,
    /// What went wrong: a budget that was used up.
    pub problems: Vec<Problem>,
}

/// Analyses a program.
pub fn run(
    program: &Program,
    sdk: &Sdk,
    sources: &SourceMap,
    _threads: Option<NonZeroUsize>,
) -> Flow {
    let resolver = Resolver::new(program);
    let mut flow = Flow::default();
    let mut executed: FxHashSet<FnId> = FxHashSet::default();
    let entries = entries_by_crate(program);
    for (krate, fns) in entries {
        let mut interp = Interp::new(&resolver, sdk);
        interp.request_always_readable = always_readable(program, sdk, krate);
        let mut unit = Unit::new(&mut interp);
        unit.drive_crate(&fns);
        let contexts = unit.contexts;
        collect(&mut flow, interp, contexts, program, &mut executed);
    }
    run_orphans(&mut flow, &resolver, sdk, program, &mut executed);
    sort(&mut flow, sources);
    flow
}

/// Functions that the host runs at start-up, by crate.
fn entries_by_crate(program: &Program) -> BTreeMap<CrateId, Vec<FnId>> {
    let mut out: BTreeMap<CrateId, Vec<FnId>> = BTreeMap::new();
    for (i, f) in program.functions.iter().enumerate() {
        if f.is_entry && f.body.is_some() {
            let krate = program.modules[f.module.index()].krate;
            out.entry(krate)
                .or_default()
                .push(FnId(u32::try_from(i).unwrap_or(u32::MAX)));
        }
    }
    out
}

/// Whether the plugin is for a host on which request properties stay readable: it depends on an
/// SDK of that host, or lies in the folder of such an SDK as one of its examples.
fn always_readable(program: &Program, sdk: &Sdk, krate: CrateId) -> bool {
    let says = |package: &str| sdk.request_always_readable(Symbol::new(&package.replace('-', "_")));
    let data = &program.crates[krate.index()];
    let folder = |c: &crate::ir::Crate| {
        c.manifest
            .as_ref()
            .and_then(|m| m.parent())
            .map(std::path::Path::to_path_buf)
    };
    let own = folder(data);
    data.external.iter().any(|(_, package)| says(package))
        || data
            .deps
            .iter()
            .any(|(_, c)| says(&program.crates[c.index()].package))
        || program.crates.iter().any(|c| {
            says(&c.package)
                && folder(c).is_some_and(|f| own.as_ref().is_some_and(|o| o.starts_with(f)))
        })
}

/// Contexts that nothing in the tree builds: a library of contexts, a registration that could not
/// be followed. They are driven by themselves.
fn run_orphans(
    flow: &mut Flow,
    resolver: &Resolver<'_>,
    sdk: &Sdk,
    program: &Program,
    executed: &mut FxHashSet<FnId>,
) {
    let mut roots = Vec::new();
    let mut streams = Vec::new();
    {
        let interp = Interp::new(resolver, sdk);
        for n in 0..program.impls.len() {
            let id = crate::ir::ImplId(u32::try_from(n).unwrap_or(u32::MAX));
            let Some((ty, name)) = context_impl(&interp, id) else {
                continue;
            };
            let krate = program.modules[program.types[ty.index()].module.index()].krate;
            let package = resolver.crate_package(krate);
            if sdk.is_sdk_crate(package) && !sdk.is_followed(package) {
                continue;
            }
            match sdk.role(name) {
                Some(crate::sdk::Role::Root) if !roots.contains(&ty) => roots.push(ty),
                Some(crate::sdk::Role::Stream) if !streams.contains(&ty) => streams.push(ty),
                _ => {}
            }
        }
    }
    for (is_root, list) in [(true, roots), (false, streams)] {
        for ty in list {
            let ran = resolver.impls_of(ty).iter().any(|i| {
                let imp = &program.impls[i.index()];
                let is_context = resolver
                    .trait_of_impl(*i)
                    .is_some_and(|t| sdk.role(t.name).is_some());
                is_context && imp.methods.iter().any(|f| executed.contains(f))
            });
            if ran {
                continue;
            }
            let def = &program.types[ty.index()];
            let krate = program.modules[def.module.index()].krate;
            let mut interp = Interp::new(resolver, sdk);
            interp.request_always_readable = always_readable(program, sdk, krate);
            let mut unit = Unit::new(&mut interp);
            if is_root {
                unit.drive_orphan_root(ty, def.span);
            } else {
                unit.drive_orphan_stream(ty, def.span);
            }
            let contexts = unit.contexts;
            collect(flow, interp, contexts, program, executed);
        }
    }
}

/// Takes over what one plugin's run has shown, merging what plugins share.
fn collect(
    flow: &mut Flow,
    interp: Interp<'_>,
    contexts: Vec<ContextInfo>,
    program: &Program,
    executed: &mut FxHashSet<FnId>,
) {
    executed.extend(interp.facts.executed.iter().copied());
    let tags = &interp.v.tags;
    let source_fact = |id: tag::SourceId| {
        let s = tags.source_of(id);
        SourceFact {
            span: s.span,
            host_span: s.host_span,
            property: s.property.as_str().to_owned(),
            class: s.class,
            routing: s.routing,
            callback: s.callback.as_str().to_owned(),
            stack: s.stack.clone(),
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
    let mut by_site: FxHashMap<tag::SiteId, Vec<SourceFact>> = FxHashMap::default();
    let mut pairs: Vec<_> = interp.facts.stores.iter().map(|(&k, &v)| (k, v)).collect();
    pairs.sort_by_key(|(k, _)| *k);
    for ((site, source), (decided, low)) in pairs {
        let mut fact = source_fact(source);
        fact.decided = decided;
        fact.low = low;
        fact.acts = interp.facts.acts.contains(&(site, source));
        fact.tells = interp.facts.tells.contains(&(site, source));
        if let Some(reads) = interp.facts.reads.get(&(site, source)) {
            // A read through a local reference is told by the read that made the reference.
            let direct = reads.iter().any(|r| r.direct);
            fact.reads = reads
                .iter()
                .filter(|r| r.direct || !direct)
                .map(|r| ReadFact {
                    span: r.span,
                    callback: r.callback.as_str().to_owned(),
                    function: r.function.clone(),
                    stack: r.stack.clone(),
                    low: r.low,
                    foreign: r.foreign,
                })
                .collect();
        }
        by_site.entry(site).or_default().push(fact);
    }
    let mut sites: Vec<_> = by_site.into_iter().collect();
    sites.sort_by_key(|(s, _)| *s);
    for (site, sources) in sites {
        let s = tags.site_of(site);
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
            merge_store(
                &mut flow.stores,
                StoreFact {
                    sources: read,
                    ..fact.clone()
                },
            );
        }
        merge_store(&mut flow.kept, fact);
    }
    for n in 0..tags.sources.len() {
        if tags.sources[n].class == PropertyClass::ContextId {
            continue;
        }
        let fact = source_fact(tag::SourceId(u32::try_from(n).unwrap_or(u32::MAX)));
        if !flow.sources.iter().any(|s| {
            s.span == fact.span && s.property == fact.property && s.callback == fact.callback
        }) {
            flow.sources.push(fact);
        }
    }
    for (list, found) in [
        (&mut flow.unreadable, &interp.facts.unreadable),
        (&mut flow.outside, &interp.facts.outside),
    ] {
        for u in found {
            let fact = UnreadableFact {
                span: u.span,
                property: u.property.as_str().to_owned(),
                callback: u.callback.as_str().to_owned(),
                phase: u.phase,
                is_header: u.is_header,
                stack: u.stack.clone(),
            };
            if !list
                .iter()
                .any(|f| f.span == fact.span && f.callback == fact.callback)
            {
                list.push(fact);
            }
        }
    }
    for fact in reroutes {
        if !flow.reroutes.contains(&fact) {
            flow.reroutes.push(fact);
        }
    }
    for c in contexts {
        if !flow.contexts.contains(&c) {
            flow.contexts.push(c);
        }
    }
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
}

/// Adds a store, or what another plugin's run showed of the same store.
fn merge_store(stores: &mut Vec<StoreFact>, fact: StoreFact) {
    let same = stores
        .iter_mut()
        .find(|s| s.span == fact.span && s.subject == fact.subject && s.storage == fact.storage);
    let Some(old) = same else {
        stores.push(fact);
        return;
    };
    for source in fact.sources {
        match old
            .sources
            .iter_mut()
            .find(|s| s.span == source.span && s.property == source.property)
        {
            Some(known) => {
                known.decided &= source.decided;
                known.low &= source.low;
                known.acts |= source.acts;
                known.tells |= source.tells;
                for read in source.reads {
                    if !known
                        .reads
                        .iter()
                        .any(|r| r.span == read.span && r.callback == read.callback)
                    {
                        known.reads.push(read);
                    }
                }
            }
            None => old.sources.push(source),
        }
    }
}

/// Puts everything in an order that depends on the source alone.
fn sort(flow: &mut Flow, sources: &SourceMap) {
    let key = |span: Span| (sources.file(span.file).name.clone(), span.lo, span.hi);
    for list in [&mut flow.stores, &mut flow.kept] {
        list.sort_by_key(|s| (key(s.span), s.subject.clone()));
        for store in list.iter_mut() {
            store
                .sources
                .sort_by_key(|s| (key(s.span), s.property.clone()));
            for source in &mut store.sources {
                source
                    .reads
                    .sort_by_key(|r| (key(r.span), r.callback.clone()));
            }
        }
    }
    for list in [&mut flow.unreadable, &mut flow.outside] {
        list.sort_by_key(|u| (key(u.span), u.callback.clone()));
    }
    flow.reroutes
        .sort_by_key(|r| (key(r.span), r.callback.clone()));
    flow.sources
        .sort_by_key(|s| (key(s.span), s.property.clone(), s.callback.clone()));
}
