//! The built binary: arguments, formats, exit codes, and what goes to which stream.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use snapbox::{assert_data_eq, str};
use tempfile::TempDir;

const EXAMPLE: &str = "testdata/example-plugin";
const FORMATS: [&str; 6] = ["human", "short", "json", "sarif", "github", "cargo-json"];

/// What one run of the binary gave.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the binary in `folder`, with nothing in the environment that changes what it writes.
fn run_in(folder: &Path, args: &[&str]) -> Run {
    run_with(folder, args, &[])
}

/// The same with these variables in the environment.
fn run_with(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-wasm-route-lint"))
        .args(args)
        .current_dir(folder)
        .env_remove("CARGO_TERM_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .env("COLUMNS", "100")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    Run {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Runs the binary where cargo runs the tests: in the folder of this package.
fn run(args: &[&str]) -> Run {
    run_in(Path::new(env!("CARGO_MANIFEST_DIR")), args)
}

fn code(args: &[&str]) -> Option<i32> {
    run(args).code
}

/// A package with this source in a temporary folder.
fn package(source: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = "[package]\nname = \"plugin\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
                    [lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nproxy-wasm = \"0.2\"\n";
    fs::create_dir(folder.path().join("src")).expect("a folder");
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(folder.path().join("src/lib.rs"), source).expect("a source file");
    folder
}

/// A plugin that asks the host whenever it needs the route.
const CLEAN: &str = r#"
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter) });
}}

struct Filter;
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        self.set_http_response_header_bytes("x-route", Some(&route));
        Action::Continue
    }
}
"#;

const SHORT: &str = "\
testdata/example-plugin/src/lib.rs:59:9: error[stale-match-decision]: `RuleContext.rule` keeps \
a decision made from `route_name`: stored in `on_http_request_headers`, used in \
`on_http_response_headers` and `on_http_response_body`
testdata/example-plugin/src/policy.rs:18:9: warning[route-in-stream-context]: \
`RuleContext.filter.cluster` keeps `cluster_name`: stored in `on_http_request_headers`, used in \
`on_log`
";

/// Silence is told apart from a clean plugin where no plugin was seen.
#[test]
fn a_package_without_a_context_is_told() {
    let none = package("pub fn answer() -> u32 { 42 }\n");
    let clean = package(CLEAN);
    let told = |folder: &TempDir| {
        let run = run(&[&folder.path().to_string_lossy(), "--format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.out);
        run.out.contains("no context was found in `plugin`")
    };
    assert!(told(&none));
    assert!(!told(&clean));
}

#[test]
fn every_way_to_call_it() {
    for start in [
        &[][..],
        &["check"],
        &["wasm-route-lint"],
        &["wasm-route-lint", "check"],
        &["--quiet"],
        &["--quiet", "check"],
    ] {
        let args = [start, &[EXAMPLE, "--format", "short"]].concat();
        let run = run(&args);
        assert_eq!(run.out, SHORT, "{start:?}");
        assert_eq!(run.err, "", "{start:?}");
        assert_eq!(run.code, Some(1), "{start:?}");
    }
}

#[test]
fn paths_name_folders_manifests_and_files() {
    for path in [
        EXAMPLE,
        "testdata/example-plugin/",
        "./testdata/example-plugin",
        "testdata/example-plugin/Cargo.toml",
        "testdata/example-plugin/src/lib.rs",
        "testdata/../testdata/example-plugin/src",
    ] {
        let run = run(&["check", path, "--format", "short"]);
        assert_eq!(run.out, SHORT, "{path}");
        assert_eq!(run.code, Some(1), "{path}");
    }
    let manifest = "testdata/example-plugin/Cargo.toml";
    let run = run(&["check", "--manifest-path", manifest, "--format", "short"]);
    assert_eq!(run.out, SHORT);
}

#[test]
fn without_a_path_it_is_the_working_directory() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE);
    let below = run_in(&example, &["--format", "short"]);
    assert_eq!(below.out, SHORT.replace("testdata/example-plugin/", ""));
    assert_eq!(below.code, Some(1));
}

