//! The command line: what can be asked for, and how it is read.

mod color;
mod levels;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::Choice;
use crate::project::Selection;
use crate::sdk::{Host, HostError};

pub use color::Color;
pub use levels::{LevelFlags, Levels, UsageError};

/// The word that cargo passes first when it runs the binary as a subcommand.
const CARGO_WORD: &str = "wasm-route-lint";

const AFTER_HELP: &str = "\
Order of the level flags:
  They are read from left to right and the last one that names a rule wins. With -D, `warnings`
  stands for every rule that is at warn by then, likewise with -A.

Exit codes:
  0  nothing was found at deny level, or --exit-zero was given
  1  something was found at deny level
  2  the run failed: wrong usage, an unreadable file or manifest, source that does not parse

Examples:
  cargo wasm-route-lint                          check the package or workspace here
  cargo wasm-route-lint plugins/auth             check one package
  cargo wasm-route-lint -D warnings              let warnings fail the run
  cargo wasm-route-lint --pedantic --exit-zero   show everything, fail on nothing
  cargo wasm-route-lint --format sarif > route-lint.sarif";

const BASELINE_HELP: &str = "The file to write [default: what the configuration names, or wasm-route-lint-baseline.txt here]";

/// Finds Proxy-Wasm plugins that act on a stale route
///
/// A filter may be handed another route in the middle of a request, when it changes headers or the
/// route cache is cleared. A route name, cluster or other route property kept from an earlier
/// callback is then the property of the wrong route. This tool follows such values from the host
/// call to the place that outlives the callback.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-wasm-route-lint",
    bin_name = "cargo wasm-route-lint",
    version,
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// What to do; nothing said means `check`.
    #[command(subcommand)]
    command: Option<Command>,
    /// What `check` takes, so that its name can be left out.
    #[command(flatten)]
    check: CheckArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Analyse plugins and report stale route values (the default)
    #[command(after_help = AFTER_HELP)]
    Check(Box<CheckArgs>),
    /// Write down today's findings, for `check --baseline` to report only new ones
    #[command(
        mut_arg("baseline", |arg| arg.help(BASELINE_HELP)),
        mut_arg("format", |arg| arg.hide(true)),
        mut_arg("no_baseline", |arg| arg.hide(true)),
        mut_arg("since", |arg| arg.hide(true)),
        mut_arg("exit_zero", |arg| arg.hide(true)),
        mut_arg("show_model", |arg| arg.hide(true)),
        mut_arg("show_config", |arg| arg.hide(true)),
    )]
    Baseline(Box<CheckArgs>),
    /// Write a configuration to start from
    Init(InitArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, in the form of `man`
    Man,
}

/// The arguments of `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// Where `wasm-route-lint.toml` goes
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,

    /// Replace the file that is there
    #[arg(long)]
    pub force: bool,
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixArg {
    /// Those that change nothing but the age of a value
    Safe,
    /// Those that may change what the plugin does, too
    All,
}

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With source code, the path of each value and a way out
    #[default]
    Human,
    /// One line for each finding
    Short,
    /// JSON Lines, for programs
    Json,
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// The messages of `cargo check --message-format=json`, for rust-analyzer
    CargoJson,
}

impl Format {
    /// Whether each byte of the output is for a program to read, so that nothing else may be in it.
    pub fn is_data(self) -> bool {
        match self {
            Self::Human | Self::Short => false,
            Self::Json | Self::Sarif | Self::Github | Self::CargoJson => true,
        }
    }
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

    /// Show findings that are not certain and rules at allow level too, as notes
    #[arg(long)]
    pub pedantic: bool,

    /// Report what comments in the source suppress
    #[arg(long)]
    pub no_suppressions: bool,

    /// Report only findings that are not in this baseline, and what of it is no longer found
    /// [default: what the configuration names]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Report what is in the baseline that the configuration names, too
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

impl Cli {
    /// Reads the command line, the program's own name first.
    ///
    /// # Errors
    ///
    /// A mistake in the command line; also `--help` and `--version`, which are answered by
    /// printing the error.
    pub fn parse_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let args = without_cargo_word(args);
        let literal = args.iter().any(|arg| arg == "--");
        let matches = Self::definition(&args).try_get_matches_from(args)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        // Behind a flag clap takes the subcommand's name for a path. A directory of that name is
        // written `./check`, or behind `--`.
        let misread = cli.check.paths.first().is_some_and(|path| path == "check");
        if misread && !literal {
            cli.check.paths.remove(0);
        }
        Ok(cli)
    }

