//! The model dump: what was understood, for people who wonder why nothing was found.

use std::fmt::Write;
use std::hash::Hash;

use rustc_hash::FxHashSet;

use super::{Flow, Storage};
use crate::project::{Loaded, Status};

/// What `--show-model` prints.
pub fn model_text(loaded: &Loaded, flow: &Flow) -> String {
    let sources = &loaded.sources;
    let mut out = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(out, "packages:");
    for p in &loaded.packages {
        let what = match &p.status {
            Status::Analysed => "analysed".to_owned(),
            Status::Dependency => "analysed as a dependency".to_owned(),
            Status::Skipped(why) => format!("skipped: {why}"),
        };
        let _ = writeln!(out, "  {} ({what})", p.name);
    }
    let _ = writeln!(out, "contexts:");
    for c in &flow.contexts {
        let role = if c.is_root { "root" } else { "stream" };
        let built = c.built_at.map_or_else(
            || "built by nothing in the tree".to_owned(),
            |s| format!("built at {}", sources.place(s)),
        );
        let _ = writeln!(out, "  {} ({role}, {built})", c.type_name);
        if !c.fields.is_empty() {
            let names: Vec<&str> = c.fields.iter().map(|f| f.as_str()).collect();
            let _ = writeln!(out, "    fields: {}", names.join(", "));
        }
        for cb in &c.callbacks {
            let _ = writeln!(out, "    {cb}");
        }
    }
    let _ = writeln!(out, "sources:");
    for s in &flow.sources {
        let _ = writeln!(
            out,
            "  {} [{}] at {} in {}",
            s.property,
            s.class.as_str(),
            sources.place(s.span),
            s.callback
        );
    }
    let _ = writeln!(out, "stores:");
    for s in &flow.kept {
        let storage = match s.storage {
            Storage::Stream => "stream context",
            Storage::Root => "root context",
            Storage::Static => "static",
            Storage::Capture => "capture",
            Storage::SharedData => "shared data",
        };
        // One property may be read at several places.
        let from = unique(s.sources.iter().map(|x| x.property.as_str()));
        let _ = writeln!(
            out,
            "  {} ({storage}) at {} in {}, from {}",
            s.subject,
            sources.place(s.span),
            s.callback,
            from.join(", ")
        );
        let reads = s.sources.iter().flat_map(|x| {
            x.reads
                .iter()
                .map(|r| (x.property.as_str(), r.span, r.callback.as_str()))
        });
        for (property, span, callback) in unique(reads) {
            let place = sources.place(span);
            let _ = writeln!(out, "    {property} read at {place} in {callback}");
        }
    }
    let _ = writeln!(out, "reroutes:");
    for r in &flow.reroutes {
        let _ = writeln!(out, "  at {} in {}", sources.place(r.span), r.callback);
    }
    let _ = writeln!(out, "skipped:");
    for s in &loaded.skipped {
        let _ = writeln!(out, "  {}: {}", s.path.display(), s.why);
    }
    for (name, span) in &loaded.macros {
        let _ = writeln!(
            out,
            "  macro `{name}!` at {} is not expanded",
            sources.place(*span)
        );
    }
    out
}

/// The items in order, each at its first place only.
fn unique<T: Copy + Eq + Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = FxHashSet::default();
    items.filter(|item| seen.insert(*item)).collect()
}
