use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::sarif::sarif;
use super::{Analysis, analysis};

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("cargo: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {args:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The schema published with the standard, from the sources of a crate that is made from it.
fn schema() -> Value {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    // The packages for other platforms need not be there.
    let platform = format!("--filter-platform={}", host.unwrap_or_default());
    let metadata = cargo(&["metadata", "--format-version=1", "--offline", &platform]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap_or_default();
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let package = packages
        .iter()
        .find(|package| package["name"] == "serde-sarif");
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let path = PathBuf::from(manifest.unwrap_or_default()).with_file_name("src/schema.json");
    // A stray bracket in a pattern of the published schema is an error to a strict reader.
    let text = std::fs::read_to_string(&path)
        .map(|text| text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$"))
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
