//! Small plugins in `testdata/constructs`, one construct each: `bad_*` is reported at the lines that
//! end in `//~`, or `//~ warn` and `//~ deny` where the level matters, with later reads at those that end in `//<` where there are any, `good_*` is silent
//! although the analysis sees its host read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use wasm_route_lint::finding::{Finding, Level, StepKind};
use wasm_route_lint::sdk::Host;
use wasm_route_lint::source::Span;
use wasm_route_lint::{AnalyseOptions, Analysis, analyse};

/// What these keep is no store of the host's value: the value stays local, is a key, is handed to a
/// queue, or the rule about decisions says that nothing was decided.
const NO_STORE: &[&str] = &[
    "good_bodybytes",
    "good_config",
    "good_dispatch",
    "good_early",
    "good_early_q",
    "good_from_of_owned",
    "good_localonly",
    "good_option_filled_anyway",
    "good_presence",
    "good_queue",
    "good_samebranch",
    "good_seen",
    "good_shared_key",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/constructs")
}

fn cases(prefix: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .expect("the folder is there")
        .map(|e| e.expect("an entry").path())
        .filter(|p| {
            p.file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with(prefix))
        })
        .collect();
    files.sort();
    assert!(files.len() > 20, "only {} cases of {prefix}", files.len());
    files
}

fn run(file: &Path) -> Analysis {
    let options = AnalyseOptions {
        cwd: folder(),
        paths: vec![file.to_path_buf()],
        model: true,
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    };
    let analysis = analyse(&options);
    assert!(
        analysis.problems.is_empty(),
        "{}: {:?}",
        file.display(),
        analysis.problems
    );
    analysis
}

fn shown(analysis: &Analysis) -> Vec<&Finding> {
    analysis
        .findings
        .iter()
        .filter(|f| f.is_shown(false))
        .collect()
}

/// The lines of a case that end in `mark`.
fn marked(file: &Path, mark: &str) -> Vec<usize> {
    let text = fs::read_to_string(file).expect("a case");
    let lines = text.lines().zip(1..);
    lines
        .filter(|(l, _)| l.ends_with(mark))
        .map(|(_, n)| n)
        .collect()
}

/// The lines of some places, each once.
fn lines(analysis: &Analysis, spans: impl Iterator<Item = Span>) -> Vec<usize> {
    let line = |s: Span| analysis.sources.file(s.file).line_column(s.lo as usize).0;
    let lines: BTreeSet<usize> = spans.map(line).collect();
    lines.into_iter().collect()
}

/// The lines of the later reads that the findings tell.
fn reads(analysis: &Analysis) -> Vec<usize> {
    let steps = shown(analysis).into_iter().flat_map(|f| &f.trace);
    let reads = steps.filter(|s| s.kind == StepKind::Read);
    lines(analysis, reads.filter_map(|s| s.span))
}

#[test]
fn bad_constructs_tell_the_reads_that_are_marked() {
    let mut cases = cases("bad_");
    cases.retain(|file| !marked(file, "//<").is_empty());
    assert!(!cases.is_empty(), "no case marks its reads");
    for file in cases {
        let found = reads(&run(&file));
        assert_eq!(found, marked(&file, "//<"), "{}", file.display());
    }
}

/// A read in several callbacks that is there for nothing in all of them is one problem.
#[test]
fn a_read_of_nothing_is_told_once() {
    let analysis = run(&folder().join("bad_read_of_nothing.rs"));
    let rules: Vec<&str> = shown(&analysis).iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["request-headers-not-readable-here"]);
}

/// A read that is wrong in several callbacks names all of them, in host order.
#[test]
fn a_read_names_the_callbacks_in_which_it_is_wrong() {
    let analysis = run(&folder().join("bad_read_in_two_callbacks.rs"));
    let messages: Vec<&str> = shown(&analysis).iter().map(|f| &*f.message).collect();
    assert_eq!(
        messages,
        [
            "request header `:path` is read in `on_http_response_headers` and `on_http_response_body`, \
             where the host has none: the SDK panics there and the client gets a 503"
        ]
    );
}