#[test]
fn the_human_format_shows_the_way_of_the_value() {
    let run = run(&[EXAMPLE]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.err, "");
    for part in [
        "error[stale-match-decision]: `RuleContext.rule` keeps a decision made from `route_name`",
        "warning[route-in-stream-context]: `RuleContext.filter.cluster` keeps `cluster_name`",
        "   --> testdata/example-plugin/src/lib.rs:59:9\n",
        "59 |         self.rule = self.rules.find();\n",
        "= path of the value:\n",
        "the later reads only log or count it, so this is a warning",
        "= help: ",
        "\n1 error, 1 warning in 1 package (3 files); 1 more with --pedantic\n",
    ] {
        assert!(run.out.contains(part), "{part} is not in {}", run.out);
    }
}

#[test]
fn the_sarif_format_is_one_document() {
    let run = run(&[EXAMPLE, "--format", "sarif"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.err, "");
    let log: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(log["version"], "2.1.0");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let ids: Vec<&str> = results
        .iter()
        .filter_map(|r| r["ruleId"].as_str())
        .collect();
    assert_eq!(ids, ["stale-match-decision", "route-in-stream-context"]);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"]["uri"],
        "testdata/example-plugin/src/lib.rs"
    );
    assert_eq!(place["region"]["startLine"], 59);
    assert!(results[0]["codeFlows"][0]["threadFlows"][0]["locations"].is_array());
}

#[test]
fn exit_codes_are_the_same_in_every_format() {
    let clean = package(CLEAN);
    let broken = package("fn f( {");
    let path = |folder: &TempDir| folder.path().to_string_lossy().into_owned();
    let (clean, broken) = (path(&clean), path(&broken));
    for format in FORMATS {
        let code = |args: &[&str]| code(&[args, &["--format", format]].concat());
        assert_eq!(code(&[&clean]), Some(0), "{format}");
        assert_eq!(code(&[EXAMPLE]), Some(1), "{format}");
        assert_eq!(code(&[EXAMPLE, "--exit-zero"]), Some(0), "{format}");
        assert_eq!(code(&[&broken]), Some(2), "{format}");
        assert_eq!(code(&[&broken, "--exit-zero"]), Some(2), "{format}");
        assert_eq!(code(&[EXAMPLE, &broken]), Some(2), "{format}");
        assert_eq!(code(&["no/such/folder"]), Some(2), "{format}");
        assert_eq!(code(&[EXAMPLE, "--no-such-flag"]), Some(2), "{format}");
    }
    assert_eq!(code(&[EXAMPLE, "--format", "xml"]), Some(2));
}

/// A report without findings must not look like one of a clean plugin.
#[test]
fn a_file_that_was_not_analysed_is_told_in_every_format() {
    let no_utf8 = package(CLEAN);
    fs::write(no_utf8.path().join("src/lib.rs"), b"fn f() {} // \xff").expect("a file");
    let unfinished = package("fn f( {");
    let lost = package(&format!("{CLEAN}\nmod lost;\n"));
    for folder in [&no_utf8, &unfinished, &lost] {
        for format in FORMATS {
            let run = run_in(folder.path(), &["--format", format, "-q"]);
            assert_eq!(run.code, Some(2), "{format}: {}", run.out);
            assert!(run.out.contains("lib.rs"), "{format}: {}", run.out);
            assert!(run.out.contains("error"), "{format}: {}", run.out);
        }
    }
}

