//! The binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(wasm_route_lint::commands::run(std::env::args_os()))
}
