//! Which package and target a file belongs to, and which repository a folder does.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::files::{identity, normalise};
use super::{Loaded, PackageInfo, Status, TargetInfo};
use crate::source::FileId;

/// The package and target of each file that has one.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    packages: Vec<PackageInfo>,
    /// Package and target by index. A file of more than one target belongs to the first.
    targets: FxHashMap<FileId, (usize, usize)>,
    /// Names of the files under no package, which do not depend on where the run was.
    lone: FxHashMap<FileId, String>,
}

impl Owners {
    /// Those of everything that was loaded.
    pub(crate) fn of(loaded: &Loaded) -> Self {
        let mut targets = FxHashMap::default();
        for module in &loaded.program.modules {
            let krate = &loaded.program.crates[module.krate.index()];
            let root = loaded.program.modules[krate.root.index()].file;
            let root = &loaded.sources.file(root).path;
            let target = krate.manifest.as_ref().and_then(|manifest| {
                let of_crate = |p: &PackageInfo| p.manifest == *manifest;
                let package = loaded.packages.iter().position(of_crate)?;
                // Not by name: a library and a binary may share one.
                let of_root = |t: &TargetInfo| t.root == *root;
                let target = loaded.packages[package].targets.iter().position(of_root)?;
                Some((package, target))
            });
            if let Some(target) = target {
                targets.entry(module.file).or_insert(target);
            }
        }
        let mut owners = Self {
            packages: loaded.packages.clone(),
            targets,
            lone: FxHashMap::default(),
        };
        let files = loaded.sources.iter();
        let lone = files.filter(|(_, source)| owners.home(&source.path).is_none());
        owners.lone = lone
            .map(|(file, source)| (file, lone_name(&source.path)))
            .collect();
        owners
    }

    /// The packages that are read.
    pub fn packages(&self) -> impl Iterator<Item = &PackageInfo> {
        let is_read = |p: &&PackageInfo| !matches!(p.status, Status::Skipped(_));
        self.packages.iter().filter(is_read)
    }

    /// The name of the package that is read in whose folder a file lies, and its path there, with
    /// `/`: both stay the same wherever the run is, and wherever the package.
    pub fn home(&self, path: &Path) -> Option<(&str, String)> {
        let around = self.packages().filter(|p| path.starts_with(&p.root));
        let home = around.max_by_key(|p| p.root.components().count())?;
        let below = path.strip_prefix(&home.root).unwrap_or(path);
        Some((&home.name, slashes(below)))
    }

    /// The name of a file under no package: its path in the repository, or from the root on.
    pub fn lone_name(&self, file: FileId) -> Option<&str> {
        self.lone.get(&file).map(String::as_str)
    }

    /// The package and target that hold a file of the program.
    pub fn target(&self, file: FileId) -> Option<(&PackageInfo, &TargetInfo)> {
        let &(package, target) = self.targets.get(&file)?;
        let package = self.packages.get(package)?;
        Some((package, package.targets.get(target)?))
    }

    /// The package whose folder a path is in, for files that are no modules: manifests, included
    /// files, and those that could not be read.
    pub fn package(&self, path: &Path) -> Option<(&PackageInfo, &TargetInfo)> {
        let path = normalise(path);
        let around = self.packages.iter().filter(|p| path.starts_with(&p.root));
        let nearest = around.max_by_key(|p| p.root.components().count())?;
        Some((nearest, nearest.targets.first()?))
    }
}

fn lone_name(path: &Path) -> String {
    let path = identity(path);
    let root = path.parent().and_then(repository);
    let below = root.and_then(|root| path.strip_prefix(root).ok().map(slashes));
    below.unwrap_or_else(|| slashes(&path))
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The working tree of the version control system that a folder is in: the nearest folder at or
/// above it with a `.git`, which in further work trees is a file.
pub fn repository(folder: &Path) -> Option<PathBuf> {
    let absolute = if folder.is_absolute() {
        folder.to_owned()
    } else {
        identity(folder)
    };
    let mut above = absolute.ancestors();
    above.find(|f| f.join(".git").exists()).map(Path::to_owned)
}
