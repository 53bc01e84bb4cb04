//! The command line: what can be asked for, and how it is read.

mod check;
mod color;
mod explain;
mod format;
mod levels;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

pub use check::{CheckArgs, FixArg};
pub use color::Color;
pub use explain::{ExplainArgs, RulesArgs, RulesFormat};
pub use format::Format;
pub use levels::{LevelFlags, Levels, UsageError};

/// The word that cargo passes first when it runs the binary as a subcommand.
const CARGO_WORD: &str = "wasm-route-lint";

const AFTER_HELP: &str = "\
Rules and their levels:
  `cargo wasm-route-lint rules` lists the names. Level flags are read from left to right and the
  last one that names a rule wins. With -D, `warnings` stands for every rule that is at warn by
  then, likewise with -A.

Exit codes:
  0  nothing was found at deny level, or --exit-zero was given
  1  something was found at deny level
  2  the run failed: wrong usage, an unreadable file or manifest, source that does not parse

Examples:
  cargo wasm-route-lint                          check the package or workspace here
  cargo wasm-route-lint plugins/auth             check one package
  cargo wasm-route-lint -D warnings              let warnings fail the run
  cargo wasm-route-lint --pedantic --exit-zero   show everything, fail on nothing
  cargo wasm-route-lint --format sarif > route-lint.sarif
  cargo wasm-route-lint explain route-in-static  what a rule is about, and the way out";

const BASELINE_HELP: &str = "The file to write [default: what the configuration names, or wasm-route-lint-baseline.txt here]";

/// Finds Proxy-Wasm plugins that act on a stale route
///
/// A proxy may pick another route for a request while plugins work on it: whenever a filter writes a
/// request header or clears the route cache. A route name, a cluster or a decision made from them
/// that a plugin kept from an earlier callback then belongs to the wrong route. This tool reads the
/// source of plugins and follows such values from the call that asks the host to the place that
/// outlives the callback. It builds nothing.
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
        mut_arg("fix", |arg| arg.hide(true)),
        mut_arg("diff", |arg| arg.hide(true)),
        mut_arg("allow_dirty", |arg| arg.hide(true)),
        mut_arg("verify", |arg| arg.hide(true)),
    )]
    Baseline(Box<CheckArgs>),
    /// Explain a rule (what it reports, why that is bad, the way out) or a host
    Explain(Box<ExplainArgs>),
    /// List the rules with their default levels
    #[command(after_help = "`cargo wasm-route-lint explain RULE` prints what is behind a name.")]
    Rules(RulesArgs),
    /// Write a configuration to start from
    Init(InitArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page for `man`
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
mod tests;
