//! From paths to one program: finds manifests and packages, picks those that can hold plugin code,
//! reads their files and joins them.
//!
//! This is the one module that touches the file system. Nothing is run: no cargo, no build script.

mod cfg;
mod discover;
mod features;
mod files;
mod graph;
mod link;
mod loose;
mod macros;
mod manifest;
mod owner;
mod pick;
mod place;
mod plan;
mod progress;
mod read;
mod related;
mod report;
mod scope;
mod select;
mod targets;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Configs;
use crate::finding::Problem;
use crate::ir::{Program, Symbol};
use crate::pool;
use crate::rust::{self, Cfg, Definition, Lowered, ToolComment};
use crate::source::{FileId, SourceMap, Span};

pub use owner::{Owners, repository};
pub use pick::Selection;
pub use related::Related;

/// The target of today's Proxy-Wasm toolchains.
pub const DEFAULT_TARGET: &str = "wasm32-wasip1";

/// What to load.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folders, manifests and source files.
    pub paths: Vec<PathBuf>,
    /// Which packages at these paths.
    pub selection: Selection,
    /// Features of the packages at these paths.
    pub features: Features,
    /// The target triple that `#[cfg(..)]` and target dependencies are judged by.
    pub target: String,
    /// Names of SDK packages: a package that depends on one of them can be a plugin.
    pub sdk_packages: Vec<String>,
    /// Names of their traits: a package that implements one can be a plugin too.
    pub sdk_traits: Vec<String>,
    /// Paths below it are shown relative to it; by default the working directory.
    pub cwd: PathBuf,
    /// Number of threads; by default as many as the machine has.
    pub threads: Option<usize>,
    /// What is to be left out.
    pub configs: Arc<Configs>,
    /// Texts that stand for files on the disk.
    pub overlay: crate::source::Overlay,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            selection: Selection::default(),
            features: Features::default(),
            target: DEFAULT_TARGET.to_owned(),
            sdk_packages: vec!["proxy-wasm".to_owned()],
            sdk_traits: vec!["RootContext".to_owned(), "HttpContext".to_owned()],
            cwd: std::env::current_dir().unwrap_or_default(),
            threads: None,
            configs: Arc::default(),
            overlay: crate::source::Overlay::default(),
        }
    }
}

/// Features as cargo's options of the same names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// `--features`: names, also as `package/name`.
    pub list: Vec<String>,
    /// `--all-features`.
    pub all: bool,
    /// `--no-default-features`.
    pub no_default: bool,
}

/// What was loaded.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All files read, manifests included.
    pub sources: SourceMap,
    /// The joined program.
    pub program: Program,
    /// All packages at the given paths and those that they need, sorted by manifest.
    pub packages: Vec<PackageInfo>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// Macro calls that were not understood.
    pub macros: Vec<(Symbol, Span)>,
    /// Comments that speak to this tool, in the order of files and places.
    pub comments: Vec<ToolComment>,
}

/// A package.
#[derive(Clone, Debug)]
pub struct PackageInfo {
    /// Its name.
    pub name: String,
    /// Its version, if it states one.
    pub version: Option<String>,
    /// Its edition, if it states one.
    pub edition: Option<String>,
    /// Its manifest.
    pub manifest: PathBuf,
    /// The folder of the manifest.
    pub root: PathBuf,
    /// The targets that are analysed; for a skipped package those that it has.
    pub targets: Vec<TargetInfo>,
    /// Whether it is analysed.
    pub status: Status,
}

/// A target of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetInfo {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TargetKind,
    /// The file of its root module.
    pub root: PathBuf,
    /// What its manifest says that it is built as (`cdylib`, ..); often nothing.
    pub crate_types: Vec<String>,
}

/// Kinds of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// The library.
    Lib,
    /// A binary.
    Bin,
    /// An example that is built as a plugin.
    Example,
}

/// Whether a package is analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It lies at a given path.
    Analysed,
    /// It lies elsewhere and is read because a package at a given path depends on it.
    Dependency,
    /// It is not read, and why.
    Skipped(String),
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// A manifest or a folder.
    pub path: PathBuf,
    /// Why.
    pub why: String,
}

impl Loaded {
    /// What was analysed and what was left out, for `--verbose`.
    pub fn progress(&self, options: &Options) -> Vec<(&'static str, String)> {
        progress::lines(self, &options.target, &options.cwd)
    }

    /// How many packages were analysed.
    pub fn analysed_packages(&self) -> usize {
        self.packages
            .iter()
            .filter(|p| p.status == Status::Analysed)
            .count()
    }

