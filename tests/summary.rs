//! Summaries of functions, kept beside the source in `testdata/summaries`.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_route_lint::{flow, project, sdk};

#[test]
fn summaries_are_as_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/summaries");
    let sdk = sdk::Sdk::embedded().expect("embedded data parses");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let options = project::Options {
            paths: vec![file.clone()],
            ..project::Options::default()
        };
        let loaded = project::load(&options);
        assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
        let text = flow::summaries(&loaded.program, &sdk);
        let kept = file.with_extension("summary");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&kept, &text).expect("the summary can be written");
        }
        let expected = fs::read_to_string(&kept).unwrap_or_default();
        assert_eq!(
            text, expected,
            "run with UPDATE=1 to take over the new summaries"
        );
    }
}
