use std::path::Path;

use super::{Report, analysis, report};

#[test]
fn annotations() {
    let text = report(&analysis(), true).github();
    insta::assert_snapshot!(text, @"");
}

#[test]
fn files_have_their_names_in_the_repository() {
    let analysis = analysis();
    let text = Report::new(&analysis, Path::new("/plugin"), false, false)
        .in_repository(Path::new("/"))
        .github();
    assert!(text.contains("file=plugin/src/lib.rs,"), "{text}");
    assert!(text.contains("file=plugin/src/missing.rs,"), "{text}");
    assert!(text.contains("file=other,"), "{text}");
}
