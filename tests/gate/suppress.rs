//! `// wasm-route-lint: allow(..)`.

use snapbox::{IntoData as _, str};

use super::folder::{Folder, PLUGIN};

/// The plugin with comments: each goes above the line that holds the text, or behind it.
fn plugin(comments: &[(&str, Place)]) -> Folder {
    let mut source = PLUGIN.to_owned();
    for (comment, place) in comments {
        let (Place::Above(needle) | Place::Behind(needle)) = place;
        let at = source.find(needle).expect("the text is there");
        let start = source[..at].rfind('\n').map_or(0, |n| n + 1);
        let end = at + source[at..].find('\n').expect("a line");
        let indent = source[start..].len() - source[start..].trim_start().len();
        match place {
            Place::Above(_) => {
                let line = format!("{}{comment}\n", " ".repeat(indent));
                source.insert_str(start, &line);
            }
            Place::Behind(_) => source.insert_str(end, &format!(" {comment}")),
        }
    }
    Folder::with_plugin(&source)
}

enum Place {
    Above(&'static str),
    Behind(&'static str),
}
use Place::{Above, Behind};

const SHORT: &str = "--format short";

#[test]
fn on_the_line_and_above_it() {
    let folder = plugin(&[
        (
            "// wasm-route-lint: allow(stale-match-decision) paid stays paid",
            Above("self.is_paid = "),
        ),
        (
            "// wasm-route-lint: allow(route-in-stream-context)",
            Behind("self.route = "),
        ),
    ]);
    folder.transcript(&[SHORT, "--no-suppressions --format short"], str![[r#"
$ cargo wasm-route-lint --format short
src/lib.rs:26:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
[exit code 1]

$ cargo wasm-route-lint --no-suppressions --format short
src/lib.rs:25:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
src/lib.rs:26:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
src/lib.rs:27:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]]);
}

#[test]
fn above_items_and_declarations() {
    let all = "route-in-static, route-in-stream-context, stale-match-decision";
    let counted = |comments: &[(&str, Place)]| {
        let run = plugin(comments).run("");
        let summary = run.out.lines().last().unwrap_or_default().to_owned();
        (summary, run.code)
    };
    let comment = format!("// wasm-route-lint: allow({all})");
    let file = format!("// wasm-route-lint: allow-file({all}) a demonstration");
    let nothing = "no stale route values found in 1 package (1 file); 3 suppressed".to_owned();
    for place in ["impl HttpContext for", "fn on_http_request_headers"] {
        let found = counted(&[(&comment, Above(place))]);
        assert_eq!(found, (nothing.clone(), Some(0)), "{place}");
    }
    for place in ["use proxy_wasm::traits", "Action::Continue"] {
        let found = counted(&[(&file, Above(place))]);
        assert_eq!(found, (nothing.clone(), Some(0)), "{place}");
    }
    // A type, a field and a static speak of the stores into them.
    let stream = "// wasm-route-lint: allow(route-in-stream-context, stale-match-decision)";
    let (summary, _) = counted(&[(stream, Above("struct Plugin"))]);
    assert_eq!(summary, "1 error in 1 package (1 file); 2 suppressed");
    // Attributes between the comment and its item make no difference.
    let (summary, _) = counted(&[(stream, Above("#[derive(Default)]"))]);
    assert_eq!(summary, "1 error in 1 package (1 file); 2 suppressed");
    let (summary, _) = counted(&[
        (
            "// wasm-route-lint: allow(route-in-stream-context)",
            Above("route: Vec<u8>"),
        ),
        (
            "// wasm-route-lint: allow(stale-match-decision)",
            Behind("is_paid: bool"),
        ),
        (
            "// wasm-route-lint: allow(route-in-static)",
            Above("static LAST"),
        ),
    ]);
    assert_eq!(summary, nothing);
}

#[test]
fn where_the_value_comes_from_and_where_it_is_read_does_not_count() {
    let folder = plugin(&[
        (
            "// wasm-route-lint: allow(route-in-stream-context)",
            Above("let route = self"),
        ),
        (
            "// wasm-route-lint: allow(route-in-stream-context)",
            Behind("self.set_http_response_header_bytes(\"x-route\""),
        ),
    ]);
    folder.transcript(&[SHORT], str![[r#"
$ cargo wasm-route-lint --format short
src/lib.rs:23:9: warning[unused-suppression]: the suppression of `route-in-stream-context` matches no finding on its line
src/lib.rs:25:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
src/lib.rs:26:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
src/lib.rs:27:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
src/lib.rs:33:80: warning[unused-suppression]: the suppression of `route-in-stream-context` matches no finding on its line
[exit code 1]

"#]]);
}

#[test]
fn mistakes_are_told_and_suppress_nothing() {
    let folder = plugin(&[
        (
            "// wasm-route-lint: allow(stale-match-decison, route-in-static) no reason",
            Above("self.is_paid = "),
        ),
        (
            "// wasm-route-lint: alow(route-in-static)",
            Above("LAST.with(|last| last.replace"),
        ),
        (
            "// wasm-route-lint allow(route-in-static)",
            Above("let last"),
        ),
        (
            "/// wasm-route-lint: allow(route-in-static)",
            Above("fn on_http_request"),
        ),
        (
            "/* wasm-route-lint: allow(route-in-stream-context) */",
            Above("self.route = "),
        ),
        (
            "// wasm-route-lint is a tool that reports this",
            Above("self.route = "),
        ),
    ]);
    folder.transcript(
        &["-A route-in-stream-context -A route-in-static -A stale-match-decision"],
        str![[r#"
$ cargo wasm-route-lint -A route-in-stream-context -A route-in-static -A stale-match-decision
warning: a suppression in a documentation comment has no effect
   --> src/lib.rs:22:5
   |
22 |     /// wasm-route-lint: allow(route-in-static)
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write `// wasm-route-lint: allow(rule, ...) reason`

warning: unknown rule `stale-match-decison` in a suppression
   --> src/lib.rs:25:35
   |
25 |         // wasm-route-lint: allow(stale-match-decison, route-in-static) no reason
   |                                   ^^^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `stale-match-decision`?

warning: this suppression has no effect: unknown request `alow`
   --> src/lib.rs:27:29
   |
27 |         // wasm-route-lint: alow(route-in-static)
   |                             ^^^^
   |
   = help: did you mean `allow`?

warning: a suppression in a block comment has no effect
   --> src/lib.rs:29:9
   |
29 |         /* wasm-route-lint: allow(route-in-stream-context) */
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write `// wasm-route-lint: allow(rule, ...) reason`

warning: this suppression has no effect: a colon is missing after `wasm-route-lint`
   --> src/lib.rs:39:12
   |
39 |         // wasm-route-lint allow(route-in-static)
   |            ^^^^^^^^^^^^^^^
   |
   = help: write `// wasm-route-lint: allow(rule, ...) reason`

warning[unused-suppression]: the suppression of `route-in-static` matches no finding on its line
   --> src/lib.rs:25:56
   |
25 |         // wasm-route-lint: allow(stale-match-decison, route-in-static) no reason
   |                                                        ^^^^^^^^^^^^^^^ nothing is suppressed by this
   |
   = a suppression that outlives its finding hides the next one that comes to its place
   = help: remove `route-in-static` from the list

1 warning in 1 package (1 file); 3 more with --pedantic
[exit code 0]

"#]],
    );
}

#[test]
fn what_is_no_comment_or_not_compiled() {
    let source = PLUGIN.to_owned()
        + r##"
const TEXT: &str = "
// wasm-route-lint: allow-file(route-in-static, route-in-stream-context)
";
const RAW: &str = r#" "
// wasm-route-lint: allow-file(stale-match-decision)
"#;

#[cfg(test)]
mod tests {
    // wasm-route-lint: allow(route-in-static) a test may
    fn f() {}
}

// wasm-route-lint: allow(route-in-static) neither is this
#[cfg(feature = "none")]
fn g() {
    // wasm-route-lint: allow(route-in-static) nor that
    f();
}
"##;
    Folder::with_plugin(&source).transcript(&["-q --format short"], str![[r#"
$ cargo wasm-route-lint -q --format short
src/lib.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
src/lib.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
src/lib.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]]);
}

#[test]
fn those_that_match_nothing() {
    let folder = plugin(&[
        (
            "// wasm-route-lint: allow(route-in-static, stale-match-decision) both",
            Above("self.is_paid = "),
        ),
        (
            "// wasm-route-lint: allow(route-in-static)",
            Above("impl Context"),
        ),
        (
            "// wasm-route-lint: allow-file(route-in-async-callback)",
            Above("use std::cell"),
        ),
        // For runs in which it matches something.
        (
            "// wasm-route-lint: allow(unused-suppression, route-in-async-callback)",
            Above("fn on_http_response_headers"),
        ),
    ]);
    folder.transcript(
        &[
            "-A route-in-static -A route-in-stream-context",
            "-A route-in-static -A route-in-stream-context -D unused-suppression --format short",
            "--no-suppressions --format short",
        ],
        str![[r#"
$ cargo wasm-route-lint -A route-in-static -A route-in-stream-context
warning[unused-suppression]: the suppression of `route-in-async-callback` matches no finding in this file
  --> src/lib.rs:3:1
  |
3 | // wasm-route-lint: allow-file(route-in-async-callback)
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nothing is suppressed by this
  |
  = a suppression that outlives its finding hides the next one that comes to its place
  = help: remove the comment
  = fix: remove the suppression (`--fix` does it)
       use proxy_wasm::types::Action;
      -// wasm-route-lint: allow-file(route-in-async-callback)
       use std::cell::RefCell;

warning[unused-suppression]: the suppression of `route-in-static` matches no finding in this item
   --> src/lib.rs:20:1
   |
20 | // wasm-route-lint: allow(route-in-static)
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nothing is suppressed by this
   |
   = a suppression that outlives its finding hides the next one that comes to its place
   = help: remove the comment
   = fix: remove the suppression (`--fix` does it)

       -// wasm-route-lint: allow(route-in-static)
        impl Context for Plugin {}

warning[unused-suppression]: the suppression of `route-in-static` matches no finding on its line
   --> src/lib.rs:26:35
   |
26 |         // wasm-route-lint: allow(route-in-static, stale-match-decision) both
   |                                   ^^^^^^^^^^^^^^^ nothing is suppressed by this
   |
   = a suppression that outlives its finding hides the next one that comes to its place
   = help: remove `route-in-static` from the list
   = fix: name only the rules that are suppressed (`--fix` does it)
                let route = self.get_property(vec!["route_name"]).unwrap_or_default();
       -        // wasm-route-lint: allow(route-in-static, stale-match-decision) both
       +        // wasm-route-lint: allow(stale-match-decision) both
                self.is_paid = route == b"paid";

3 warnings in 1 package (1 file); 2 more with --pedantic; 2 suppressed
[exit code 0]

$ cargo wasm-route-lint -A route-in-static -A route-in-stream-context -D unused-suppression --format short
src/lib.rs:3:1: error[unused-suppression]: the suppression of `route-in-async-callback` matches no finding in this file
src/lib.rs:20:1: error[unused-suppression]: the suppression of `route-in-static` matches no finding in this item
src/lib.rs:26:35: error[unused-suppression]: the suppression of `route-in-static` matches no finding on its line
[exit code 1]

$ cargo wasm-route-lint --no-suppressions --format short
src/lib.rs:27:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
src/lib.rs:28:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
src/lib.rs:29:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]],
    );
}

#[test]
fn a_failed_run_and_a_dependency_judge_nothing() {
    let source = "// wasm-route-lint: allow-file(route-in-static)\n".to_owned() + PLUGIN;
    let unused = |folder: &Folder, path: &str| {
        let run = folder.run(&format!("{path} --format short -A route-in-static"));
        run.out.contains("unused-suppression")
    };
    // The static is not there any more, so nothing matches.
    let source = source.replace("LAST.with(|last| last.replace(route.clone()));", "");
    let folder = Folder::with_plugin(&source);
    assert!(unused(&folder, "."));
    folder.write("src/lib.rs", &format!("mod missing;\n{source}"));
    assert!(!unused(&folder, "."));

    let folder = Folder::new().package("a", &format!("use b as _;\n{PLUGIN}"));
    let folder = folder.package("b", &source);
    let manifest = folder.read("a/Cargo.toml") + "b = { path = \"../b\" }\n";
    folder.write("a/Cargo.toml", &manifest);
    let rlib = folder
        .read("b/Cargo.toml")
        .replace("[\"cdylib\"]", "[\"rlib\"]");
    folder.write("b/Cargo.toml", &rlib);
    assert!(!unused(&folder, "a"));
    assert!(unused(&folder, "."));
}

#[test]
fn sarif_marks_what_is_suppressed() {
    let folder = plugin(&[(
        "// wasm-route-lint: allow(stale-match-decision) paid stays paid",
        Above("self.is_paid = "),
    )]);
    let run = folder.run("--format sarif");
    assert_eq!(run.code, Some(1));
    let log: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let marks: Vec<String> = results
        .iter()
        .map(|r| format!("{} {}", r["ruleId"], r["suppressions"]))
        .collect();
    snapbox::assert_data_eq!(marks.join("\n"), str![[r#"
"stale-match-decision" [{"justification":"paid stays paid","kind":"inSource","location":{"physicalLocation":{"artifactLocation":{"uri":"src/lib.rs","uriBaseId":"%SRCROOT%"},"region":{"endColumn":72,"endLine":24,"snippet":{"text":"// wasm-route-lint: allow(stale-match-decision) paid stays paid"},"startColumn":9,"startLine":24}}},"status":"accepted"}]
"route-in-static" []
"route-in-stream-context" []
"#]].raw());
}
