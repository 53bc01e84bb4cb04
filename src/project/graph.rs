//! Packages and their dependencies on each other.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::cfg::CfgSet;
use super::discover::manifests_above;
use super::files::{Files, identity, normalise};
use super::manifest::{Dep, Field, Manifest};
use super::read;
use super::targets::{self, Built};
use crate::finding::Problem;
use crate::source::Span;

/// Index into [`Graph::packages`].
pub(crate) type PackageId = usize;

/// A package and what it depends on.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) edition: Option<String>,
    pub(crate) manifest: PathBuf,
    pub(crate) dir: PathBuf,
    /// It lies at or below a given path, as opposed to a dependency elsewhere.
    pub(crate) primary: bool,
    pub(crate) targets: Vec<Built>,
    /// Those for the target triple.
    pub(crate) deps: Vec<Edge>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// Problems that matter only if the package is analysed.
    pub(crate) problems: Vec<Problem>,
}

impl Node {
    /// The library, unless it runs in the compiler.
    pub(crate) fn lib(&self) -> Option<&Built> {
        self.targets
            .iter()
            .find(|t| t.info.kind == super::TargetKind::Lib && !t.proc_macro)
    }
}

/// A dependency.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// The name in the manifest, which features refer to.
    pub(crate) key: String,
    /// `package = ".."` is given: paths use the key, whatever the library is called.
    pub(crate) renamed: bool,
    /// The name of the package.
    pub(crate) package: String,
    pub(crate) optional: bool,
    pub(crate) default_features: bool,
    pub(crate) features: Vec<String>,
    pub(crate) source: EdgeSource,
}

/// Where a dependency comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EdgeSource {
    /// A path dependency.
    Tree(PackageId),
    /// A registry or a git repository.
    Outside,
    /// A path dependency that is not there: where to say so, and where it was looked for.
    Missing(Span, PathBuf),
}

/// All packages.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) packages: Vec<Node>,
    /// Manifests by identity; `None` for those that can't be read.
    manifests: HashMap<PathBuf, Option<usize>>,
    list: Vec<Manifest>,
    ids: HashMap<usize, PackageId>,
    roots: HashMap<PathBuf, Option<usize>>,
}

impl Graph {
    /// Reads a manifest once.
    pub(crate) fn manifest(
        &mut self,
        path: &Path,
        files: &mut Files,
        problems: &mut Vec<Problem>,
    ) -> Option<usize> {
        let key = identity(path);
        if let Some(&known) = self.manifests.get(&key) {
            return known;
        }
        let read = files.read(path, problems).and_then(|file| {
            let text = files.text(file);
            read::parse(path, file, &text, problems)
        });
        let id = read.map(|m| {
            self.list.push(m);
            self.list.len() - 1
        });
        self.manifests.insert(key, id);
        id
    }

    pub(crate) fn get(&self, manifest: usize) -> &Manifest {
        &self.list[manifest]
    }

    /// The package of a manifest that was taken before.
    pub(crate) fn package_of(&self, manifest: usize) -> Option<PackageId> {
        self.ids.get(&manifest).copied()
    }

    /// The package of a manifest, with all that it reaches by path. `None` for a workspace without
    /// a package.
    pub(crate) fn package(
        &mut self,
        manifest: usize,
        cfg: &CfgSet,
        files: &mut Files,
        problems: &mut Vec<Problem>,
    ) -> Option<PackageId> {
        let first = self.add(manifest, files, problems)?;
        let mut pending = vec![(first, manifest)];
        while let Some((id, manifest)) = pending.pop() {
            if !self.packages[id].deps.is_empty() {
                continue;
            }
            let root = self.workspace_of(manifest, files, problems);
            for (dep, base) in self.resolved_deps(manifest, root, cfg, id) {
                let mut edge = Edge {
                    renamed: dep.package.is_some(),
                    package: dep.package_name().to_owned(),
                    key: dep.key,
                    optional: dep.optional,
                    default_features: dep.default_features.unwrap_or(true),
                    features: dep.features,
                    source: EdgeSource::Outside,
                };
                if let Some(path) = dep.path {
                    let at = normalise(&base.join(path).join("Cargo.toml"));
                    edge.source = if at.is_file() {
                        // A manifest with mistakes is reported as such and counts as outside.
                        let found = self.manifest(&at, files, problems);
                        let known = found.is_some_and(|m| self.ids.contains_key(&m));
                        match found.and_then(|m| Some((self.add(m, files, problems)?, m))) {
                            Some((target, m)) => {
                                if !known {
                                    pending.push((target, m));
                                }
                                EdgeSource::Tree(target)
                            }
                            None => EdgeSource::Outside,
                        }
                    } else {
                        EdgeSource::Missing(dep.span, at)
                    };
                }
                self.packages[id].deps.push(edge);
            }
        }
        Some(first)
    }

