//! `completions` and `man`: what the command line says of itself, in the forms of other programs.

use clap_complete::Shell;

use super::{complain, print};
use crate::cli::{Cli, Color};

/// Prints a completion script for the binary.
pub(super) fn completions(shell: Shell) -> u8 {
    let mut command = Cli::command_definition();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, env!("CARGO_PKG_NAME"), &mut script);
    text(&script)
}

/// Prints the manual page.
pub(super) fn page() -> u8 {
    // The page is found by the name of the binary, `man cargo-wasm-route-lint`.
    let command = Cli::command_definition().bin_name(env!("CARGO_PKG_NAME"));
    let mut page = Vec::new();
    match clap_mangen::Man::new(command).render(&mut page) {
        Ok(()) => text(&page),
        Err(error) => complain(&format!("the manual page can't be made: {error}")),
    }
}

/// What other programs read is never coloured.
fn text(text: &[u8]) -> u8 {
    print(&String::from_utf8_lossy(text), Some(Color::Always))
}