#[test]
fn levels_decide_what_fails() {
    let levels = |args: &[&str]| {
        let run = run(&[&[EXAMPLE, "--format", "short"], args].concat());
        let class = |line: &str| {
            let rest = line.splitn(4, ':').nth(3)?;
            Some(rest.split_once(": ")?.0.trim().to_owned())
        };
        (
            run.code,
            run.out.lines().filter_map(class).collect::<Vec<_>>(),
        )
    };
    let (decision, copy) = ("stale-match-decision", "route-in-stream-context");
    let shown = |code, classes: &[String]| (Some(code), classes.to_vec());
    let class = |class: &str, rule: &str| format!("{class}[{rule}]");

    let usual = [class("error", decision), class("warning", copy)];
    assert_eq!(levels(&[]), shown(1, &usual));
    let warned = [class("warning", decision), class("warning", copy)];
    assert_eq!(levels(&["-W", decision]), shown(0, &warned));
    assert_eq!(levels(&["-A", copy]), shown(1, &usual[..1]));
    assert_eq!(levels(&["-A", decision, "-A", copy]), shown(0, &[]));
    let denied = [class("error", decision), class("error", copy)];
    assert_eq!(levels(&["-D", "warnings"]), shown(1, &denied));
    assert_eq!(
        levels(&["-W", decision, "-D", "warnings"]),
        shown(1, &denied)
    );
    assert_eq!(levels(&["-D", decision, "-W", decision]), shown(0, &warned));
    let noted = [
        class("note", decision),
        class("warning", copy),
        class("note", "match-without-route-log"),
    ];
    assert_eq!(levels(&["-A", decision, "--pedantic"]), shown(0, &noted));
}

#[test]
fn an_unknown_rule_is_a_mistake() {
    let run = run(&[EXAMPLE, "-D", "stale-match-decisions"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.out, "");
    assert!(run.err.contains("`stale-match-decisions`"), "{}", run.err);
    assert!(run.err.contains("`stale-match-decision`"), "{}", run.err);
}

#[test]
fn a_path_without_a_plugin_is_a_failure() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let here = run_in(empty.path(), &["--format", "short"]);
    assert_eq!(here.code, Some(2));
    let path = empty.path().to_string_lossy().into_owned();
    for format in FORMATS {
        // What is found beside it is reported all the same.
        let run = run(&[EXAMPLE, &path, "--format", format]);
        assert_eq!(run.code, Some(2), "{format}");
        assert!(run.out.contains("stale-match-decision"), "{format}");
    }
}

#[test]
fn a_package_without_a_plugin_is_a_failure() {
    let folder = package("pub fn f() {}");
    let manifest = "[package]\nname = \"library\"\nversion = \"0.1.0\"\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
    let run = run_in(folder.path(), &["--format", "short"]);
    assert_eq!(run.code, Some(2), "{}", run.out);
}

#[test]
fn the_model_tells_what_was_understood() {
    let model = run(&[EXAMPLE, "--show-model", "--format", "short"]);
    let (head, tail) = model
        .out
        .split_once("\n\n")
        .expect("a model, then a report");
    assert_eq!(tail, SHORT);
    for part in [
        "  PolicyRoot (root, built at testdata/example-plugin/src/lib.rs:",
        "  RuleContext (stream, built at testdata/example-plugin/src/lib.rs:",
        "    on_http_response_body\n",
        "  route_name [route] at testdata/example-plugin/src/rules.rs:42:21 in \
         on_http_request_headers",
        "  RuleContext.rule (stream context) at testdata/example-plugin/src/lib.rs:59:9",
    ] {
        assert!(head.contains(part), "{part} is not in {head}");
    }
    // A SARIF file has to stay one.
    let sarif = run(&[EXAMPLE, "--show-model", "--format", "sarif"]);
    assert!(sarif.out.starts_with('{') && sarif.err.contains("PolicyRoot (root"));
}

#[test]
fn the_same_bytes_whatever_the_number_of_threads() {
    for format in FORMATS {
        let bytes = |threads: &str| {
            // The tool's own folder holds a plugin of more than one file.
            let args = [
                EXAMPLE,
                "--pedantic",
                "--show-model",
                "--format",
                format,
                "-j",
                threads,
            ];
            let run = run(&args);
            (run.out, run.err, run.code)
        };
        let one = bytes("1");
        for _ in 0..3 {
            assert_eq!(bytes("2"), one, "{format}");
        }
        assert_eq!(bytes("7"), one, "{format}");
    }
}

