//! The commands: from arguments to exit code.

pub mod baseline;
pub mod check;
mod fix;
pub mod init;
mod manual;

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::error::ErrorKind;

use crate::cli::{Cli, Command};

/// The run did what it was asked to, and nothing was found that fails it.
pub const SUCCESS: u8 = 0;
/// Something was found at deny level.
pub const FOUND: u8 = 1;
/// The run itself failed.
pub const FAILED: u8 = 2;

/// Runs what the command line asks for and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let outcome = Cli::parse_args(args).and_then(|cli| {
        match cli.command() {
            Command::Check(args) => check::run(&args),
            Command::Baseline(args) => baseline::run(&args),
            Command::Init(args) => Ok(init::run(&args)),
            Command::Completions { shell } => Ok(manual::completions(shell)),
            Command::Man => Ok(manual::page()),
        }
        .map_err(|error| Cli::command_definition().error(ErrorKind::InvalidValue, error))
    });
    outcome.unwrap_or_else(|error| {
        // Nobody is left to be told when the message can't be written.
        let _ = error.print();
        u8::try_from(error.exit_code()).unwrap_or(FAILED)
    })
}

/// Says on standard error that the run failed.
fn complain(message: &str) -> u8 {
    let _ = writeln!(io::stderr().lock(), "error: {message}");
    FAILED
}
