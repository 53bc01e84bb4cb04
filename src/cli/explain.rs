//! What `explain` and `rules` take.

use clap::{Args, ValueEnum};

use super::Color;
use crate::sdk::{HostError, HostFacts};

/// The arguments of `explain`: a rule or a host.
#[derive(Clone, Debug, Args)]
#[command(override_usage = "\
cargo wasm-route-lint explain <RULE>
       cargo wasm-route-lint explain --host <HOST[@VERSION]>")]
#[command(after_help = "\
Examples:
  cargo wasm-route-lint explain route-in-static          what a rule reports, why, and the way out
  cargo wasm-route-lint explain --host higress           what is known of a host
  cargo wasm-route-lint explain --host higress@2.2.0     what of that holds for one version
  cargo wasm-route-lint rules                            the names of all rules")]
pub struct ExplainArgs {
    /// The name of a rule, as reports show it in brackets
    #[arg(required_unless_present = "host", conflicts_with = "host")]
    pub rule: Option<String>,

    /// Explain a host instead: the properties that it does not serve, which route it gives after a
    /// reroute, and the ways around
    #[arg(long, value_name = "HOST[@VERSION]", value_parser = host)]
    pub host: Option<HostFacts>,

    /// When to use colours: auto, always or never [default: what `CARGO_TERM_COLOR` says, or auto]
    #[arg(long, value_enum, value_name = "WHEN", hide_possible_values = true)]
    pub color: Option<Color>,
}

fn host(text: &str) -> Result<HostFacts, HostError> {
    HostFacts::parse(text)
}

/// The arguments of `rules`.
#[derive(Clone, Debug, Args)]
pub struct RulesArgs {
    /// The format of the list
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: RulesFormat,

    /// When to use colours: auto, always or never [default: what `CARGO_TERM_COLOR` says, or auto]
    #[arg(long, value_enum, value_name = "WHEN", hide_possible_values = true)]
    pub color: Option<Color>,
}

/// How the list of rules is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// A table
    #[default]
    Human,
    /// JSON Lines: one object for each rule
    Json,
}