    fn add(
        &mut self,
        manifest: usize,
        files: &mut Files,
        problems: &mut Vec<Problem>,
    ) -> Option<PackageId> {
        if let Some(&id) = self.ids.get(&manifest) {
            return Some(id);
        }
        self.list[manifest].package.as_ref()?;
        let root = self.workspace_of(manifest, files, problems);
        let shared = root.and_then(|r| self.list[r].workspace.as_ref());
        let own = &self.list[manifest];
        let package = own.package.as_ref()?;
        let inherit = |field: &Option<Field>, from: Option<&String>| match field {
            Some(Field::Own(value)) => Some(value.clone()),
            Some(Field::Inherited) => from.cloned(),
            None => None,
        };
        let edition = inherit(&package.edition, shared.and_then(|w| w.edition.as_ref()));
        let mut own_problems = Vec::new();
        let targets = targets::targets(own, package, edition.as_deref(), &mut own_problems);
        let id = self.packages.len();
        self.packages.push(Node {
            name: package.name.clone(),
            version: inherit(&package.version, shared.and_then(|w| w.version.as_ref())),
            edition,
            manifest: own.path.clone(),
            dir: own.dir.clone(),
            primary: false,
            targets,
            deps: Vec::new(),
            features: own.features.clone(),
            problems: own_problems,
        });
        self.ids.insert(manifest, id);
        Some(id)
    }

    /// Dependencies for this target with inheritance and patches applied, each with the folder
    /// that its path starts from.
    fn resolved_deps(
        &mut self,
        manifest: usize,
        root: Option<usize>,
        cfg: &CfgSet,
        id: PackageId,
    ) -> Vec<(Dep, PathBuf)> {
        let mut problems = Vec::new();
        let own = &self.list[manifest];
        let workspace = root.map(|r| &self.list[r]);
        let patches = workspace.unwrap_or(own);
        let mut resolved: Vec<(Dep, PathBuf)> = Vec::new();
        for dep in &own.deps {
            if dep.target.as_ref().is_some_and(|t| !cfg.selects(t)) {
                continue;
            }
            let mut dep = dep.clone();
            let mut base = own.dir.clone();
            if dep.inherited {
                let shared = workspace.and_then(|m| {
                    let deps = &m.workspace.as_ref()?.deps;
                    Some((deps.iter().find(|d| d.key == dep.key)?, &m.dir))
                });
                match shared {
                    Some((shared, dir)) => {
                        base.clone_from(dir);
                        dep.package.clone_from(&shared.package);
                        dep.path.clone_from(&shared.path);
                        dep.features.extend(shared.features.iter().cloned());
                        dep.default_features = shared.default_features.or(dep.default_features);
                    }
                    None => problems.push(
                        Problem::at(
                            format!("the dependency `{}` is not in the workspace", dep.key),
                            dep.span,
                        )
                        .with_help("declare it in `[workspace.dependencies]`"),
                    ),
                }
            }
            if dep.path.is_none() {
                let name = dep.package_name().to_owned();
                let patch = patches
                    .patches
                    .iter()
                    .find(|p| p.package_name() == name && p.path.is_some());
                if let Some(patch) = patch {
                    base.clone_from(&patches.dir);
                    dep.path.clone_from(&patch.path);
                    dep.span = patch.span;
                }
            }
            // The same dependency may stand in the general table and in those of targets.
            if let Some((known, _)) = resolved.iter_mut().find(|(d, _)| d.key == dep.key) {
                known.optional &= dep.optional;
                known.features.extend(dep.features);
                continue;
            }
            resolved.push((dep, base));
        }
        self.packages[id].problems.extend(problems);
        resolved
    }

    /// The manifest with the `[workspace]` that a manifest belongs to.
    pub(crate) fn workspace_of(
        &mut self,
        manifest: usize,
        files: &mut Files,
        problems: &mut Vec<Problem>,
    ) -> Option<usize> {
        if self.list[manifest].workspace.is_some() {
            return Some(manifest);
        }
        let dir = self.list[manifest].dir.clone();
        if let Some(&known) = self.roots.get(&dir) {
            return known;
        }
        let named = self.list[manifest]
            .package
            .as_ref()
            .and_then(|p| p.workspace.as_ref())
            .map(|w| normalise(&dir.join(w).join("Cargo.toml")));
        let candidates = named.map_or_else(|| manifests_above(&dir), |path| vec![path]);
        let mut root = None;
        for path in candidates {
            let Some(id) = self.manifest(&path, files, problems) else {
                continue;
            };
            if let Some(workspace) = &self.list[id].workspace {
                let at = identity(&dir);
                let base = identity(&self.list[id].dir);
                let below = |p: &str| at.starts_with(normalise(&base.join(p)));
                let excluded = workspace.exclude.iter().any(|e| below(e))
                    && !workspace
                        .members
                        .iter()
                        .any(|m| at == normalise(&base.join(&m.value)));
                root = (!excluded).then_some(id);
                break;
            }
        }
        self.roots.insert(dir, root);
        root
    }
}
