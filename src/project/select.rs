//! Which packages can hold plugin code. The others are never read.

use super::Status;
use super::TargetKind;
use super::features::Active;
use super::graph::{EdgeSource, Graph, Node, PackageId};

/// The verdict on each package: analysed with all its targets, with its library only, or skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All targets.
    Plugin,
    /// All targets, unless nothing in them is of an SDK: a dynamic library that depends on none may bring
    /// the code of one along.
    Unproven,
    /// The library, since a plugin uses it.
    Library,
    /// Nothing, and why.
    Skipped(String),
}

impl Verdict {
    pub(crate) fn is_analysed(&self) -> bool {
        !matches!(self, Self::Skipped(_))
    }

    /// Whether it is a starting point.
    pub(crate) fn is_start(&self) -> bool {
        matches!(self, Self::Plugin | Self::Unproven)
    }

    pub(crate) fn status(&self, primary: bool) -> Status {
        match self {
            Self::Skipped(why) => Status::Skipped(why.clone()),
            _ if primary => Status::Analysed,
            _ => Status::Dependency,
        }
    }
}

/// Packages that are plugins (or SDKs) in their own right: the starting points.
pub(crate) fn plugins(graph: &Graph, active: &[Active], sdks: &[String]) -> Vec<Verdict> {
    let reach = reach(graph, active, sdks);
    graph
        .packages
        .iter()
        .enumerate()
        .map(|(id, node)| judge(graph, active, sdks, &reach, id, node))
        .collect()
}

/// Adds the libraries that plugins use, with the features that only plugins ask for.
pub(crate) fn add_libraries(graph: &Graph, active: &[Active], verdicts: &mut [Verdict]) {
    let mut pending: Vec<PackageId> = (0..verdicts.len())
        .filter(|&id| verdicts[id].is_start())
        .collect();
    while let Some(id) = pending.pop() {
        for &index in &active[id].deps {
            let EdgeSource::Tree(target) = graph.packages[id].deps[index].source else {
                continue;
            };
            if !verdicts[target].is_analysed() && graph.packages[target].lib().is_some() {
                verdicts[target] = Verdict::Library;
                pending.push(target);
            }
        }
    }
}

fn judge(
    graph: &Graph,
    active: &[Active],
    sdks: &[String],
    reach: &[bool],
    id: PackageId,
    node: &Node,
) -> Verdict {
    let skip = |why: &str| Verdict::Skipped(why.to_owned());
    if !node.primary {
        return skip("no plugin depends on it");
    }
    if node.targets.is_empty() {
        return skip("it has no library or binary");
    }
    if node.targets.iter().all(|t| t.proc_macro) {
        return skip("a procedural macro runs in the compiler");
    }
    let direct = active[id]
        .deps
        .iter()
        .any(|&d| sdks.contains(&node.deps[d].package));
    if sdks.contains(&node.name) || direct {
        return Verdict::Plugin;
    }
    let is_cdylib = node.targets.iter().any(|t| t.cdylib);
    if reach[id] {
        if is_cdylib {
            return Verdict::Plugin;
        }
        // A server that shares a library with a plugin reaches the SDK too, but runs elsewhere.
        let is_program = node.targets.iter().any(|t| t.info.kind == TargetKind::Bin);
        if !is_program {
            return Verdict::Plugin;
        }
        let through = active[id]
            .deps
            .iter()
            .map(|&d| &node.deps[d])
            .find(|e| matches!(e.source, EdgeSource::Tree(t) if reach[t]))
            .map_or("", |e| graph_name(graph, e.source.clone()));
        return Verdict::Skipped(format!(
            "a native program: only its dependency `{through}` depends on a Proxy-Wasm SDK"
        ));
    }
    if is_cdylib {
        return Verdict::Unproven;
    }
    Verdict::Skipped(without_sdk(node, sdks))
}

/// Why a package that depends on no SDK is no plugin.
pub(crate) fn without_sdk(node: &Node, sdks: &[String]) -> String {
    match node.deps.iter().find(|d| sdks.contains(&d.package)) {
        Some(edge) => format!(
            "its optional dependency `{}` is off (see `--features`)",
            edge.key
        ),
        None => "it does not depend on a Proxy-Wasm SDK".to_owned(),
    }
}

fn graph_name(graph: &Graph, source: EdgeSource) -> &str {
    match source {
        EdgeSource::Tree(id) => &graph.packages[id].name,
        EdgeSource::Outside | EdgeSource::Missing(..) => "",
    }
}

/// For each package, whether it is or reaches an SDK.
fn reach(graph: &Graph, active: &[Active], sdks: &[String]) -> Vec<bool> {
    let mut reach: Vec<bool> = graph
        .packages
        .iter()
        .map(|n| sdks.contains(&n.name))
        .collect();
    loop {
        let mut changed = false;
        for (id, node) in graph.packages.iter().enumerate() {
            let now = reach[id]
                || active[id].deps.iter().any(|&d| {
                    let edge = &node.deps[d];
                    sdks.contains(&edge.package)
                        || matches!(edge.source, EdgeSource::Tree(t) if reach[t])
                });
            changed |= now != reach[id];
            reach[id] = now;
        }
        if !changed {
            return reach;
        }
    }
}