/// What a function declares to give has its type, whichever paths are kept apart: its methods are followed,
/// and what they are given is not taken for something that they keep.
#[test]
fn methods_of_what_a_result_holds_are_followed() {
    let analysis = run(&folder().join("good_config_behind_result.rs"));
    let noted = analysis.findings.iter().filter(|f| f.is_shown(true));
    let noted: Vec<&str> = noted.map(|f| &*f.message).collect();
    assert!(noted.is_empty(), "{noted:?}");
}

/// A value that the host never serves is nothing at all times: it can't be old.
#[test]
fn what_is_never_served_is_told_once() {
    let file = folder().join("bad_iflet.rs");
    let host = Host::parse("envoy@1.36").expect("a host");
    let options = AnalyseOptions {
        cwd: folder(),
        paths: vec![file],
        host: Some(host),
        ..AnalyseOptions::default()
    };
    let analysis = analyse(&options);
    let rules: Vec<&str> = shown(&analysis).iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["property-not-served"]);
    let notes = &shown(&analysis)[0].notes;
    assert!(
        notes.iter().any(|n| n.contains("can get stale")),
        "{notes:?}"
    );
}

/// What is kept and where, in the plugin's own words: the entry of a map, a path of a table.
#[test]
fn findings_name_the_entry_and_the_path() {
    let analysis = run(&folder().join("bad_entry_of_many_paths.rs"));
    let [finding] = shown(&analysis)[..] else {
        panic!("{:?}", analysis.findings);
    };
    assert_eq!(finding.subject, "Plugin.labels[\"all\"]");
    assert_eq!(finding.properties, ["cluster_name"]);
}

/// What nobody reads has no say in what is kept: a decision, where the value beside it is not used.
#[test]
fn what_is_read_says_what_is_kept() {
    let analysis = run(&folder().join("bad_part_that_is_read.rs"));
    let rules: Vec<&str> = shown(&analysis).iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["stale-match-decision"; 2]);
}

#[test]
fn the_way_out_names_the_callbacks_that_read() {
    let analysis = run(&folder().join("bad_ctor.rs"));
    let help = shown(&analysis)[0].help.as_ref().map(|h| &*h.text);
    assert_eq!(
        help,
        Some(
            "`Q` gets it when it is built, in `create_http_context`: do not hand it over, but ask \
             for it in `on_http_response_headers`"
        )
    );
}

/// Of many later reads some are marked, some more are told, and the rest is counted.
#[test]
fn of_many_reads_the_first_are_told() {
    let analysis = run(&folder().join("bad_many_reads.rs"));
    let [finding] = shown(&analysis)[..] else {
        panic!("{:?}", analysis.findings);
    };
    let marked = finding.secondary.iter();
    let marked = marked.filter(|l| l.text.starts_with("and read here"));
    assert_eq!((marked.count(), reads(&analysis).len()), (6, 12));
    let counted = "8 more later reads not marked above";
    assert!(finding.notes.iter().any(|n| n == counted), "{finding:?}");
}

/// What one host read decides is one problem, however many fields keep it.
#[test]
fn stores_of_one_decision_are_one_group() {
    let groups = |case: &str| -> Vec<Option<u32>> {
        let analysis = run(&folder().join(case));
        shown(&analysis).iter().map(|f| f.group).collect()
    };
    assert_eq!(groups("bad_guard_noread.rs"), [Some(0), Some(0)]);
    assert_eq!(groups("bad_flag.rs"), [None]);
}

/// That the plugin makes the host drop the route is no reason why something else is old.
#[test]
fn reroutes_are_told_of_routes_only() {
    let analysis = run(&folder().join("bad_config_beside_reroute.rs"));
    let [finding] = shown(&analysis)[..] else {
        panic!("{:?}", analysis.findings);
    };
    let windows = finding.trace.iter().filter(|s| s.kind == StepKind::Window);
    let windows: Vec<&str> = windows.map(|s| s.text.as_str()).collect();
    assert_eq!(
        windows,
        ["the configuration may be updated; another instance of the plugin may share the VM"]
    );
}

