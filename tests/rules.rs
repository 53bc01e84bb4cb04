//! Rule documents: every part is there, and every example does what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use wasm_route_lint::checks::{Document, Example, ExampleKind, Rule, rules};
use wasm_route_lint::fix::apply::{Wanted, rounds};
use wasm_route_lint::sdk::Host;
use wasm_route_lint::{AnalyseOptions, Analysis, analyse};

const SECTIONS: [&str; 6] = [
    "What it does",
    "Why is this bad",
    "Use instead",
    "How to diagnose it in production",
    "Known limits",
    "Examples",
];

fn run(code: &str, host: Option<&str>) -> Analysis {
    let host = host.map(|h| Host::parse(h).expect("a host"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("plugin.rs");
    fs::write(&file, code).expect("the example can be written");
    let options = AnalyseOptions {
        cwd: folder.path().to_path_buf(),
        paths: vec![file],
        model: true,
        host,
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    };
    analyse(&options)
}

fn examples(rule: &Rule, doc: &Document, kind: ExampleKind) -> Vec<Example> {
    let list: Vec<Example> = doc
        .examples
        .iter()
        .copied()
        .filter(|e| e.kind == kind)
        .collect();
    assert!(!list.is_empty(), "{}: no {kind:?} example", rule.name);
    list
}

/// Lines at which a rule reports, with what else is reported at default levels.
fn found(analysis: &Analysis, rule: &str) -> (Vec<usize>, Vec<String>) {
    let mut lines = Vec::new();
    let mut others = Vec::new();
    for f in &analysis.findings {
        let span = f.primary.span;
        let line = analysis
            .sources
            .file(span.file)
            .line_column(span.lo as usize)
            .0;
        if f.rule == rule {
            lines.push(line);
        } else if f.is_shown(false) {
            others.push(format!("{} at line {line}", f.rule));
        }
    }
    lines.sort_unstable();
    lines.dedup();
    (lines, others)
}

#[test]
fn every_document_is_whole() {
    for rule in rules() {
        let doc = rule.document();
        assert!(
            doc.body.starts_with(&format!("# {}\n", rule.name)),
            "{}: heading",
            rule.name
        );
        for s in SECTIONS {
            let text = doc
                .section(s)
                .unwrap_or_else(|| panic!("{}: no section {s}", rule.name));
            assert!(text.len() > 20, "{}: section {s} says nothing", rule.name);
        }
        assert!(
            !doc.classes.is_empty() && !doc.since.is_empty(),
            "{}",
            rule.name
        );
        assert!(
            ["none", "suggestion", "edit"].contains(&doc.fix.as_str()),
            "{}",
            rule.name
        );
        for kind in [ExampleKind::Bad, ExampleKind::Good, ExampleKind::Fixed] {
            examples(rule, doc, kind);
        }
    }
}

#[test]
fn rules_and_documents_are_the_same_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files: Vec<String> = fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|e| {
            let name = e
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned();
            name.strip_suffix(".md").map(str::to_owned)
        })
        .collect();
    files.sort();
    let names: Vec<String> = rules().iter().map(|r| r.name.to_owned()).collect();
    assert_eq!(files, names);
}

#[test]
fn bad_examples_are_reported_where_they_are_marked() {
    for rule in rules() {
        for e in examples(rule, rule.document(), ExampleKind::Bad) {
            let analysis = run(e.code, rule.document().host.as_deref());
            assert!(
                analysis.problems.is_empty(),
                "{}: {:?}",
                rule.name,
                analysis.problems
            );
            let marked: Vec<usize> = e
                .code
                .lines()
                .enumerate()
                .filter(|(_, l)| l.trim_end().ends_with("//~"))
                .map(|(i, _)| i + 1)
                .collect();
            let (lines, others) = found(&analysis, rule.name);
            assert!(
                !marked.is_empty(),
                "{}: the example at {} marks no line",
                rule.name,
                e.line
            );
            assert_eq!(
                lines, marked,
                "{}: the example at line {}",
                rule.name, e.line
            );
            assert!(
                others.is_empty(),
                "{}: line {}: also {others:?}",
                rule.name,
                e.line
            );
        }
    }
}

