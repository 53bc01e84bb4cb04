//! The rule documents say what was observed, and what was observed is still what they print.
//!
//! `evidence/run.py` runs the examples in real Envoys and writes `docs/evidence.md`; nothing here
//! needs an Envoy. `UPDATE=1` takes the page's paragraphs over into the rule documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wasm_route_lint::checks::{ExampleKind, Rule, rules};
use wasm_route_lint::sdk::Host;
use wasm_route_lint::{AnalyseOptions, analyse};

/// Rules without anything to see in a proxy, and why.
const NOTHING_TO_SEE: [(&str, &str); 3] = [
    (
        "match-without-route-log",
        "what a log does not say is no behaviour of the proxy",
    ),
    (
        "unused-suppression",
        "it is about comments, which no host sees",
    ),
    (
        "request-value-in-stream-context",
        "allowed by default: the value of the client's request is mostly the one that is wanted",
    ),
];

/// Plugins of which the lint says something else than Envoy: its mistakes, to be taken from this list
/// when they are mended.
const KNOWN_MISTAKES: [(&str, &str); 0] = [];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What the evidence says of each rule: the text of its section.
fn sections() -> BTreeMap<String, String> {
    let page = read(&root().join("docs/evidence.md"));
    page.split("\n## ")
        .skip(1)
        .filter_map(|s| s.split_once('\n'))
        .filter(|(heading, _)| heading.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        .map(|(heading, text)| (heading.to_owned(), text.to_owned()))
        .collect()
}

/// The paragraph that starts with `*Observed*`.
fn observed(text: &str) -> Option<&str> {
    text.split("\n\n")
        .map(str::trim)
        .find(|p| p.starts_with("*Observed*"))
}

fn document(rule: &Rule) -> PathBuf {
    root().join(format!("rules/{}.md", rule.name))
}

/// The document with `paragraph` at the end of its section on why the thing is bad.
fn with_observed(text: &str, paragraph: &str) -> String {
    let without = observed(text).map_or_else(
        || text.to_owned(),
        |old| text.replacen(&format!("\n\n{old}"), "", 1),
    );
    without.replacen(
        "\n\n## Use instead\n",
        &format!("\n\n{paragraph}\n\n## Use instead\n"),
        1,
    )
}

#[test]
fn documents_say_what_was_observed() {
    let sections = sections();
    for rule in rules() {
        let text = read(&document(rule));
        let Some(section) = sections.get(rule.name) else {
            assert!(
                NOTHING_TO_SEE.iter().any(|(name, _)| *name == rule.name),
                "{}: no scenario shows it, and nothing says that there is nothing to see",
                rule.name
            );
            assert!(observed(&text).is_none(), "{}: never observed", rule.name);
            continue;
        };
        let paragraph = observed(section).expect("each section of the evidence has a paragraph");
        let fresh = with_observed(&text, paragraph);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(document(rule), &fresh).expect("the document can be written");
        } else {
            assert_eq!(text, fresh, "run with UPDATE=1 to take over the evidence");
        }
    }
}

#[test]
fn every_scenario_has_been_run() {
    let mut files: Vec<String> = fs::read_dir(root().join("evidence/scenarios"))
        .expect("the folder is there")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    files.sort();
    let run: Vec<String> = sections().into_keys().collect();
    assert_eq!(files, run, "run evidence/run.py");
}

/// The 64 bit FNV-1a hash in hexadecimal, as `evidence/harness/sources.py` computes it.
fn fingerprint(code: &str) -> String {
    let hash = code.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The code behind a title of the evidence: "`bad` example 2" or "`rule/bad.rs`".
fn code(rule: &str, title: &str) -> String {
    let words: Vec<&str> = title.split('`').collect();
    match words.as_slice() {
        [_, file, ""] if file.ends_with(".rs") => read(&root().join("evidence/plugins").join(file)),
        [_, kind, number] => {
            let kind = match *kind {
                "bad" => ExampleKind::Bad,
                "good" => ExampleKind::Good,
                "fixed" => ExampleKind::Fixed,
                other => panic!("{rule}: no kind `{other}`"),
            };
            let number: usize = number
                .rsplit(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .expect("a number");
            let rule = rules().iter().find(|r| r.name == rule).expect("a rule");
            let examples = &rule.document().examples;
            let mut of_kind = examples.iter().filter(|e| e.kind == kind);
            let example = of_kind.nth(number - 1).expect("an example");
            example.code.to_owned()
        }
        _ => panic!("{rule}: no title `{title}`"),
    }
}

/// What was observed of an example is no evidence for another one in its place.
#[test]
fn the_plugins_are_those_that_were_run() {
    let mut seen = 0;
    for (rule, text) in sections() {
        for line in text.lines().filter(|l| l.starts_with("- `")) {
            let (title, rest) = line
                .trim_start_matches("- ")
                .split_once(" (`")
                .expect("a fingerprint");
            let kept = rest.split('`').next().expect("a fingerprint");
            assert_eq!(
                fingerprint(&code(&rule, title)),
                kept,
                "{rule}: {title} is another one than was run; run evidence/run.py"
            );
            seen += 1;
        }
    }
    assert!(seen > 0);
}

/// Envoy and the lint agree on the plugins that were run besides the examples of the documents.
#[test]
fn plugins_are_reported_as_they_behaved() {
    let folder = root().join("evidence/plugins");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for rule in rules() {
        let Ok(files) = fs::read_dir(folder.join(rule.name)) else {
            continue;
        };
        let host = &rule.document().host;
        let host = host
            .as_ref()
            .map_or_else(Host::default, |h| Host::parse(h).expect("a host"));
        let mut files: Vec<PathBuf> = files.map(|e| e.expect("an entry").path()).collect();
        files.sort();
        for file in files {
            let name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let analysis = analyse(&AnalyseOptions {
                cwd: root().to_path_buf(),
                paths: vec![file],
                host: Some(host.clone()),
                ..AnalyseOptions::default()
            });
            assert!(
                analysis.problems.is_empty(),
                "{name}: {:?}",
                analysis.problems
            );
            // Other rules may have their say about a bad one; a good one is silent.
            let agreed = if name.starts_with("bad") {
                analysis.findings.iter().any(|f| f.rule == rule.name)
            } else {
                !analysis.findings.iter().any(|f| f.is_shown(false))
            };
            let place = format!("{}/{name}", rule.name);
            let known = KNOWN_MISTAKES.iter().any(|(file, _)| *file == place);
            if agreed == known {
                wrong.push(place);
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