#[test]
fn bad_constructs_are_reported_where_they_store() {
    let wrong: Vec<String> = cases("bad_")
        .par_iter()
        .filter_map(|file| {
            let analysis = run(file);
            let found = |of: &[Level]| {
                let shown = shown(&analysis).into_iter();
                let shown = shown.filter(|f| of.contains(&f.level));
                lines(&analysis, shown.map(|f| f.primary.span))
            };
            let (warn, deny) = (marked(file, "//~ warn"), marked(file, "//~ deny"));
            let mut expected = marked(file, "//~");
            expected.extend(warn.iter().chain(&deny));
            expected.sort_unstable();
            let either = [Level::Warn, Level::Deny];
            for (level, of) in [(Level::Warn, warn), (Level::Deny, deny)] {
                let at_level = found(&[level]);
                if let Some(line) = of.iter().find(|line| !at_level.contains(line)) {
                    return Some(format!("{}: {line} is not {level:?}", file.display()));
                }
            }
            let found = found(&either);
            (expected.is_empty() || expected != found)
                .then(|| format!("{}: expected {expected:?}, found {found:?}", file.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_constructs_are_silent_and_understood() {
    let wrong: Vec<String> = cases("good_")
        .par_iter()
        .filter_map(|file| {
            let analysis = run(file);
            let name = file
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let section = |title: &str| -> bool {
                let rest = analysis
                    .model
                    .split(&format!("{title}:\n"))
                    .nth(1)
                    .unwrap_or("");
                rest.starts_with("  ")
            };
            if let Some(f) = shown(&analysis).first() {
                return Some(format!("{name}: {}", f.message));
            }
            if !section("sources") {
                return Some(format!("{name}: the host read was not seen"));
            }
            let stores = section("stores");
            let excused = NO_STORE.contains(&name.as_str());
            match (stores, excused) {
                (false, false) => Some(format!("{name}: the store was not seen")),
                (true, true) => Some(format!("{name}: it has a store after all")),
                _ => None,
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A property that is read at two places is named once for each store and each later read.
#[test]
fn the_model_says_nothing_twice() {
    for file in cases("bad_") {
        let model = run(&file).model;
        let stores = model.split("stores:\n").nth(1).expect("the stores");
        let mut reads: Vec<&str> = Vec::new();
        for line in stores.lines().take_while(|l| l.starts_with("  ")) {
            let names: Vec<&str> = match line.split_once(", from ") {
                Some((_, from)) => {
                    reads.clear();
                    from.split(", ").collect()
                }
                None => Vec::new(),
            };
            let repeated = names
                .iter()
                .enumerate()
                .any(|(i, n)| names[..i].contains(n));
            assert!(
                !repeated && !reads.contains(&line),
                "{}: {line}",
                file.display()
            );
            reads.push(line);
        }
    }
}

/// No case is Rust that nobody could write: all of them type-check against the real SDK.
#[test]
fn constructs_type_check() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("constructs");
    let examples = package.join("examples");
    let _ = fs::remove_dir_all(&examples);
    fs::create_dir_all(&examples).expect("a folder for the examples");
    fs::create_dir_all(package.join("src")).expect("a folder for the library");
    fs::write(package.join("src/lib.rs"), "").expect("a library");
    let mut manifest = String::from(
        "[package]\nname = \"constructs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [workspace]\n[dependencies]\nproxy-wasm = \"0.2\"\nlog = \"0.4\"\nlazy_static = \"1\"\n",
    );
    for file in cases("bad_").iter().chain(&cases("good_")) {
        let name = file
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        fs::copy(file, examples.join(format!("{name}.rs"))).expect("a copy");
        manifest += &format!("[[example]]\nname = \"{name}\"\ncrate-type = [\"cdylib\"]\n");
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
