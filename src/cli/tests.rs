//! How command lines are read.

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
    let selection = parsed("x|-p|a|--package=b|--workspace|--exclude|c|--exclude|d").selection();
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
