//! From packages to the crates that are read.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::cfg::CfgSet;
use super::features::{self, Active};
use super::files::{Files, identity};
use super::graph::{EdgeSource, Graph, Node, PackageId};
use super::link::CrateSpec;
use super::scope::{Named, Scope, owner};
use super::select::{self, Verdict};
use super::targets::Built;
use super::tree::{Leaf, Root};
use super::{Options, PackageInfo, Skipped, Status, TargetKind};
use crate::finding::Problem;
use crate::ir::Symbol;

/// The crates to read and what is known of them beforehand.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) roots: Vec<Root>,
    /// One for each root.
    pub(crate) specs: Vec<CrateSpec>,
    pub(crate) packages: Vec<PackageInfo>,
    pub(crate) active: Vec<Active>,
    pub(crate) verdicts: Vec<Verdict>,
    /// The library crates.
    libs: HashMap<PackageId, usize>,
    /// Given paths (by index) that hold something to analyse.
    pub(crate) filled: BTreeSet<usize>,
}

/// Decides what is read.
pub(crate) fn plan(
    options: &Options,
    cfg: &CfgSet,
    scope: &Scope,
    files: &Files,
    problems: &mut Vec<Problem>,
) -> Plan {
    let graph = &scope.graph;
    let all: Vec<PackageId> = (0..graph.packages.len())
        .filter(|&id| graph.packages[id].primary)
        .collect();
    // First with all features that anybody asks for, to see which packages are plugins; then with
    // what these ask for alone: a server does not turn on features in a plugin's library.
    let wide = features::resolve(graph, &all, &options.features);
    let mut verdicts = select::plugins(graph, &wide, &options.sdk_packages);
    let seeds: Vec<PackageId> = all
        .into_iter()
        .filter(|&id| verdicts[id].is_start())
        .collect();
    let active = features::resolve(graph, &seeds, &options.features);
    select::add_libraries(graph, &active, &mut verdicts);

    let mut plan = Plan {
        roots: Vec::new(),
        specs: Vec::new(),
        packages: Vec::new(),
        active,
        verdicts,
        libs: HashMap::new(),
        filled: BTreeSet::new(),
    };
    plan.report(graph, &wide, files, problems);
    plan.report_features(graph, &seeds, options, problems);
    plan.add_packages(graph, cfg);
    plan.add_loose(scope, cfg, options);
    plan.fill(scope);
    plan
}

/// All packages in the order in which they are read and listed.
pub(crate) fn by_manifest(graph: &Graph) -> Vec<PackageId> {
    let mut order: Vec<PackageId> = (0..graph.packages.len()).collect();
    order.sort_by_key(|&id| &graph.packages[id].manifest);
    order
}

/// What the paths of a crate can start with: crates read, by index, and packages not read.
type Names = (Vec<(Symbol, usize)>, Vec<(Symbol, String)>);

impl Plan {
    fn add_packages(&mut self, graph: &Graph, cfg: &CfgSet) {
        let mut crates: Vec<(usize, PackageId, Built)> = Vec::new();
        for id in by_manifest(graph) {
            let node = &graph.packages[id];
            let verdict = self.verdicts[id].clone();
            let mut targets = Vec::new();
            for target in &node.targets {
                if !self.is_built(id, target) {
                    if !verdict.is_analysed() {
                        targets.push(target.info.clone());
                    }
                    continue;
                }
                targets.push(target.info.clone());
                let index = self.roots.len();
                if target.info.kind == TargetKind::Lib {
                    self.libs.insert(id, index);
                }
                self.roots.push(Root {
                    path: target.info.root.clone(),
                    cfg: cfg.with_features(self.active[id].features.clone()),
                });
                self.specs.push(CrateSpec {
                    name: Symbol::new(&target.info.name.replace('-', "_")),
                    package: node.name.clone(),
                    manifest: Some(node.manifest.clone()),
                    deps: Vec::new(),
                    external: Vec::new(),
                });
                crates.push((index, id, target.clone()));
            }
            if node.primary || verdict.is_analysed() {
                self.packages.push(PackageInfo {
                    name: node.name.clone(),
                    version: node.version.clone(),
                    edition: node.edition.clone(),
                    manifest: node.manifest.clone(),
                    root: node.dir.clone(),
                    targets,
                    status: verdict.status(node.primary),
                });
            }
        }
        for (index, id, target) in crates {
            let is_lib = target.info.kind == TargetKind::Lib;
            let (deps, external) = self.names(graph, id, !is_lib);
            self.specs[index].deps = deps;
            self.specs[index].external = external;
        }
    }

    /// Notes which of the given paths hold something to analyse.
    fn fill(&mut self, scope: &Scope) {
        for (n, named) in scope.named.iter().enumerate() {
            let analysed = |id: &PackageId| self.verdicts[*id].is_analysed();
            if !named.loose.is_empty() || named.packages.iter().any(analysed) {
                self.filled.insert(n);
            }
        }
    }

