//! Which packages and lone files the given paths mean.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::cfg::CfgSet;
use super::discover::{self, Given, GivenKind, manifests_above};
use super::files::{Files, identity, normalise};
use super::graph::{Graph, PackageId};
use super::loose;
use super::{Options, Skipped};
use crate::config::Configs;
use crate::finding::Problem;

/// All that the given paths mean.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) graph: Graph,
    pub(crate) named: Vec<Named>,
    pub(crate) skipped: Vec<Skipped>,
}

/// What one given path means.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) path: PathBuf,
    pub(crate) packages: BTreeSet<PackageId>,
    /// Roots of crates without a package.
    pub(crate) loose: Vec<PathBuf>,
    /// A source file given by itself.
    pub(crate) source: Option<PathBuf>,
    /// Something could not be read, and that was said.
    pub(crate) broken: bool,
    /// Packages there were not asked for.
    pub(crate) dropped: bool,
}

/// Looks at all given paths.
pub(crate) fn collect(
    options: &Options,
    cfg: &CfgSet,
    files: &mut Files,
    problems: &mut Vec<Problem>,
) -> Scope {
    let mut collector = Collector {
        scope: Scope::default(),
        sdks: &options.sdk_packages,
        cfg,
        configs: &options.configs,
        files,
        problems,
    };
    let mut seen = BTreeSet::new();
    for path in &options.paths {
        let graph = &mut collector.scope.graph;
        let path = options
            .selection
            .start(path, graph, collector.files, collector.problems);
        // More than one path may be in the same workspace.
        if options.selection.workspace && !seen.insert(path.clone()) {
            continue;
        }
        let found = discover::discover(
            &path,
            collector.configs,
            collector.problems,
            &mut collector.scope.skipped,
        );
        if let Some(given) = found {
            collector.given(given);
        }
    }
    let mut scope = collector.scope;
    options.selection.apply(&mut scope, problems);
    scope
}

struct Collector<'a> {
    scope: Scope,
    sdks: &'a [String],
    cfg: &'a CfgSet,
    configs: &'a Configs,
    files: &'a mut Files,
    problems: &'a mut Vec<Problem>,
}