#[test]
fn no_colour_where_nobody_sees_it() {
    let styled = |args: &[&str]| run(args).out.contains('\u{1b}');
    for format in FORMATS {
        assert!(!styled(&[EXAMPLE, "--format", format]), "{format}");
        assert!(!styled(&[EXAMPLE, "--format", format, "--color", "auto"]));
        assert!(!styled(&[EXAMPLE, "--format", format, "--color", "never"]));
    }
    assert!(styled(&[EXAMPLE, "--color", "always"]));
    // What programs read stays as it is.
    assert!(!styled(&[
        EXAMPLE, "--color", "always", "--format", "short"
    ]));
    assert!(!styled(&[
        EXAMPLE, "--color", "always", "--format", "sarif"
    ]));
    assert!(!run(&["--no-such-flag"]).err.contains('\u{1b}'));
}

#[test]
fn the_environment_asks_for_colours_as_it_asks_cargo() {
    let styled = |args: &[&str], variables: &[(&str, &str)]| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let run = run_with(folder, args, variables);
        run.out.contains('\u{1b}') || run.err.contains('\u{1b}')
    };
    let always = ("CARGO_TERM_COLOR", "always");
    let no_color = ("NO_COLOR", "1");
    for args in [&[EXAMPLE][..], &["--no-such-flag"], &["--help"]] {
        let with = |more: &[&'static str]| [args, more].concat();
        assert!(styled(args, &[always]), "{args:?}");
        assert!(styled(args, &[always, no_color]), "what cargo does");
        assert!(styled(args, &[("CLICOLOR_FORCE", "1")]), "{args:?}");
        assert!(!styled(args, &[no_color]), "{args:?}");
        assert!(!styled(args, &[("CARGO_TERM_COLOR", "never")]));
        assert!(!styled(&with(&["--color", "never"]), &[always]));
        assert!(styled(&with(&["--color=always"]), &[no_color]));
    }
}

#[test]
fn verbose_tells_what_was_analysed_apart_from_the_report() {
    let run = run(&[EXAMPLE, "-v", "--format", "short"]);
    assert_eq!(run.out, SHORT);
    assert_data_eq!(
        run.err,
        str![[r#"
      Target wasm32-wasip1
   Analysing route-policy v0.1.0 (testdata/example-plugin): library

"#]]
    );
}

#[test]
fn packages_are_picked_by_name() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE);
    let below = run_in(
        &example.join("src"),
        &["-p", "route-policy", "-q", "--format=short"],
    );
    assert_eq!(below.code, Some(1), "{}", below.out);
    for format in FORMATS {
        let run = run(&[EXAMPLE, "-p", "route-police", "--format", format]);
        assert_eq!(run.code, Some(2), "{format}");
        assert!(
            run.out.contains("no package `route-police` was found"),
            "{}",
            run.out
        );
    }
}

#[test]
fn shells_and_man_learn_every_flag() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{shell}");
        assert!(run.out.contains("exclude"), "{shell}");
    }
    assert_eq!(code(&["completions", "tcsh"]), Some(2));
    let man = run(&["wasm-route-lint", "man"]);
    assert_eq!(man.code, Some(0));
    for part in [".TH cargo-wasm-route-lint 1", "\\-\\-exclude", "Exit codes"] {
        assert!(man.out.contains(part), "{part}");
    }
}

#[test]
fn quiet_and_version() {
    let run_quiet = run(&[EXAMPLE, "--quiet"]);
    assert!(!run_quiet.out.contains("1 error, 1 warning"));
    let version = run(&["wasm-route-lint", "--version"]);
    assert_eq!(version.code, Some(0));
    assert_data_eq!(
        version.out,
        format!("cargo-wasm-route-lint {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn the_short_help_names_every_flag() {
    let run = run(&["-h"]);
    assert_eq!(run.code, Some(0));
    assert_data_eq!(
        run.out.lines().next().unwrap_or_default().to_owned(),
        str!["Finds Proxy-Wasm plugins that act on a stale route"]
    );
    for flag in [
        "--format",
        "--pedantic",
        "--exit-zero",
        "--show-model",
        "--quiet",
        "--color",
        "--threads",
        "--allow",
        "--warn",
        "--deny",
        "--package",
        "--workspace",
        "--exclude",
        "--verbose",
        "--features",
        "--target",
        "--manifest-path",
        "--config",
        "--no-config",
        "--show-config",
        "--no-suppressions",
        "--baseline",
        "--since",
    ] {
        assert!(run.out.contains(flag), "{flag}");
    }
}