    /// Leaves out packages that depend on no SDK and have nothing of one in their files.
    pub(crate) fn leave_out_others(&mut self, scope: &Scope, options: &Options, leaves: &[Leaf]) {
        let is_sdk_trait = |path: &crate::ir::Path| {
            let name = path.last();
            options
                .sdk_traits
                .iter()
                .any(|known| name == known.as_str())
        };
        let proven: BTreeSet<&Path> = leaves
            .iter()
            .filter(|leaf| {
                let mut traits = leaf
                    .fragment
                    .impls
                    .iter()
                    .filter_map(|i| i.of_trait.as_ref());
                traits.any(is_sdk_trait)
            })
            .filter_map(|leaf| self.specs[leaf.root].manifest.as_deref())
            .collect();
        let mut others = Vec::new();
        for (id, verdict) in self.verdicts.iter().enumerate() {
            let node = &scope.graph.packages[id];
            if *verdict == Verdict::Unproven && !proven.contains(node.manifest.as_path()) {
                others.push(id);
            }
        }
        for id in others {
            let node = &scope.graph.packages[id];
            self.verdicts[id] = Verdict::Skipped(select::without_sdk(node, &options.sdk_packages));
            let known = self
                .packages
                .iter_mut()
                .find(|p| p.manifest == node.manifest);
            if let Some(package) = known {
                package.status = self.verdicts[id].status(node.primary);
            }
        }
        self.filled.clear();
        self.fill(scope);
    }

    fn is_built(&self, id: PackageId, target: &Built) -> bool {
        let wanted = match self.verdicts[id] {
            Verdict::Plugin | Verdict::Unproven => true,
            Verdict::Library => target.info.kind == TargetKind::Lib,
            Verdict::Skipped(_) => false,
        };
        wanted
            && !target.proc_macro
            && target
                .required_features
                .iter()
                .all(|f| self.active[id].features.contains(f))
    }

    /// The crates that a package's paths can start with.
    fn names(&self, graph: &Graph, id: PackageId, own_lib: bool) -> Names {
        let node: &Node = &graph.packages[id];
        let mut deps = Vec::new();
        let mut external = Vec::new();
        if own_lib && let (Some(lib), Some(&index)) = (node.lib(), self.libs.get(&id)) {
            deps.push((Symbol::new(&lib.info.name), index));
        }
        for &at in &self.active[id].deps {
            let edge = &node.deps[at];
            let key = edge.key.replace('-', "_");
            let inside = match edge.source {
                EdgeSource::Tree(target) => self
                    .libs
                    .get(&target)
                    .and_then(|&index| Some((graph.packages[target].lib()?, index))),
                EdgeSource::Outside | EdgeSource::Missing(..) => None,
            };
            match inside {
                Some((lib, index)) => {
                    // Without a rename the library's own name counts.
                    let name = if edge.renamed { &key } else { &lib.info.name };
                    deps.push((Symbol::new(name), index));
                }
                None => external.push((Symbol::new(&key), edge.package.clone())),
            }
        }
        (deps, external)
    }

    fn add_loose(&mut self, scope: &Scope, cfg: &CfgSet, options: &Options) {
        let paths: BTreeSet<&PathBuf> = scope.named.iter().flat_map(|n| &n.loose).collect();
        let mut seen = BTreeSet::new();
        for path in paths {
            if seen.insert(identity(path)) {
                self.add_lone(path, cfg.clone(), options);
            }
        }
    }

    /// A file as a crate of its own, which knows the SDKs by their names.
    fn add_lone(&mut self, path: &Path, cfg: CfgSet, options: &Options) {
        let text = |part: Option<&std::ffi::OsStr>| {
            part.map_or_else(String::new, |p| p.to_string_lossy().into_owned())
        };
        self.roots.push(Root {
            path: path.to_owned(),
            cfg,
        });
        self.specs.push(CrateSpec {
            name: Symbol::new(&text(path.file_stem()).replace(['-', '.', ' '], "_")),
            package: text(path.file_name()),
            manifest: None,
            deps: Vec::new(),
            external: options
                .sdk_packages
                .iter()
                .map(|p| (Symbol::new(&p.replace('-', "_")), p.clone()))
                .collect(),
        });
    }

    /// Named source files that no crate has read become crates of their own.
    pub(crate) fn add_unreached(
        &mut self,
        scope: &Scope,
        cfg: &CfgSet,
        options: &Options,
        files: &Files,
    ) {
        let read: BTreeSet<PathBuf> = if scope.named.iter().any(|n| n.source.is_some()) {
            files.map.iter().map(|(_, f)| identity(&f.path)).collect()
        } else {
            BTreeSet::new()
        };
        for (n, named) in scope.named.iter().enumerate() {
            let Some(source) = &named.source else {
                continue;
            };
            if read.contains(&identity(source)) {
                continue;
            }
            self.filled.insert(n);
            self.add_lone(source, cfg.clone(), options);
            self.adopt(scope, named, source);
        }
    }

    /// A lone file in the folder of a package sees what the package's programs see.
    fn adopt(&mut self, scope: &Scope, named: &Named, source: &Path) {
        let Some(id) = owner(scope, named, source) else {
            return;
        };
        let (deps, external) = self.names(&scope.graph, id, true);
        let (Some(spec), Some(root)) = (self.specs.last_mut(), self.roots.last_mut()) else {
            return;
        };
        root.cfg = root.cfg.with_features(self.active[id].features.clone());
        spec.external.retain(|(name, _)| {
            !deps.iter().any(|(d, _)| d == name) && !external.iter().any(|(e, _)| e == name)
        });
        spec.external.extend(external);
        spec.deps = deps;
    }

    /// Packages at the given paths that are not read.
    pub(crate) fn skipped(&self) -> Vec<Skipped> {
        self.packages
            .iter()
            .filter_map(|p| match &p.status {
                Status::Skipped(why) => Some(Skipped {
                    path: p.manifest.clone(),
                    why: why.clone(),
                }),
                Status::Analysed | Status::Dependency => None,
            })
            .collect()
    }
}
