//! All formats over one hand-made analysis.

mod cargo_json;
mod github;
mod human;
mod json;
mod sarif;
mod schema;

use std::path::Path;

use super::Report;
use super::fixture::{CWD, analysis, analysis_with_fixes};
use crate::Analysis;
use crate::finding::Confidence;

fn report(analysis: &Analysis, pedantic: bool) -> Report<'_> {
    Report::new(analysis, Path::new(CWD), pedantic, false)
}

#[test]
fn short_is_one_line_each() {
    insta::assert_snapshot!(report(&analysis(), true).short(), @r#"
    src/lib.rs:4:1: error: expected an item
    src/missing.rs: error: no such file
    /other: warning: no package holds a plugin
    src/lib.rs:1:1: note[route-decision-kept]: `Filter.route` keeps the `route_name` of an earlier callback
    src/lib.rs:1:1: warning[route-decision-kept]: `Filter.route` keeps the `route_name` of an earlier callback
    src/lib.rs:3:17: error[route-in-stream-context]: `Filter.route` keeps the `route_name` of an earlier callback
    src/lib.rs:3:17: error[route-in-stream-context]: `Filter.route` keeps the `route_name` of an earlier callback
    "#);
}

#[test]
fn exit_codes() {
    let code = |analysis: &Analysis, exit_zero| {
        Report::new(analysis, Path::new(CWD), true, exit_zero).exit_code
    };
    let mut analysis = analysis();
    assert_eq!(code(&analysis, false), 2, "a failed run outweighs findings");
    assert_eq!(code(&analysis, true), 2, "and is not forgiven");
    analysis.problems.drain(..2);
    assert_eq!(
        code(&analysis, false),
        1,
        "a problem that is a warning is none"
    );
    assert_eq!(code(&analysis, true), 0);
    for finding in &mut analysis.findings {
        finding.confidence = Confidence::Low;
    }
    assert_eq!(
        code(&analysis, false),
        0,
        "what is not certain does not fail the run"
    );
    assert_eq!(code(&Analysis::default(), false), 0);
}
