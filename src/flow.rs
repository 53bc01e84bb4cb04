//! Dataflow: from the program to the stores and later reads of what the host said.
//!
//! Comes in: the joined [`Program`] and the SDK knowledge. Goes out: [`Flow`], facts about stores,
//! sources and reads that know nothing of rules or wording.

mod collect;
mod facts;
mod interp;
mod lifecycle;
mod model;
mod resolve;
mod starts;
mod state;
mod summary;
mod tag;
mod types;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashSet;

use crate::ir::{CrateId, FnId, Program, Symbol};
use crate::sdk::Sdk;
use crate::source::SourceMap;

use collect::collect;
use interp::Interp;
use lifecycle::{Unit, context_impl};
use resolve::Resolver;

pub use facts::{
    CallSite, Deed, Flow, MisreadFact, MisreadKind, ReadFact, RerouteFact, SourceFact, StoreFact,
    UNNAMED, is_within,
};
pub use model::model_text;
pub use summary::summaries;
pub use tag::Storage;

/// Analyses a program, plugin by plugin, in parallel on the current thread pool.
pub fn run(program: &Program, sdk: &Sdk, sources: &SourceMap) -> Flow {
    let mut flow = Flow::default();
    run_starts(entries_by_crate(program), program, sdk, &mut flow);
    let resolver = Resolver::new(program, sdk);
    let unmarked = starts::unmarked(&resolver, sdk, &flow.executed);
    run_starts(unmarked, program, sdk, &mut flow);
    for part in run_orphans(&flow.executed, sdk, program) {
        flow.merge(part);
    }
    flow.sort(sources);
    flow
}

/// Runs start functions and drives the contexts that they register.
fn run_starts(starts: BTreeMap<CrateId, Vec<FnId>>, program: &Program, sdk: &Sdk, flow: &mut Flow) {
    let starts: Vec<(CrateId, Vec<FnId>)> = starts.into_iter().collect();
    let parts: Vec<Flow> = starts
        .par_iter()
        .map_init(
            || Resolver::new(program, sdk),
            |resolver, (krate, fns)| {
                let mut interp = Interp::new(resolver, sdk);
                interp.request_always_readable = always_readable(program, sdk, *krate);
                let mut unit = Unit::new(&mut interp);
                unit.drive_crate(fns);
                let contexts = unit.contexts;
                heed_dialect(&mut interp);
                collect(&interp, contexts, program)
            },
        )
        .collect();
    for part in parts {
        flow.merge(part);
    }
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

/// The manifests of packages in whose crates, and those that they are built on, no context was found.
pub fn without_contexts(program: &Program, flow: &Flow, sources: &SourceMap) -> Vec<PathBuf> {
    let homes: Vec<&Path> = flow
        .contexts
        .iter()
        .flat_map(|c| [c.built_at, c.declared_at])
        .flatten()
        .map(|span| sources.file(span.file).path.as_path())
        .collect();
    let holds = |krate: &crate::ir::Crate| {
        let folder = krate.manifest.as_ref().and_then(|m| m.parent());
        folder.is_some_and(|folder| homes.iter().any(|home| home.starts_with(folder)))
    };
    let mut found: Vec<bool> = program.crates.iter().map(holds).collect();
    loop {
        let before = found.clone();
        for (n, krate) in program.crates.iter().enumerate() {
            found[n] |= krate.deps.iter().any(|(_, dep)| before[dep.index()]);
        }
        if found == before {
            break;
        }
    }
    let crates = program.crates.iter().zip(&found);
    let mut all: BTreeMap<&PathBuf, bool> = BTreeMap::new();
    for (krate, &found) in crates {
        if let Some(manifest) = &krate.manifest {
            *all.entry(manifest).or_default() |= found;
        }
    }
    let silent = all.into_iter().filter(|(_, found)| !found);
    silent.map(|(manifest, _)| manifest.clone()).collect()
}

/// Whether the plugin is for a host on which request properties stay readable: the user says so, it depends on an
/// SDK of that host, or lies in the folder of such an SDK as one of its examples. A lone file has no
/// dependencies that it could state.
fn always_readable(program: &Program, sdk: &Sdk, krate: CrateId) -> bool {
    let says = |package: &str| sdk.request_always_readable(Symbol::new(&package.replace('-', "_")));
    if sdk.host().request_headers_stay {
        return true;
    }
    let data = &program.crates[krate.index()];
    let folder = |c: &crate::ir::Crate| {
        c.manifest
            .as_ref()
            .and_then(|m| m.parent())
            .map(std::path::Path::to_path_buf)
    };
    let own = folder(data);
    (data.manifest.is_some() && data.external.iter().any(|(_, package)| says(package)))
        || data
            .deps
            .iter()
            .any(|(_, c)| says(&program.crates[c.index()].package))
        || program.crates.iter().any(|c| {
            says(&c.package)
                && folder(c).is_some_and(|f| own.as_ref().is_some_and(|o| o.starts_with(f)))
        })
}

/// Takes back that request headers are gone, where the plugin's own reads show that it is for a host that keeps
/// them. What the user says of the host counts for more.
fn heed_dialect(interp: &mut Interp<'_>) {
    if interp.dialect.is_dotted() && !interp.sdk.host().is_named {
        let misreads = &mut interp.facts.misreads;
        misreads.retain(|m| m.kind != MisreadKind::Gone || m.phase.is_of_root());
    }
}

/// Contexts that nothing in the tree builds: a library of contexts, a registration that could not
/// be followed. They are driven by themselves.
fn run_orphans(executed: &FxHashSet<FnId>, sdk: &Sdk, program: &Program) -> Vec<Flow> {
    let resolver = Resolver::new(program, sdk);
    let mut roots = Vec::new();
    let mut streams = Vec::new();
    let probe = Interp::new(&resolver, sdk);
    for n in 0..program.impls.len() {
        let id = crate::ir::ImplId(u32::try_from(n).unwrap_or(u32::MAX));
        let Some((ty, name)) = context_impl(&probe, id) else {
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
    let mut executed = executed.clone();
    let mut out = Vec::new();
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
            let mut interp = Interp::new(&resolver, sdk);
            interp.request_always_readable = always_readable(program, sdk, krate);
            let mut unit = Unit::new(&mut interp);
            if is_root {
                unit.drive_orphan_root(ty, def.span);
            } else {
                unit.drive_orphan_stream(ty, def.span);
            }
            let contexts = unit.contexts;
            heed_dialect(&mut interp);
            let part = collect(&interp, contexts, program);
            executed.extend(part.executed.iter().copied());
            out.push(part);
        }
    }
    out
}
