//! `completions` and `man`: what the command line says of itself, in the forms of other programs.

use std::io::{self, Write as _};

use clap_complete::Shell;

use super::{SUCCESS, complain};
use crate::cli::Cli;

/// Prints a completion script for the binary.
pub(super) fn completions(shell: Shell) -> u8 {
    let mut command = Cli::command_definition();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, env!("CARGO_PKG_NAME"), &mut script);
    print(&script)
}

/// Prints the manual page.
pub(super) fn page() -> u8 {
    // The page is found by the name of the binary, `man cargo-wasm-route-lint`.
    let command = Cli::command_definition().bin_name(env!("CARGO_PKG_NAME"));
    let mut page = Vec::new();
    match clap_mangen::Man::new(command).render(&mut page) {
        Ok(()) => print(&page),
        Err(error) => complain(&format!("the manual page can't be made: {error}")),
    }
}

/// A reader who stops reading (`| head`) is no error.
fn print(text: &[u8]) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("the text can't be written: {error}"))
        }
        _ => SUCCESS,
    }
}
