//! What `check` and `baseline` take.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Color, Format, LevelFlags};
use crate::config::Choice;
use crate::project::Selection;
use crate::sdk::{Host, HostError};

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixArg {
    /// Those that change nothing but the age of a value
    Safe,
    /// Those that may change what the plugin does, too
    All,
}

/// The arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Packages, workspaces, directories or source files [default: the working directory]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The format of the report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,

    /// Show, as notes, also findings that are not certain and those of rules at allow level
    #[arg(long)]
    pub pedantic: bool,

    /// Report also what comments in the source suppress
    #[arg(long)]
    pub no_suppressions: bool,

    /// Report only findings that are not in this baseline, and what of it is no longer found
    /// [default: what the configuration names]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Use no baseline, although the configuration names one
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,

    /// Report only findings that a change since this git revision touches, committed or not
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,

    /// Apply fixes: those that are safe, or with `--fix=all` also those that may change what the plugin
    /// does
    #[arg(
        long,
        value_enum,
        value_name = "WHICH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "safe",
        help_heading = "Fixes"
    )]
    pub fix: Option<FixArg>,

    /// Print the fixes as a unified diff and write nothing
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,

    /// Fix files with changes that are not committed, too
    #[arg(long, help_heading = "Fixes")]
    pub allow_dirty: bool,

    /// Whether `cargo check` has to pass on what was fixed [default: at a terminal]
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        help_heading = "Fixes"
    )]
    pub verify: Option<bool>,

    /// Do not fail because of findings; a run that itself fails still exits with 2
    #[arg(long)]
    pub exit_zero: bool,

    /// Print what the analysis understood of the plugin before the report
    #[arg(long)]
    pub show_model: bool,

    /// Do not print the summary line
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say on standard error which packages are analysed and what is left out
    #[arg(short, long)]
    pub verbose: bool,

    /// When to use colours: auto, always or never [default: what `CARGO_TERM_COLOR` says, or auto]
    #[arg(long, value_enum, value_name = "WHEN", hide_possible_values = true)]
    pub color: Option<Color>,

    /// The configuration to use for all paths [default: for each path the nearest
    /// `wasm-route-lint.toml` or `metadata.wasm-route-lint` of a `Cargo.toml`, at it or above]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    pub no_config: bool,

    /// Print what the configuration of each path says and where it comes from, and do nothing else
    #[arg(long, help_heading = "Configuration")]
    pub show_config: bool,

    /// The host that runs the plugins, with its version if known: envoy@1.36, higress@2.2.0, istio, kong
    #[arg(long, value_name = "HOST[@VERSION]", value_parser = host)]
    pub host: Option<Host>,

    /// A file that describes an SDK or wrappers of your own, in the form of `rules/sdk/*.toml`
    #[arg(long = "sdk", value_name = "FILE")]
    pub sdk_files: Vec<PathBuf>,

    /// How many threads to use [default: one for each processor]
    #[arg(short = 'j', long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,

    /// The level flags.
    #[command(flatten)]
    pub levels: LevelFlags,

    /// Check these packages of the workspace only: names, `name@version`, patterns with * and ?
    #[arg(
        short,
        long = "package",
        value_name = "SPEC",
        help_heading = "Package selection"
    )]
    packages: Vec<String>,

    /// Check the whole workspace, also from within one of its packages
    #[arg(long, help_heading = "Package selection")]
    workspace: bool,

    /// Leave these packages out
    #[arg(long, value_name = "SPEC", help_heading = "Package selection")]
    exclude: Vec<String>,

    /// Cargo features to switch on, separated by commas or spaces
    #[arg(
        short = 'F',
        long,
        value_name = "FEATURES",
        help_heading = "Package selection"
    )]
    features: Vec<String>,

    /// Switch on every feature
    #[arg(long, help_heading = "Package selection")]
    pub all_features: bool,

    /// Leave out the default features
    #[arg(long, help_heading = "Package selection")]
    pub no_default_features: bool,

    /// The target that `cfg` attributes are evaluated for [default: wasm32-wasip1]
    #[arg(long, value_name = "TRIPLE", help_heading = "Package selection")]
    pub target: Option<String>,

    /// The `Cargo.toml` of the package or workspace to check
    #[arg(long, value_name = "PATH", help_heading = "Package selection")]
    pub manifest_path: Option<PathBuf>,
}

fn host(text: &str) -> Result<Host, HostError> {
    Host::parse(text)
}

impl CheckArgs {
    /// Which configuration is asked for.
    pub fn config_choice(&self) -> Choice {
        match &self.config {
            Some(path) => Choice::File(path.clone()),
            None if self.no_config => Choice::Nothing,
            None => Choice::Nearest,
        }
    }

    /// The packages asked for by name.
    pub fn selection(&self) -> Selection {
        Selection {
            packages: self.packages.clone(),
            workspace: self.workspace,
            exclude: self.exclude.clone(),
        }
    }

    /// The features asked for, one by one.
    pub fn features(&self) -> Vec<String> {
        self.features
            .iter()
            .flat_map(|list| list.split([',', ' ']))
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }
}
