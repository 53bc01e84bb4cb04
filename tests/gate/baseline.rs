//! `baseline` and `check --baseline`.

use snapbox::{IntoData as _, str};

use super::folder::{Folder, PLUGIN};

const FILE: &str = "wasm-route-lint-baseline.txt";

#[test]
fn only_what_is_new_fails_the_run() {
    let folder = Folder::with_plugin(PLUGIN);
    folder.transcript(
        &["baseline", "--baseline wasm-route-lint-baseline.txt"],
        str![[r#"
$ cargo wasm-route-lint baseline
wrote 3 findings to wasm-route-lint-baseline.txt
[exit code 0]

$ cargo wasm-route-lint --baseline wasm-route-lint-baseline.txt
no stale route values found in 1 package (1 file); 3 in the baseline
[exit code 0]

"#]],
    );
    let expected = str![[r#"
# Findings that were there when `cargo wasm-route-lint baseline` ran: rule, package, file, function,
# field, properties. `cargo wasm-route-lint --baseline` with this file reports the others.
route-in-static	plugin	src/lib.rs	Plugin::on_http_request_headers	LAST	route_name
route-in-stream-context	plugin	src/lib.rs	Plugin::on_http_request_headers	Plugin.route	route_name
stale-match-decision	plugin	src/lib.rs	Plugin::on_http_request_headers	Plugin.is_paid	route_name

"#]];
    snapbox::assert_data_eq!(folder.read(FILE), expected.raw());

    // Lines move, and one finding comes while another goes.
    let source = "//! Moved.\n\n".to_owned()
        + &PLUGIN.replace("    is_paid: bool,", "    is_paid: bool,\n    kept: bool,");
    let source = source.replace("self.route = route;", "self.kept = !route.is_empty();");
    let source = source.replace("Some(&self.route)", "self.kept.then_some(b\"x\")");
    folder.write("src/lib.rs", &source);
    folder.transcript(
        &["--format short --baseline wasm-route-lint-baseline.txt"],
        str![[r#"
$ cargo wasm-route-lint --format short --baseline wasm-route-lint-baseline.txt
wasm-route-lint-baseline.txt:4:1: warning: a `route-in-stream-context` of the baseline is no longer found
src/lib.rs:29:9: error[stale-match-decision]: `Plugin.kept` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]],
    );
    // Two of a kind are not one.
    let store = "LAST.with(|last| last.replace(route.clone()));";
    let twice = format!("if route.len() > 4 {{ {store} }} else {{ {store} }}");
    folder.write("src/lib.rs", &PLUGIN.replace(store, &twice));
    let run = folder.run("--format short --baseline wasm-route-lint-baseline.txt");
    assert_eq!(
        (run.out.lines().count(), run.code),
        (1, Some(1)),
        "{}",
        run.out
    );
}

#[test]
fn it_can_be_read_from_elsewhere_and_says_nothing_of_what_was_not_checked() {
    let folder = Folder::new().package("a", PLUGIN).package("b", PLUGIN);
    assert_eq!(folder.run("baseline --baseline ci/known.txt").code, Some(2));
    folder.write("ci/.keep", "");
    assert_eq!(folder.run("baseline --baseline ci/known.txt").code, Some(0));
    let text = folder.read("ci/known.txt");
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 6);
    lines.sort_unstable();
    assert!(text.ends_with(&(lines.join("\n") + "\n")), "{text}");
    for (at, line) in [
        ("", "--baseline ci/known.txt"),
        ("", "a --baseline ci/known.txt"),
        ("a", "--baseline ../ci/known.txt"),
        ("ci", "../b --baseline known.txt"),
    ] {
        let run = folder.run_in(at, &format!("{line} --format short"));
        assert_eq!((run.out.as_str(), run.code), ("", Some(0)), "{line}");
    }
    // Moving a package changes nothing either.
    let moved = Folder::new().package("x", PLUGIN).file("known.txt", &text);
    moved.write("x/Cargo.toml", &folder.read("a/Cargo.toml"));
    assert_eq!(moved.run("--baseline known.txt").code, Some(0));
    // A file without a package.
    let lone = Folder::new().file("plugin.rs", PLUGIN);
    assert_eq!(lone.run("baseline").code, Some(0));
    assert_eq!(lone.run(&format!("--baseline {FILE}")).code, Some(0));
    assert!(lone.read(FILE).contains("\t-\tplugin.rs\t"));
}

#[test]
fn writing_it_for_one_package_keeps_the_lines_of_the_others() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .package("b", PLUGIN)
        .file("lone/one.rs", PLUGIN)
        .file("lone/two.rs", PLUGIN);
    folder.run("baseline");
    let all = folder.read(FILE);
    assert_eq!(all.lines().count(), 2 + 12);
    for line in [
        "baseline a",
        "baseline lone/two.rs",
        "baseline --manifest-path b/Cargo.toml",
        "baseline a/src/lib.rs",
    ] {
        let run = folder.run(line);
        let said = format!("wrote 3 findings to {FILE}; 9 lines of what was not checked kept\n");
        assert_eq!((run.out, run.code), (said, Some(0)), "{line}");
        assert_eq!(folder.read(FILE), all, "{line}");
    }
    // From within a package, with another level, and with lines that are none.
    folder.write(FILE, &all.replace("b\tsrc/lib.rs", "<<<<<<< HEAD"));
    folder.run_in(
        "a",
        &format!("baseline -A route-in-static --baseline ../{FILE}"),
    );
    let lines = |start: &str| {
        let text = folder.read(FILE);
        text.lines().filter(|line| line.contains(start)).count()
    };
    assert_eq!(
        ["\ta\t", "\tb\t", "\t-\tlone/", "<<<"].map(lines),
        [2, 0, 6, 0]
    );
    // What is a folder can't be written.
    assert_eq!(folder.run("baseline --baseline lone").code, Some(2));
}

#[test]
fn the_configuration_can_name_it() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .package("b", PLUGIN)
        .file("wasm-route-lint.toml", "baseline = \"ci/known.txt\"\n")
        .file("ci/.keep", "");
    folder.transcript(
        &[
            "--format short",
            "baseline a",
            "a",
            "a --no-baseline -q --format short",
        ],
        str![[r#"
$ cargo wasm-route-lint --format short
ci/known.txt: error: can't read the baseline: no such file
a/src/lib.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
a/src/lib.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
a/src/lib.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
b/src/lib.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
b/src/lib.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
b/src/lib.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 2]

$ cargo wasm-route-lint baseline a
wrote 3 findings to ci/known.txt
[exit code 0]

$ cargo wasm-route-lint a
no stale route values found in 1 package (1 file); 3 in the baseline
[exit code 0]

$ cargo wasm-route-lint a --no-baseline -q --format short
a/src/lib.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
a/src/lib.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
a/src/lib.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]],
    );
    let shown = folder.run("a --show-config").out;
    assert!(shown.contains("\nbaseline = \"ci/known.txt\" "), "{shown}");
    // From elsewhere it is the same file, and the command line names another.
    for at in ["a", "b"] {
        assert_eq!(folder.run_in(at, "baseline -q").code, Some(0));
        assert_eq!(folder.run_in(at, "").code, Some(0));
    }
    assert_eq!(folder.run("").code, Some(0));
    folder.write("none.txt", "");
    assert_eq!(folder.run("--baseline none.txt").code, Some(1));

    // Two of them are none.
    folder.write("b/wasm-route-lint.toml", "baseline = 'own.txt'\n");
    folder.transcript(
        &["a b --format short", "baseline a b --format short"],
        str![[r#"
$ cargo wasm-route-lint a b --format short
b/wasm-route-lint.toml:1:12: error: the given paths have different baselines
[exit code 2]

$ cargo wasm-route-lint baseline a b --format short
error: the given paths have different baselines
  --> b/wasm-route-lint.toml:1:12
  |
1 | baseline = 'own.txt'
  |            ^^^^^^^^^
  |
  = help: check the paths one at a time, or name one with `--baseline`

error: the baseline was not written: the run failed
[exit code 2]

"#]],
    );
    assert_eq!(folder.run("a b --no-baseline").code, Some(1));
    assert_eq!(folder.run("a b --baseline ci/known.txt").code, Some(0));
    // What extends a configuration can name another one.
    folder.write(
        "b/wasm-route-lint.toml",
        "extends = '../wasm-route-lint.toml'\nbaseline = 'own.txt'\n",
    );
    assert_eq!(folder.run("baseline b -q").code, Some(0));
    assert!(folder.path("b/own.txt").is_file());
    for wrong in ["''", "['a']", "true"] {
        folder.write("b/wasm-route-lint.toml", &format!("baseline = {wrong}\n"));
        assert_eq!(folder.run("b").code, Some(2), "{wrong}");
    }
}

#[test]
fn what_is_suppressed_or_not_shown_is_not_in_it() {
    let source = PLUGIN.replace(
        "self.is_paid = ",
        "// wasm-route-lint: allow(stale-match-decision) paid stays paid\n        self.is_paid = ",
    );
    let folder = Folder::with_plugin(&source);
    let run = folder.run("baseline -A route-in-static");
    assert_eq!(run.out, format!("wrote 1 finding to {FILE}\n"));
    let run = folder.run(&format!("--baseline {FILE} -A route-in-static"));
    let summary = "no stale route values found in 1 package (1 file); 1 note with --pedantic; \
                   1 suppressed; 1 in the baseline\n";
    assert_eq!((run.out.as_str(), run.code), (summary, Some(0)));
    // A comment takes the place of a line.
    let commented = source.replace(
        "self.route = route;",
        "self.route = route; // wasm-route-lint: allow(route-in-stream-context)",
    );
    folder.write("src/lib.rs", &commented);
    let run = folder.run(&format!(
        "--baseline {FILE} -A route-in-static --format short"
    ));
    assert!(run.out.contains("no longer found"), "{}", run.out);
    assert_eq!(run.code, Some(0));
}

#[test]
fn one_that_is_missing_or_broken_fails_the_run() {
    let folder =
        Folder::with_plugin(PLUGIN).file("broken.txt", "# a\n<<<<<<< HEAD\nroute-in-static\ta\n");
    folder.transcript(
        &["--baseline none.txt -q -A route-in-static -A stale-match-decision -A route-in-stream-context",
          "--baseline broken.txt -q -A route-in-static -A stale-match-decision -A route-in-stream-context",
          "--baseline src --format short -A route-in-static -A stale-match-decision -A route-in-stream-context"],
        str![[r#"
$ cargo wasm-route-lint --baseline none.txt -q -A route-in-static -A stale-match-decision -A route-in-stream-context
error: can't read the baseline: no such file
 --> none.txt
  = help: `cargo wasm-route-lint baseline` writes one

[exit code 2]

$ cargo wasm-route-lint --baseline broken.txt -q -A route-in-static -A stale-match-decision -A route-in-stream-context
error: this is no line of a baseline
  --> broken.txt:2:1
  |
2 | <<<<<<< HEAD
  | ^^^^^^^^^^^^
  |
  = help: write the baseline anew with `cargo wasm-route-lint baseline`

error: this is no line of a baseline
  --> broken.txt:3:1
  |
3 | route-in-static a
  | ^^^^^^^^^^^^^^^^^
  |
  = help: write the baseline anew with `cargo wasm-route-lint baseline`

[exit code 2]

$ cargo wasm-route-lint --baseline src --format short -A route-in-static -A stale-match-decision -A route-in-stream-context
src: error: can't read the baseline: Is a directory (os error 21)
[exit code 2]

"#]],
    );
    // Nothing is written down about a run that failed.
    folder.write("src/lib.rs", "fn (");
    folder.transcript(
        &["baseline --format short"],
        str![[r#"
$ cargo wasm-route-lint baseline --format short
error: can't parse this file: cannot parse string into token stream
  --> src/lib.rs:1:4
  |
1 | fn (
  |    ^

error: the baseline was not written: the run failed
[exit code 2]

"#]],
    );
    assert!(!folder.path(FILE).exists());
}

#[test]
fn sarif_lists_it_as_suppressed_from_outside() {
    let folder = Folder::with_plugin(PLUGIN);
    assert_eq!(folder.run("baseline -A route-in-static").code, Some(0));
    let run = folder.run(&format!("--format sarif --baseline {FILE}"));
    let log: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let kinds: Vec<&str> = results
        .iter()
        .map(|r| r["suppressions"][0]["kind"].as_str().unwrap_or("none"))
        .collect();
    assert_eq!(kinds, ["external", "none", "external"]);
    assert_eq!(run.code, Some(1));
}
