//! Which features and optional dependencies of the packages are on.

use std::collections::{BTreeMap, BTreeSet};

use super::Features;
use super::graph::{EdgeSource, Graph, Node, PackageId};

/// What is asked of one package by the user and by its dependents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    default: bool,
    all: bool,
    names: BTreeSet<String>,
}

/// What is on in one package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Active {
    /// It is part of the build at all.
    pub(crate) reached: bool,
    /// Names for `cfg(feature = "..")`.
    pub(crate) features: BTreeSet<String>,
    /// Indices of [`Node::deps`].
    pub(crate) deps: Vec<usize>,
}

/// Resolves the features of all packages that the given ones reach.
pub(crate) fn resolve(graph: &Graph, seeds: &[PackageId], options: &Features) -> Vec<Active> {
    let mut asked = vec![Asked::default(); graph.packages.len()];
    let mut active = vec![Active::default(); graph.packages.len()];
    let mut pending: BTreeSet<PackageId> = seeds.iter().copied().collect();
    for &seed in seeds {
        asked[seed] = Asked {
            default: !options.no_default,
            all: options.all,
            names: options
                .list
                .iter()
                .filter_map(|f| match f.split_once('/') {
                    Some((package, feature)) => {
                        (package == graph.packages[seed].name).then(|| feature.to_owned())
                    }
                    None => Some(f.clone()),
                })
                .collect(),
        };
    }
    // What is asked for only grows, so this ends.
    while let Some(id) = pending.pop_first() {
        let node = &graph.packages[id];
        let closed = close(node, &asked[id]);
        for &index in &closed.active.deps {
            let edge = &node.deps[index];
            let EdgeSource::Tree(target) = edge.source else {
                continue;
            };
            let mut more = asked[target].clone();
            more.default |= edge.default_features;
            more.names.extend(edge.features.iter().cloned());
            if let Some(names) = closed.of_deps.get(edge.key.as_str()) {
                more.names.extend(names.iter().cloned());
            }
            if more != asked[target] || !active[target].reached {
                asked[target] = more;
                active[target].reached = true;
                pending.insert(target);
            }
        }
        active[id] = closed.active;
    }
    active
}

struct Closed {
    active: Active,
    /// Features of dependencies, by the key of the dependency.
    of_deps: BTreeMap<String, BTreeSet<String>>,
}

/// The transitive closure of the asked features within one package.
fn close(node: &Node, asked: &Asked) -> Closed {
    let optional: BTreeSet<&str> = node
        .deps
        .iter()
        .filter(|d| d.optional)
        .map(|d| d.key.as_str())
        .collect();
    // An optional dependency is a feature of its own name unless `dep:name` stands somewhere.
    let explicit: BTreeSet<&str> = node
        .features
        .values()
        .flatten()
        .filter_map(|f| f.strip_prefix("dep:"))
        .collect();
    let mut features: BTreeSet<String> = BTreeSet::new();
    let mut enabled: BTreeSet<String> = BTreeSet::new();
    let mut of_deps: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();

    let mut pending: Vec<String> = asked.names.iter().cloned().collect();
    if asked.default {
        pending.push("default".to_owned());
    }
    if asked.all {
        pending.extend(node.features.keys().cloned());
        let implicit = optional.difference(&explicit);
        pending.extend(implicit.map(|o| (*o).to_owned()));
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some(dep) = name.strip_prefix("dep:") {
            enabled.insert(dep.to_owned());
        } else if let Some((dep, feature)) = name.split_once('/') {
            let weak = dep.strip_suffix('?');
            let key = weak.unwrap_or(dep);
            of_deps
                .entry(key.to_owned())
                .or_default()
                .insert(feature.to_owned());
            if weak.is_none() && optional.contains(key) {
                enabled.insert(key.to_owned());
                if !explicit.contains(key) {
                    pending.push(key.to_owned());
                }
            }
        } else {
            let implied = node.features.get(&name);
            let implicit = optional.contains(name.as_str()) && !explicit.contains(name.as_str());
            if implicit {
                enabled.insert(name.clone());
            }
            if implicit || implied.is_some() {
                features.insert(name.clone());
            }
            pending.extend(implied.into_iter().flatten().cloned());
        }
    }
    let deps = node
        .deps
        .iter()
        .enumerate()
        .filter(|(_, d)| !d.optional || enabled.contains(&d.key))
        .map(|(i, _)| i)
        .collect();
    Closed {
        active: Active {
            reached: true,
            features,
            deps,
        },
        of_deps,
    }
}
