//! Manifests as data: what cargo's manifests say, as far as it matters here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::source::Span;

/// A string and its place.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Span,
}

/// One manifest.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// As it was found.
    pub(crate) path: PathBuf,
    /// The folder that holds it.
    pub(crate) dir: PathBuf,
    pub(crate) package: Option<Package>,
    pub(crate) workspace: Option<Workspace>,
    pub(crate) lib: Option<Target>,
    pub(crate) bins: Vec<Target>,
    pub(crate) examples: Vec<Target>,
    /// `[dependencies]`, also those for one target.
    pub(crate) deps: Vec<Dep>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// `[patch.*]` entries with a path, by package name.
    pub(crate) patches: Vec<Dep>,
}

/// `[package]`.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: Option<Field>,
    pub(crate) edition: Option<Field>,
    pub(crate) autolib: bool,
    pub(crate) autobins: Option<bool>,
    /// `workspace = "../.."`.
    pub(crate) workspace: Option<String>,
}

/// A field that can be inherited.
#[derive(Clone, Debug)]
pub(crate) enum Field {
    Own(String),
    Inherited,
}

/// `[workspace]`.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) members: Vec<Text>,
    pub(crate) exclude: Vec<String>,
    pub(crate) deps: Vec<Dep>,
    pub(crate) version: Option<String>,
    pub(crate) edition: Option<String>,
}

/// `[lib]`, `[[bin]]`, `[[example]]`.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: Option<String>,
    pub(crate) path: Option<Text>,
    pub(crate) crate_types: Vec<String>,
    pub(crate) proc_macro: bool,
    pub(crate) required_features: Vec<String>,
    pub(crate) span: Span,
}

/// One dependency.
#[derive(Clone, Debug)]
pub(crate) struct Dep {
    /// The name on the left.
    pub(crate) key: String,
    /// `package = ".."`.
    pub(crate) package: Option<String>,
    pub(crate) path: Option<String>,
    /// `workspace = true`.
    pub(crate) inherited: bool,
    pub(crate) optional: bool,
    pub(crate) default_features: Option<bool>,
    pub(crate) features: Vec<String>,
    /// The key of `[target.KEY.dependencies]`.
    pub(crate) target: Option<String>,
    /// The path, or the whole entry.
    pub(crate) span: Span,
}

impl Dep {
    /// The name of the package in its registry.
    pub(crate) fn package_name(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.key)
    }
}
