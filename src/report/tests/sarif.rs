use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{Analysis, analysis, report};

fn sarif(analysis: &Analysis, pedantic: bool) -> Value {
    let text = report(analysis, pedantic).sarif();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn the_whole_log() {
    insta::assert_snapshot!(report(&analysis(), true).sarif(), @"");
}

#[test]
fn an_empty_run_is_a_log() {
    let log = sarif(&Analysis::default(), false);
    let run = &log["runs"][0];
    assert_eq!(run["results"], Value::Array(vec![]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["invocations"][0]["exitCode"], 0);
}

#[test]
fn fingerprints_differ_and_stay() {
    let prints = |analysis: &Analysis, pedantic| -> Vec<String> {
        let log = sarif(analysis, pedantic);
        let results = log["runs"][0]["results"].as_array().cloned();
        let results = results.unwrap_or_default();
        let print = |result: &Value| result["partialFingerprints"].to_string();
        results.iter().map(print).collect()
    };
    let mut analysis = analysis();
    let all = prints(&analysis, true);
    let mut distinct = all.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 4);
    let shown = prints(&analysis, false);
    assert_eq!(shown.len(), 3);
    assert!(shown.iter().all(|print| all.contains(print)));
    for finding in &mut analysis.findings {
        finding.primary.span.lo += 1;
        finding.message.clear();
    }
    assert_eq!(prints(&analysis, true), all);
}

/// The schema published with the standard, from the sources of a crate that is made from it.
fn schema() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let package = packages
        .iter()
        .find(|package| package["name"] == "serde-sarif");
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let path = PathBuf::from(manifest.unwrap_or_default()).with_file_name("src/schema.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn logs_follow_the_schema() {
    let schema = schema();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{error}"));
    let failed = serde_json::json!({ "version": "2.1.0", "runs": [{}] });
    assert!(!validator.is_valid(&failed), "the schema is in force");
    let mut bare = analysis();
    bare.rules.clear();
    for log in [
        sarif(&analysis(), true),
        sarif(&analysis(), false),
        sarif(&bare, true),
        sarif(&Analysis::default(), false),
    ] {
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn logs_are_read_back_by_another_implementation() {
    let log = sarif(&analysis(), true);
    let read: serde_sarif::sarif::Sarif =
        serde_json::from_value(log.clone()).unwrap_or_else(|error| panic!("{error}"));
    let again = serde_json::to_value(read).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again, log, "nothing is dropped for being unknown");
}
