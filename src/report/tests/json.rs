use serde_json::Value;

use super::{Analysis, analysis, analysis_with_fixes, report};
use crate::finding::{Suppressed, Suppressor};

fn lines(analysis: &Analysis, pedantic: bool) -> Vec<Value> {
    let text = report(analysis, pedantic).json();
    assert!(text.ends_with('\n'));
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(parse).collect()
}

#[test]
fn lines_follow_the_schema() {
    let schema = include_str!("../../../docs/report.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap_or_else(|error| panic!("{error}"));
    let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{error}"));
    let none = Analysis::default();
    for analysis in [&analysis(), &analysis_with_fixes(), &suppressed(), &none] {
        for line in lines(analysis, true) {
            let errors: Vec<String> = validator
                .iter_errors(&line)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{line:#}");
            let mut less = line.clone();
            less.as_object_mut()
                .and_then(|object| object.remove("type"));
            assert!(!validator.is_valid(&less), "the schema is in force");
        }
    }
}

/// The same, where each finding but one is suppressed by somebody else.
fn suppressed() -> Analysis {
    let mut analysis = analysis();
    let span = analysis.findings[0].primary.span;
    let by = [
        (Suppressor::Comment(span), Some("it is fine".to_owned())),
        (Suppressor::Baseline, None),
        (Suppressor::Untouched, None),
    ];
    for (finding, (by, reason)) in analysis.findings.iter_mut().zip(by) {
        finding.suppressed = Some(Suppressed { by, reason });
    }
    analysis
}

#[test]
fn what_is_suppressed_is_marked_and_counted() {
    let lines = lines(&suppressed(), true);
    let suppressors = |line: &Value| match &line["suppressed"] {
        Value::Null => "nobody".to_owned(),
        by => format!("{} {} {}", by["by"], by["reason"], by["place"]["path"]),
    };
    let mut found: Vec<String> = lines[3..6].iter().map(suppressors).collect();
    found.sort_unstable();
    let expected = [
        r#""baseline" null null"#,
        r#""comment" "it is fine" "src/lib.rs""#,
        "nobody",
    ];
    assert_eq!(found, expected);
    let counts = ["suppressed", "in_baseline", "untouched", "hidden"];
    assert_eq!(
        counts.map(|key| lines[6][key].as_u64()),
        [Some(1), Some(1), Some(1), Some(0)]
    );
}

#[test]
fn a_line_for_each_and_one_for_the_run() {
    let all = lines(&analysis(), true);
    let types: Vec<&str> = all
        .iter()
        .filter_map(|line| line["type"].as_str())
        .collect();
    let expected = [["problem"; 3].as_slice(), &["finding"; 4], &["summary"]].concat();
    assert_eq!(types, expected);
    let text = report(&analysis(), false).json();
    let last = text.lines().last().unwrap_or_default();
    insta::assert_snapshot!(last.replace(env!("CARGO_PKG_VERSION"), "VERSION"), @r#"{"type":"summary","format_version":1,"tool":"cargo-wasm-route-lint","tool_version":"VERSION","exit_code":2,"complete":false,"errors":2,"warnings":1,"notes":0,"decisions":2,"hidden":1,"suppressed":0,"in_baseline":0,"untouched":0,"packages":2,"files":14}"#);
    let summary = lines(&Analysis::default(), false);
    assert_eq!(summary.len(), 1);
    assert_eq!(summary[0]["complete"], true);
}

#[test]
fn a_finding() {
    let text = report(&analysis_with_fixes(), true).json();
    let line = text
        .lines()
        .find(|line| line.contains("\"group\":7") && line.contains("safe"));
    insta::assert_snapshot!(line.unwrap_or_default(), @r#"{"type":"finding","format_version":1,"rule":"route-in-stream-context","level":"deny","severity":"error","confidence":"high","message":"`Filter.route` keeps the `route_name` of an earlier callback","primary":{"path":"src/lib.rs","line":3,"column":17,"end_line":3,"end_column":27,"byte_start":94,"byte_end":104,"text":"stored here too"},"secondary":[],"trace":[],"notes":[],"help":null,"fixes":[{"title":"close it","safe":true,"reason":null,"edits":[{"path":"src/lib.rs","line":4,"column":1,"end_line":5,"end_column":2,"byte_start":138,"byte_end":143,"text":"\t}\r\n\r\n}"}]}],"subject":"Filter.route","properties":["route_name"],"group":7,"suppressed":null,"fingerprint":"68081dfc3c4ac4ed"}"#);
}

#[test]
fn fingerprints_are_those_of_sarif() {
    let analysis = analysis();
    let log = super::sarif::sarif(&analysis, true);
    let results = log["runs"][0]["results"].as_array().cloned();
    let results = results.unwrap_or_default();
    let sarif = results
        .iter()
        .map(|r| &r["partialFingerprints"]["wasmRouteLint/v1"]);
    let sarif: Vec<&Value> = sarif.collect();
    let lines = lines(&analysis, true);
    let json: Vec<&Value> = lines.iter().map(|l| &l["fingerprint"]).collect();
    assert_eq!(json[3..7], sarif[..]);
}
