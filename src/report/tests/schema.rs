use serde_json::Value;

use super::sarif::sarif;
use super::{Analysis, analysis, analysis_with_fixes};

/// The schema published with the standard.
fn schema() -> Value {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/testdata/schema/sarif-schema-2.1.0.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    // A stray bracket in a pattern of the published schema is an error to a strict reader.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
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
        sarif(&analysis_with_fixes(), true),
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
    let log = sarif(&analysis_with_fixes(), true);
    let read: serde_sarif::sarif::Sarif =
        serde_json::from_value(log.clone()).unwrap_or_else(|error| panic!("{error}"));
    let again = serde_json::to_value(read).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again, log, "nothing is dropped for being unknown");
}
