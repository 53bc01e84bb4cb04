//! What the README shows is what happens, and the example plugin is real.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the binary prints.
fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-wasm-route-lint"))
        .args(args)
        .current_dir(ROOT)
        .env_remove("CARGO_TERM_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("the output is UTF-8");
    // Trailing blanks would not survive an editor.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Compares the block between `<!-- name -->` and `<!-- /name -->`; `UPDATE=1` rewrites it.
fn block(name: &str, content: &str) {
    let path = Path::new(ROOT).join("README.md");
    let text = fs::read_to_string(&path).expect("there is a README");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&start).expect("the start of the block");
    let (_, after) = rest.split_once(&end).expect("the end of the block");
    let fresh = format!("{before}{start}\n```text\n{content}\n```\n\n{end}{after}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, fresh).expect("the README can be written");
    } else {
        assert_eq!(text, fresh, "run with UPDATE=1 to rewrite the README");
    }
}

/// One test, lest two of them rewrite the file at once.
#[test]
fn the_readme_is_fresh() {
    block("output", &printed(&["check", "testdata/example-plugin"]));
    block("help", &printed(&["--help"]));
    block(
        "model",
        &printed(&[
            "testdata/example-plugin",
            "--show-model",
            "--format",
            "short",
        ])
        .split("\n\n")
        .next()
        .map(str::to_owned)
        .unwrap_or_default(),
    );
}

#[test]
fn the_example_plugin_type_checks() {
    let from = Path::new(ROOT).join("testdata/example-plugin");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-plugin");
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(to.join("src")).expect("a folder");
    for file in ["Cargo.toml", "src/lib.rs", "src/policy.rs", "src/rules.rs"] {
        fs::copy(from.join(file), to.join(file)).expect("a copy");
    }
    // The versions that are here already.
    fs::copy(Path::new(ROOT).join("Cargo.lock"), to.join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-target"))
        .current_dir(&to)
        .env("RUSTFLAGS", "-Dwarnings")
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
