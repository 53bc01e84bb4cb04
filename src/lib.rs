//! Finds Proxy-Wasm plugins that act on a stale route.

use std::num::NonZeroUsize;
use std::path::PathBuf;

pub mod cli;
pub mod commands;
pub mod finding;
pub mod ir;
pub mod report;
pub mod source;

use cli::Levels;
use finding::{Finding, Problem};
use report::RuleInfo;
use source::SourceMap;

/// What to analyse, and how.
#[derive(Clone, Debug, Default)]
pub struct AnalyseOptions {
    /// The working directory: paths are relative to it, and shown so.
    pub cwd: PathBuf,
    /// Packages, workspaces, directories or files; none means the working directory.
    pub paths: Vec<PathBuf>,
    /// The manifest to start from instead.
    pub manifest_path: Option<PathBuf>,
    /// Cargo features to switch on.
    pub features: Vec<String>,
    /// Every feature.
    pub all_features: bool,
    /// No default features.
    pub no_default_features: bool,
    /// The target triple that `cfg` attributes are evaluated for.
    pub target: Option<String>,
    /// How many threads to use; none means one for each processor.
    pub threads: Option<NonZeroUsize>,
    /// The levels from the command line, applied over those of rules and configuration.
    pub levels: Levels,
    /// Whether the text of the model is wanted.
    pub model: bool,
}

/// What an analysis gives.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The files that findings and problems point into.
    pub sources: SourceMap,
    /// All findings, those for `--pedantic` included.
    pub findings: Vec<Finding>,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// What the analysis understood of the plugin, as text.
    pub model: String,
    /// How many packages were analysed.
    pub packages: usize,
    /// How many files were analysed.
    pub files: usize,
    /// The rules that were run.
    pub rules: Vec<RuleInfo>,
}

/// Every rule there is.
pub fn rules() -> Vec<RuleInfo> {
    Vec::new()
}

/// Analyses what `options` name.
pub fn analyse(options: &AnalyseOptions) -> Analysis {
    let _ = options;
    Analysis {
        rules: rules(),
        ..Analysis::default()
    }
}
