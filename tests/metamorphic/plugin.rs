//! A rewritten plugin as a package, and the verdict on it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{File, Item};
use wasm_route_lint::{AnalyseOptions, analyse};

/// Modules whose name begins so are written to a file of their own.
pub(crate) const FILED: &str = "filed_";

const MANIFEST: &str = "[package]\nname = \"plugin\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
     [workspace]\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nproxy-wasm = \"0.2\"\n";

/// What the tool says of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How often each rule is reported at default levels.
    pub(crate) rules: BTreeMap<String, usize>,
    /// Whether the host read was seen: silence without it says nothing.
    pub(crate) sees_source: bool,
    /// What went wrong with the run.
    pub(crate) problem: Option<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(problem) = &self.problem {
            return write!(f, "problem: {problem}");
        }
        let mut parts: Vec<String> = self
            .rules
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"))
            .collect();
        if parts.is_empty() {
            parts.push("silent".to_owned());
        }
        if !self.sees_source {
            parts.push("no source seen".to_owned());
        }
        f.write_str(&parts.join(", "))
    }
}

/// The files of a plugin, `lib.rs` first.
pub(crate) fn files(mut file: File) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident.to_string().starts_with(FILED)
            && let Some((_, items)) = module.content.take()
        {
            module.semi = Some(Default::default());
            let inner = File {
                shebang: None,
                attrs: Vec::new(),
                items,
                frontmatter: None,
            };
            out.push((format!("{}.rs", module.ident), text(&inner)));
        }
    }
    out.insert(0, ("lib.rs".to_owned(), text(&file)));
    out
}

/// A file as people write it; what the printer does not know, as it comes.
fn text(file: &File) -> String {
    std::panic::catch_unwind(|| prettyplease::unparse(file))
        .unwrap_or_else(|_| file.to_token_stream().to_string())
}

/// Writes a package below `folder`. Files that have not changed keep their time, so that cargo need
/// not check them again.
pub(crate) fn write(files: &[(String, String)], folder: &Path) {
    let put = |path: &Path, text: &str| {
        if fs::read_to_string(path).is_ok_and(|old| old == text) {
            return;
        }
        fs::write(path, text).expect("a file");
    };
    fs::create_dir_all(folder.join("src")).expect("a folder");
    put(&folder.join("Cargo.toml"), MANIFEST);
    for (name, text) in files {
        put(&folder.join("src").join(name), text);
    }
}

/// The verdict on the package in `folder`.
pub(crate) fn judge(folder: &Path) -> Verdict {
    let analysis = analyse(&AnalyseOptions {
        cwd: folder.to_path_buf(),
        paths: vec![folder.to_path_buf()],
        model: true,
        no_fixes: true,
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    });
    let mut verdict = Verdict {
        problem: analysis.problems.first().map(|p| p.message.clone()),
        sees_source: analysis
            .model
            .split("sources:\n")
            .nth(1)
            .is_some_and(|rest| rest.starts_with("  ")),
        ..Verdict::default()
    };
    for finding in analysis.findings.iter().filter(|f| f.is_shown(false)) {
        *verdict.rules.entry(finding.rule.to_owned()).or_default() += 1;
    }
    verdict
}