    /// The definition of the command line, which colours its own messages as `args` ask for.
    fn definition(args: &[OsString]) -> clap::Command {
        let cargo = std::env::var("CARGO_TERM_COLOR").ok();
        Self::command_definition().color(
            match Color::choose(color::asked(args), cargo.as_deref()) {
                Color::Auto => clap::ColorChoice::Auto,
                Color::Always => clap::ColorChoice::Always,
                Color::Never => clap::ColorChoice::Never,
            },
        )
    }

    /// The definition of the command line, to make errors, manuals and completions from.
    pub fn command_definition() -> clap::Command {
        <Self as CommandFactory>::command()
    }

    /// The command, with `check` put in where none was named.
    pub fn command(self) -> Command {
        self.command
            .unwrap_or_else(|| Command::Check(Box::new(self.check)))
    }
}

/// Drops the subcommand's name that cargo repeats. Only the first argument is looked at: further
/// right the same word is a path.
fn without_cargo_word(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|word| word == CARGO_WORD) {
        args.remove(1);
    }
    args
}

#[cfg(test)]
mod tests {
    use super::{CheckArgs, Cli, Command, Format};
    use crate::finding::Level;

    fn check(line: &str) -> Result<CheckArgs, clap::Error> {
        match Cli::parse_args(line.split('|').map(std::ffi::OsString::from))?.command() {
            Command::Check(args) => Ok(*args),
            other => panic!("{other:?}"),
        }
    }

    fn parsed(line: &str) -> CheckArgs {
        check(line).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    fn paths(line: &str) -> Vec<String> {
        let args = parsed(line);
        let shown = args.paths.iter().map(|path| path.display().to_string());
        shown.collect()
    }

    #[test]
    fn the_definition_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn check_may_be_left_out() {
        assert_eq!(paths("cargo-wasm-route-lint").len(), 0);
        assert_eq!(paths("cargo-wasm-route-lint|src|lib"), ["src", "lib"]);
        assert_eq!(paths("cargo-wasm-route-lint|check|src"), ["src"]);
        assert_eq!(paths("cargo-wasm-route-lint|--|check"), ["check"]);
        assert_eq!(paths("cargo-wasm-route-lint|--pedantic|check|src"), ["src"]);
        assert_eq!(paths("cargo-wasm-route-lint|./check"), ["./check"]);
        let args = parsed("cargo-wasm-route-lint|--pedantic|src|--format|sarif");
        assert!(args.pedantic);
        assert_eq!(args.format, Format::Sarif);
    }

    #[test]
    fn the_word_from_cargo_is_dropped_once() {
        assert_eq!(paths("x|wasm-route-lint|src"), ["src"]);
        assert_eq!(paths("x|wasm-route-lint|check|src"), ["src"]);
        assert_eq!(
            paths("x|wasm-route-lint|wasm-route-lint"),
            ["wasm-route-lint"]
        );
        assert_eq!(paths("x|check|wasm-route-lint"), ["wasm-route-lint"]);
        assert_eq!(paths("x|src|wasm-route-lint"), ["src", "wasm-route-lint"]);
    }

    #[test]
    fn level_flags_keep_their_order() {
        let flags = |line| parsed(line).levels.flags().to_vec();
        let expected = [
            (Level::Deny, "a".to_owned()),
            (Level::Allow, "b".to_owned()),
            (Level::Warn, "a".to_owned()),
            (Level::Deny, "warnings".to_owned()),
        ];
        assert_eq!(flags("x|-D|a|-A|b|--warn|a|-D|warnings"), expected);
        assert_eq!(
            flags("x|wasm-route-lint|check|-D|a|src|--allow=b|-Wa|--deny=warnings"),
            expected
        );
        assert_eq!(flags("x|src").len(), 0);
    }

    #[test]
    fn features_are_split() {
        let args = parsed("x|--features|a,b c|-F|d");
        assert_eq!(args.features(), ["a", "b", "c", "d"]);
    }

    #[test]
    fn packages_are_picked_with_cargos_words() {
        let selection =
            parsed("x|-p|a|--package=b|--workspace|--exclude|c|--exclude|d").selection();
        assert_eq!(selection.packages, ["a", "b"]);
        assert!(selection.workspace);
        assert_eq!(selection.exclude, ["c", "d"]);
    }

    #[test]
    fn mistakes_and_questions_have_their_exit_codes() {
        let code = |line| check(line).map(|_| 0).unwrap_or_else(|e| e.exit_code());
        assert_eq!(code("x|--no-such-flag"), 2);
        assert_eq!(code("x|--format|xml"), 2);
        assert_eq!(code("x|-j|0"), 2);
        assert_eq!(code("x|-q|-v"), 2);
        assert_eq!(code("x|--help"), 0);
        assert_eq!(code("x|wasm-route-lint|check|--help"), 0);
        assert_eq!(code("x|wasm-route-lint|--version"), 0);
    }
}