#[test]
fn good_and_fixed_examples_are_silent_and_understood() {
    for rule in rules() {
        let doc = rule.document();
        for kind in [ExampleKind::Good, ExampleKind::Fixed] {
            for e in examples(rule, doc, kind) {
                let analysis = run(e.code, doc.host.as_deref());
                assert!(
                    analysis.problems.is_empty(),
                    "{}: {:?}",
                    rule.name,
                    analysis.problems
                );
                let (lines, others) = found(&analysis, rule.name);
                assert!(
                    lines.is_empty(),
                    "{}: {kind:?} at line {}",
                    rule.name,
                    e.line
                );
                assert!(
                    others.is_empty(),
                    "{}: line {}: {others:?}",
                    rule.name,
                    e.line
                );
                let has = |title: &str| {
                    let rest = analysis
                        .model
                        .split(&format!("{title}:\n"))
                        .nth(1)
                        .unwrap_or("");
                    rest.starts_with("  ")
                };
                if kind == ExampleKind::Good {
                    assert!(
                        has("sources"),
                        "{}: line {}: no source seen",
                        rule.name,
                        e.line
                    );
                    assert!(
                        has("stores") || e.no_store,
                        "{}: line {}: no store seen",
                        rule.name,
                        e.line
                    );
                }
            }
        }
    }
}

/// No example is Rust that nobody could write.
#[test]
fn examples_type_check() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    let folder = package.join("examples");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the examples");
    fs::create_dir_all(package.join("src")).expect("a folder for the library");
    fs::write(package.join("src/lib.rs"), "").expect("a library");
    let mut manifest = String::from(
        "[package]\nname = \"documents\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [workspace]\n[dependencies]\nproxy-wasm = \"0.2\"\nlog = \"0.4\"\nlazy_static = \"1\"\n",
    );
    for rule in rules() {
        for (n, e) in rule.document().examples.iter().enumerate() {
            let name = format!("{}_{n}", rule.name.replace('-', "_"));
            fs::write(folder.join(format!("{name}.rs")), e.code).expect("an example");
            manifest += &format!("[[example]]\nname = \"{name}\"\ncrate-type = [\"cdylib\"]\n");
        }
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--quiet",
            "--keep-going",
            "--examples",
            "--target-dir",
        ])
        .arg(package.join("target"))
        .current_dir(&package)
        .env("RUSTFLAGS", "-Awarnings")
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The table in the README between its two markers. `UPDATE=1` rewrites it.
#[test]
fn readme_table_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).expect("there is a README");
    let mut table = String::from("| rule | default | what it reports |\n| --- | --- | --- |\n");
    for rule in rules() {
        let doc = rule.document();
        let summary = doc.summary.split_whitespace().collect::<Vec<_>>().join(" ");
        table += &format!("| `{}` | {} | {summary} |\n", rule.name, doc.level.as_str());
    }
    let (start, end) = ("<!-- rules -->\n", "<!-- /rules -->");
    let (before, rest) = text
        .split_once(start)
        .expect("the README marks its rule table");
    let (_, after) = rest
        .split_once(end)
        .expect("the README marks the end of its rule table");
    let fresh = format!("{before}{start}\n{table}\n{end}{after}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &fresh).expect("the README can be written");
    } else {
        assert_eq!(text, fresh, "run with UPDATE=1 to rewrite the table");
    }
}

/// What the tool makes of the first `bad` example, with and without unsafe fixes.
fn mended(rule: &Rule, doc: &Document) -> Option<String> {
    let bad = examples(rule, doc, ExampleKind::Bad)[0].code;
    let bad: String = bad
        .lines()
        .map(|l| l.strip_suffix("//~").unwrap_or(l).trim_end().to_owned() + "\n")
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("plugin.rs");
    fs::write(&file, &bad).expect("the example can be written");
    let options = AnalyseOptions {
        cwd: folder.path().to_path_buf(),
        paths: vec![file],
        host: doc.host.as_deref().map(|h| Host::parse(h).expect("a host")),
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    };
    let mut analysis = analyse(&options);
    analysis.pedantic = true;
    let applied = rounds(&options, analysis, Wanted::All);
    applied.files.into_values().next().map(|t| t.to_string())
}

/// A rule that says that its cure can be written: the `fixed` example is what the tool writes.
#[test]
fn fixed_examples_are_what_the_tool_writes() {
    for rule in rules() {
        let doc = rule.document();
        if doc.fix != "edit" || rule.name == "unused-suppression" {
            continue;
        }
        let new = mended(rule, doc).unwrap_or_else(|| panic!("{}: no fix", rule.name));
        let old = examples(rule, doc, ExampleKind::Fixed)[0].code;
        if std::env::var_os("UPDATE").is_some() {
            let path =
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/{}.md", rule.name));
            let text = fs::read_to_string(&path).expect("the document");
            let text = text.replacen(
                &format!("```rust fixed\n{old}"),
                &format!("```rust fixed\n{new}"),
                1,
            );
            fs::write(&path, text).expect("the document can be written");
        } else {
            assert_eq!(old, new, "{}: run with UPDATE=1", rule.name);
        }
    }
}