impl Collector<'_> {
    fn given(&mut self, given: Given) {
        let mut named = Named {
            path: given.path,
            packages: BTreeSet::new(),
            loose: Vec::new(),
            source: None,
            broken: false,
            dropped: false,
        };
        match given.kind {
            GivenKind::Folder { manifests, sources } => {
                let dir = named.path.clone();
                self.folder(&dir, &manifests, &sources, &mut named);
            }
            GivenKind::Manifest(path) => self.manifest(&path, &mut named),
            GivenKind::Source(path) => self.source(path, &mut named),
        }
        self.scope.named.push(named);
    }

    /// Reads a manifest and takes its package, if it has one, as asked for.
    fn take(&mut self, path: &Path, named: &mut Named) -> Option<usize> {
        let Some(manifest) = self.scope.graph.manifest(path, self.files, self.problems) else {
            named.broken = true;
            return None;
        };
        let package = self
            .scope
            .graph
            .package(manifest, self.cfg, self.files, self.problems);
        if let Some(id) = package {
            self.scope.graph.packages[id].primary = true;
            named.packages.insert(id);
        } else if self.scope.graph.get(manifest).workspace.is_none() {
            named.broken = true;
        }
        Some(manifest)
    }

    fn manifest(&mut self, path: &Path, named: &mut Named) {
        let Some(manifest) = self.take(path, named) else {
            return;
        };
        if self.scope.graph.get(manifest).workspace.is_some() {
            let dir = self.scope.graph.get(manifest).dir.clone();
            let found =
                discover::folder(&dir, self.configs, self.problems, &mut self.scope.skipped);
            if let GivenKind::Folder { manifests, .. } = found {
                self.folder(&dir, &manifests, &[], named);
            }
        }
    }

    fn folder(
        &mut self,
        dir: &Path,
        manifests: &[PathBuf],
        sources: &[PathBuf],
        named: &mut Named,
    ) {
        // Folders with a manifest, and whether it makes them a package. A manifest with mistakes
        // still says that the sources below are not lone ones.
        let mut owners: BTreeMap<PathBuf, bool> = BTreeMap::new();
        let mut workspaces = Vec::new();
        for path in manifests {
            let manifest = self.take(path, named);
            let is_package = manifest.is_none_or(|m| self.owns_sources(m));
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            owners.insert(folder, is_package);
            workspaces.extend(manifest);
        }
        for manifest in workspaces {
            self.members(manifest, named);
        }

        let (mut loose, mut above) = (Vec::new(), Vec::new());
        for source in sources {
            match source
                .ancestors()
                .skip(1)
                .take_while(|a| a.starts_with(dir))
                .find_map(|a| owners.get(a))
            {
                Some(true) => {}
                Some(false) if source.file_name().is_some_and(|n| n == "build.rs") => {}
                Some(false) => loose.push(source.clone()),
                None => above.push(source.clone()),
            }
        }
        // Sources above all manifests of the folder belong to the package around the folder.
        if (!above.is_empty() || manifests.is_empty()) && !self.enclosing(dir, named) {
            loose.append(&mut above);
        }
        named
            .loose
            .extend(loose::roots(&loose, self.files, self.problems));
    }

    /// Whether sources in the folder of a manifest are its business. Those below a workspace are
    /// not, nor below a manifest that tells another build system of the dependencies of plugins
    /// without having a target itself.
    fn owns_sources(&self, manifest: usize) -> bool {
        let graph = &self.scope.graph;
        match graph.package_of(manifest) {
            Some(id) => {
                let node = &graph.packages[id];
                !node.targets.is_empty()
                    || !node.deps.iter().any(|d| self.sdks.contains(&d.package))
            }
            None => graph.get(manifest).workspace.is_none(),
        }
    }

    /// Takes the package that a folder lies in. Whether there is one.
    fn enclosing(&mut self, dir: &Path, named: &mut Named) -> bool {
        let Some(path) = manifests_above(dir).into_iter().next() else {
            return false;
        };
        let Some(manifest) = self.scope.graph.manifest(&path, self.files, self.problems) else {
            named.broken = true;
            return true;
        };
        self.scope.graph.get(manifest).package.is_some() && {
            self.take(&path, named);
            true
        }
    }

    fn source(&mut self, path: PathBuf, named: &mut Named) {
        // From a name inside the folder, so that the folder itself counts as being above.
        if self.enclosing(&path, named) {
            named.source = Some(path);
        } else {
            named.loose.push(path);
        }
    }

    /// Members that the walk does not see, and those that are not there.
    fn members(&mut self, manifest: usize, named: &mut Named) {
        let manifest = self.scope.graph.get(manifest);
        let Some(workspace) = &manifest.workspace else {
            return;
        };
        let dir = manifest.dir.clone();
        for member in workspace.members.clone() {
            // A pattern that fits nothing is no mistake for cargo either.
            if member.value.contains(['*', '?', '[']) {
                continue;
            }
            let path = normalise(&dir.join(&member.value).join("Cargo.toml"));
            if self.configs.is_excluded(&path) {
                continue;
            }
            if path.is_file() {
                self.take(&path, named);
            } else {
                let place = self.files.shown(&path);
                self.problems.push(
                    Problem::at(
                        format!("the workspace member `{}` does not exist", member.value),
                        member.span,
                    )
                    .with_help(format!("`{place}` was not found")),
                );
            }
        }
    }
}

/// The package in whose folder a file lies most closely.
pub(crate) fn owner(scope: &Scope, named: &Named, source: &Path) -> Option<PackageId> {
    let source = identity(source);
    named
        .packages
        .iter()
        .copied()
        .filter(|&id| source.starts_with(identity(&scope.graph.packages[id].dir)))
        .max_by_key(|&id| identity(&scope.graph.packages[id].dir).components().count())
}
