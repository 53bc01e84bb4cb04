//! What the formats make of suppressed findings, and fingerprints.

use std::path::Path;

use serde_json::Value;

use super::folder::{Folder, PLUGIN, Run};

/// The findings of a report in the format `json`.
fn findings(run: &Run) -> Vec<Value> {
    let lines = run.out.lines();
    let values = lines.map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"));
    values.filter(|value| value["type"] == "finding").collect()
}

fn fingerprints(run: &Run) -> Vec<String> {
    let findings = findings(run);
    let prints = findings.iter().map(|f| f["fingerprint"].to_string());
    prints.collect()
}

#[test]
fn suppressed_findings_are_for_programs_that_ask() {
    let source = PLUGIN.replace(
        "self.route = route;",
        "self.route = route; // wasm-route-lint: allow(route-in-stream-context) it is fine",
    );
    let folder = Folder::with_plugin(&source);
    let file = "wasm-route-lint-baseline.txt";
    let run = folder.run("baseline -A route-in-static");
    assert_eq!(run.out, format!("wrote 1 finding to {file}\n"));

    let run = folder.run(&format!("--baseline {file} --format json"));
    assert_eq!(run.code, Some(1));
    let mut found: Vec<String> = findings(&run)
        .iter()
        .map(|f| {
            let by = &f["suppressed"];
            format!("{} {} {}", f["rule"], by["by"], by["place"]["line"])
        })
        .collect();
    found.sort_unstable();
    let expected = [
        r#""route-in-static" null null"#,
        r#""route-in-stream-context" "comment" 26"#,
        r#""stale-match-decision" "baseline" null"#,
    ];
    assert_eq!(found, expected);

    for format in ["human", "short", "github", "cargo-json"] {
        let run = folder.run(&format!("--baseline {file} --format {format}"));
        assert_eq!(run.code, Some(1), "{format}");
        assert!(run.out.contains("route-in-static"), "{format}");
        assert!(!run.out.contains("stale-match-decision"), "{format}");
        assert!(!run.out.contains("[route-in-stream-context]"), "{format}");
        assert!(!run.out.contains("title=route-in-stream-context"));
    }

    // What is suppressed keeps its fingerprint.
    let all = fingerprints(&folder.run("--no-suppressions --format json"));
    assert_eq!(fingerprints(&run), all);
}

#[test]
fn fingerprints_do_not_depend_on_where_the_run_is() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .package("b", PLUGIN)
        .file("lone/plugin.rs", PLUGIN);
    let at = |path: &str| folder.path(path).to_string_lossy().into_owned();
    let outside = tempfile::tempdir().expect("a temporary folder");
    for (paths, elsewhere) in [
        (
            "a",
            vec![("a", "."), ("a/src", ".."), ("b", "../a"), ("lone", "../a")],
        ),
        (
            "lone",
            vec![("lone", "."), ("lone", "plugin.rs"), ("a", "../lone")],
        ),
    ] {
        let expected = fingerprints(&folder.run(&format!("{paths} --format json")));
        assert_eq!(expected.len(), 3);
        for (folder_of_run, path) in elsewhere {
            let run = folder.run_in(folder_of_run, &format!("{path} --format json"));
            assert_eq!(fingerprints(&run), expected, "{folder_of_run} {path}");
        }
        // In no repository at all.
        let line = format!("{} --format json", at(paths));
        let run = folder.run_at(outside.path(), &line);
        assert_eq!(fingerprints(&run), expected, "from outside");
        let run = folder.run_at(Path::new("/"), &line);
        assert_eq!(fingerprints(&run), expected, "from the root");
    }
    let a = fingerprints(&folder.run("a --format json"));
    let b = fingerprints(&folder.run("b --format json"));
    assert!(a.iter().all(|print| !b.contains(print)));
    let both = fingerprints(&folder.run("a b --format json"));
    assert_eq!(both, [a.as_slice(), &b].concat());
    // Nor on how packages are picked.
    folder.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
    let picked = folder.run_in("b", "-p a --format json");
    assert_eq!(fingerprints(&picked), a);
}
