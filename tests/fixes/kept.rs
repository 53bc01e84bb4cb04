//! Cases that failed once.

use std::fs;
use std::path::Path;

use crate::layout::Layout;
use crate::render::Plugin;

/// A kept case.
pub(crate) struct Kept {
    pub(crate) name: String,
    /// The property that fails, nothing where all hold.
    pub(crate) fails: String,
    pub(crate) plugin: Plugin,
    pub(crate) layout: Layout,
}

/// The comments of a text: those that begin with `cN!`.
fn comments(text: &str) -> Vec<(String, bool)> {
    let line = |l: &str| {
        let start = l.find("// c").or_else(|| l.find("/* c"))?;
        let rest = &l[start..];
        let end = rest.find("*/").map_or(rest.len(), |n| n + 2);
        Some((rest[..end].to_owned(), true))
    };
    text.lines().filter_map(line).collect()
}

fn case(path: &Path) -> Kept {
    let text = fs::read_to_string(path).expect("a case");
    let first = text.lines().next().unwrap_or_default();
    let fails = first.strip_prefix("// fails: ").unwrap_or_default();
    assert!(
        !fails.is_empty() || first == "// holds",
        "{}",
        path.display()
    );
    Kept {
        name: path.display().to_string(),
        fails: fails.to_owned(),
        layout: Layout {
            unit: "  ",
            crlf: true,
            bom: true,
            open_end: true,
        },
        plugin: Plugin {
            parts: text
                .lines()
                .map(|l| !l.trim_start().starts_with("fn "))
                .collect(),
            comments: comments(&text),
            text,
        },
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Kept> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fixes");
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|p| case(p)).collect()
}
