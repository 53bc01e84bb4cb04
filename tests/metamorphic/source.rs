//! What is rewritten: the examples of the rule documents and the construct cases.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_route_lint::checks::{ExampleKind, rules};

/// A plugin in one file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The construct's file name, or the rule with the number of its example.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
}

/// A folder of this package.
pub(crate) fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The Rust files in a folder, by name.
pub(crate) fn files(path: &str) -> Vec<Source> {
    let Ok(entries) = fs::read_dir(folder(path)) else {
        return Vec::new();
    };
    let mut list: Vec<Source> = entries
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .map(|p| Source {
            name: p
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            text: fs::read_to_string(&p).expect("a case"),
        })
        .collect();
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

/// All of them, in a fixed order.
pub(crate) fn all() -> Vec<Source> {
    let mut list = files("testdata/constructs");
    for rule in rules() {
        // What is a comment does not survive a rewrite.
        if rule.name == "unused-suppression" {
            continue;
        }
        for (n, example) in rule.document().examples.iter().enumerate() {
            let kind = match example.kind {
                ExampleKind::Bad => "bad",
                ExampleKind::Good => "good",
                ExampleKind::Fixed => continue,
            };
            list.push(Source {
                name: format!("{}_{n}_{kind}", rule.name.replace('-', "_")),
                text: example.code.to_owned(),
            });
        }
    }
    list
}
