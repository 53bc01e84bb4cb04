//! The commands: from arguments to exit code.

pub mod baseline;
pub mod check;
mod explain;
mod fix;
pub mod init;
mod manual;
mod rules;

use std::ffi::OsString;
use std::io::{self, Write as _};

use anstream::AutoStream;
use clap::error::ErrorKind;

use crate::cli::{Cli, Color, Command};

/// The run did what it was asked to, and nothing was found that fails it.
pub const SUCCESS: u8 = 0;
/// Something was found at deny level.
pub const FOUND: u8 = 1;
/// The run itself failed.
pub const FAILED: u8 = 2;

/// Runs what the command line asks for and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let outcome = Cli::parse_args(args).and_then(|cli| {
        let command = cli.command();
        let subcommand = matches!(command, Command::Explain(_)).then_some("explain");
        match command {
            Command::Check(args) => check::run(&args),
            Command::Baseline(args) => baseline::run(&args),
            Command::Explain(args) => explain::run(&args),
            Command::Rules(args) => Ok(rules::run(&args)),
            Command::Init(args) => Ok(init::run(&args)),
            Command::Completions { shell } => Ok(manual::completions(shell)),
            Command::Man => Ok(manual::page()),
        }
        .map_err(|error| definition(subcommand).error(ErrorKind::InvalidValue, error))
    });
    outcome.unwrap_or_else(|error| {
        // Nobody is left to be told when the message can't be written.
        let _ = error.print();
        u8::try_from(error.exit_code()).unwrap_or(FAILED)
    })
}

/// The definition of the command line, or of a subcommand, to complain with.
fn definition(subcommand: Option<&str>) -> clap::Command {
    let mut all = Cli::command_definition();
    // Names and usages of subcommands are only complete after this.
    all.build();
    match subcommand.and_then(|name| all.find_subcommand(name)) {
        Some(own) => own.clone(),
        None => all,
    }
}

/// Writes text, the colours of which the choice may take out. A reader who stops reading (`| head`) is
/// no error.
fn print(text: &str, color: Option<Color>) -> u8 {
    let cargo = std::env::var("CARGO_TERM_COLOR").ok();
    let color = Color::choose(color, cargo.as_deref());
    let mut out = AutoStream::new(io::stdout().lock(), color.stream_choice());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("the text can't be written: {error}"))
        }
        _ => SUCCESS,
    }
}

/// The width of the terminal that the output goes to, in columns, else what `COLUMNS` says.
fn width() -> Option<usize> {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    let terminal = terminal.map(|(width, _)| usize::from(width.0));
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    let known = |width: &usize| *width > 0;
    terminal.filter(known).or_else(|| columns().filter(known))
}

/// Says on standard error that the run failed.
fn complain(message: &str) -> u8 {
    let _ = writeln!(io::stderr().lock(), "error: {message}");
    FAILED
}