    /// Warnings for packages that are built as plugins although nothing in them was seen to be one: their
    /// silence says nothing. `silent` are the manifests without a context.
    pub fn not_understood(&self, silent: &[PathBuf], sdks: &[String]) -> Vec<Problem> {
        let is_built = |target: &TargetInfo| {
            target.kind != TargetKind::Lib || target.crate_types.iter().any(|t| t == "cdylib")
        };
        let packages = self.packages.iter().filter(|package| {
            package.status == Status::Analysed
                && !sdks.contains(&package.name)
                && package.targets.iter().any(is_built)
                && silent.contains(&package.manifest)
        });
        packages
            .map(|package| {
                let message = format!(
                    "no context was found in `{}`, so nothing of it was checked",
                    package.name
                );
                Problem::error(message, package.manifest.clone())
                    .warning()
                    .with_help(
                        "a plugin implements the traits of an SDK and registers its contexts; `--sdk` describes an \
                         SDK that is not known, and `-v` tells which macros were not understood",
                    )
            })
            .collect()
    }

    /// The package in whose folder a file lies most closely.
    pub fn package_of(&self, file: FileId) -> Option<&PackageInfo> {
        let path = &self.sources.file(file).path;
        self.packages
            .iter()
            .filter(|p| path.starts_with(&p.root))
            .max_by_key(|p| p.root.components().count())
    }

    /// Whether a file was looked at for its own sake, not because another package needs it.
    pub fn is_analysed(&self, file: FileId) -> bool {
        self.package_of(file)
            .is_none_or(|package| package.status == Status::Analysed)
    }
}

/// The part of a language front end that loading needs.
pub(crate) trait FrontEnd: Sync {
    /// Lowers a file of items.
    fn lower(&self, file: FileId, text: &str, cfg: &dyn Cfg) -> Lowered;
    /// The same with macros that other files define.
    fn lower_with(
        &self,
        file: FileId,
        text: &str,
        cfg: &dyn Cfg,
        _macros: &[Definition],
    ) -> Lowered {
        self.lower(file, text, cfg)
    }
    /// Lowers a file that holds an expression.
    fn lower_expr(&self, file: FileId, name: &str, text: &str, cfg: &dyn Cfg) -> Lowered;
}

struct RustFrontEnd;

impl FrontEnd for RustFrontEnd {
    fn lower(&self, file: FileId, text: &str, cfg: &dyn Cfg) -> Lowered {
        rust::lower_file(file, text, cfg)
    }

    fn lower_with(
        &self,
        file: FileId,
        text: &str,
        cfg: &dyn Cfg,
        macros: &[Definition],
    ) -> Lowered {
        rust::lower_file_with(file, text, cfg, macros)
    }

    fn lower_expr(&self, file: FileId, name: &str, text: &str, cfg: &dyn Cfg) -> Lowered {
        rust::lower_expr_file(file, name, text, cfg)
    }
}

/// Loads all that lies at the given paths.
pub fn load(options: &Options) -> Loaded {
    load_with(options, &RustFrontEnd)
}

/// The same on the current thread pool, whose stacks must be those of [`crate::pool`].
pub(crate) fn load_in_pool(options: &Options) -> Loaded {
    load_here(options, &RustFrontEnd)
}

fn load_with(options: &Options, front: &dyn FrontEnd) -> Loaded {
    pool::install(options.threads, || load_here(options, front))
}

fn load_here(options: &Options, front: &dyn FrontEnd) -> Loaded {
    let mut files = files::Files::new(options.cwd.clone(), options.overlay.clone());
    let mut problems = Vec::new();
    let mut cfg = cfg::CfgSet::new(&options.target);
    if !cfg.knows_target() {
        problems.push(Problem {
            path: None,
            ..Problem::error(format!("unknown target `{}`", options.target), "")
                .with_help(format!("the run went on with `{DEFAULT_TARGET}`"))
        });
        cfg = cfg::CfgSet::new(DEFAULT_TARGET);
    }
    let mut scope = scope::collect(options, &cfg, &mut files, &mut problems);
    let mut plan = plan::plan(options, &cfg, &scope, &files, &mut problems);

    let mut forest = tree::Forest::default();
    tree::grow(
        &mut forest,
        &plan.roots,
        0,
        front,
        &mut files,
        &mut problems,
    );
    plan.leave_out_others(&scope, options, &forest.leaves);
    // A source file named by the user that no module tree of its package reaches.
    let grown = plan.roots.len();
    plan.add_unreached(&scope, &cfg, options, &files);
    tree::grow(
        &mut forest,
        &plan.roots,
        grown,
        front,
        &mut files,
        &mut problems,
    );
    plan.report_empty(&scope, options, &mut problems);

    let mut seen = HashSet::new();
    problems.retain(|p| seen.insert((p.message.clone(), p.span, p.path.clone())));
    let mut seen = HashSet::new();
    forest.macros.retain(|m| seen.insert(*m));
    scope.skipped.extend(plan.skipped());
    scope.skipped.sort();
    scope.skipped.dedup();
    Loaded {
        program: link::link(plan.specs, forest.leaves),
        sources: files.map,
        packages: plan.packages,
        skipped: scope.skipped,
        problems,
        macros: forest.macros,
        comments: once_each(forest.comments),
    }
}

/// A file that belongs to several crates gives its comments once for each.
fn once_each(mut comments: Vec<ToolComment>) -> Vec<ToolComment> {
    comments.sort_by_key(|c| (c.span, !c.active));
    comments.dedup_by_key(|c| c.span);
    comments
}
