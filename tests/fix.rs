//! Fixes: what they make of the constructs parses, is clean of what was fixed, type-checks, and keeps
//! every byte that it need not change, whatever line breaks and indentation the file has.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_route_lint::finding::Safety;
use wasm_route_lint::fix::apply::{Wanted, rounds};
use wasm_route_lint::{AnalyseOptions, analyse};

/// Another layout of a text.
type Change = fn(&str) -> String;

/// The files of a folder below `testdata`, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|e| e.expect("an entry").path())
        .collect();
    files.sort();
    files
}

fn constructs() -> Vec<PathBuf> {
    let mut files = files("constructs");
    files.retain(|p| {
        let name = p.file_name().expect("a name");
        name.to_string_lossy().starts_with("bad_")
    });
    files
}

fn options(file: &Path) -> AnalyseOptions {
    AnalyseOptions {
        cwd: file.parent().expect("a folder").to_path_buf(),
        paths: vec![file.to_path_buf()],
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    }
}

/// The fixed text, if there was something to fix, and how many findings were.
fn fixed(text: &str) -> Option<(String, usize)> {
    fixed_as(text, Wanted::Safe)
}

fn fixed_as(text: &str, wanted: Wanted) -> Option<(String, usize)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("plugin.rs");
    fs::write(&file, text).expect("the case can be written");
    let options = options(&file);
    let applied = rounds(&options, analyse(&options), wanted);
    assert!(applied.analysis.problems.is_empty());
    let text = applied.files.into_values().next()?;
    Some((text.to_string(), applied.fixed))
}

#[test]
fn fixes_keep_layout_and_are_idempotent() {
    let mut count = 0;
    for file in constructs() {
        let text = fs::read_to_string(&file).expect("a case");
        let Some((plain, _)) = fixed(&text) else {
            continue;
        };
        count += 1;
        let name = file.display();
        assert!(
            fixed(&plain).is_none(),
            "{name}: a second round changes more"
        );
        let ways: [(&str, Change); 3] = [
            ("CRLF", |t| t.replace('\n', "\r\n")),
            ("BOM", |t| format!("\u{feff}{t}")),
            ("tabs", |t| {
                let line = |l: &str| {
                    let rest = l.trim_start_matches(' ');
                    let depth = (l.len() - rest.len()) / 4;
                    let odd = " ".repeat((l.len() - rest.len()) % 4);
                    format!("{}{odd}{rest}", "\t".repeat(depth))
                };
                t.split('\n').map(line).collect::<Vec<_>>().join("\n")
            }),
        ];
        for (way, change) in ways {
            let (other, _) = fixed(&change(&text)).expect("it is fixed in any layout");
            assert_eq!(other, change(&plain), "{name} with {way}");
        }
    }
    assert!(count > 25, "only {count} cases are fixed");
}

#[test]
fn fixed_constructs_type_check() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixed");
    let _ = fs::remove_dir_all(package.join("examples"));
    fs::create_dir_all(package.join("src")).expect("a folder");
    fs::create_dir_all(package.join("examples")).expect("a folder");
    fs::write(package.join("src/lib.rs"), "").expect("a library");
    let mut manifest = String::from(
        "[package]\nname = \"fixed\"\nversion = \"0.0.0\"\nedition = \"2021\"\nautoexamples = false\n\
         [workspace]\n[dependencies]\nproxy-wasm = \"0.2\"\nlazy_static = \"1\"\nlog = \"0.4\"\n",
    );
    let safe = constructs().into_iter().chain(files("fix/mended"));
    let safe = safe.map(|f| (f, Wanted::Safe));
    let all = shown().into_iter().map(|f| (f, Wanted::All));
    for (file, wanted) in safe.chain(all) {
        let text = fs::read_to_string(&file).expect("a case");
        let Some((plain, _)) = fixed_as(&text, wanted) else {
            continue;
        };
        let stem = file
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        fs::write(package.join(format!("examples/{stem}.rs")), plain).expect("a case");
        let _ = write!(
            manifest,
            "[[example]]\nname = \"{stem}\"\ncrate-type = [\"rlib\"]\n"
        );
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--quiet",
            "--keep-going",
            "--examples",
        ])
        .arg("--target-dir")
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

fn shown() -> Vec<PathBuf> {
    let mut files = files("fix/shown");
    files.retain(|p| p.extension().is_some_and(|e| e == "rs"));
    files
}

/// What is offered for a plugin, and what `--fix=all` makes of it. `UPDATE=1` writes the pages.
#[test]
fn fixes_look_as_shown() {
    for file in shown() {
        let text = fs::read_to_string(&file).expect("a case");
        let mut page = String::new();
        for finding in analyse(&options(&file)).findings {
            let _ = writeln!(page, "// {}: `{}`", finding.rule, finding.subject);
            for fix in &finding.fixes {
                let safety = match &fix.reason {
                    Some(reason) => format!("unsafe, {reason}"),
                    None => "safe".to_owned(),
                };
                let _ = writeln!(page, "//   {}: {safety}", fix.title);
            }
            let mut notes = finding.notes.iter();
            if let Some(reason) = notes.find(|n| n.starts_with("no edit is offered")) {
                let _ = writeln!(page, "//   {reason}");
            }
        }
        if let Some((fixed, _)) = fixed_as(&text, Wanted::All) {
            page.push('\n');
            page.push_str(&fixed);
        }
        let known = file.with_extension("fixed");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&known, page).expect("the page can be written");
        } else {
            let old = fs::read_to_string(&known).unwrap_or_default();
            assert_eq!(old, page, "{}: run with UPDATE=1", file.display());
        }
    }
}

/// What looks as if it could be moved, and can't: each of these once got a safe fix that changed what
/// the plugin does, or did not compile.
#[test]
fn nothing_unsafe_is_done_unasked() {
    for file in files("fix/refused") {
        let text = fs::read_to_string(&file).expect("a case");
        let found = analyse(&options(&file)).findings;
        assert!(!found.is_empty(), "{}: nothing is found", file.display());
        assert_eq!(fixed(&text).map(|(t, _)| t), None, "{}", file.display());
    }
}

/// What once did not compile, or lost something, and is fixed now; that it compiles is seen above.
#[test]
fn what_can_be_done_is_done() {
    for file in files("fix/mended") {
        let text = fs::read_to_string(&file).expect("a case");
        assert!(fixed(&text).is_some(), "{}: not fixed", file.display());
    }
}

/// Each finding that rules with edits report has a fix or says why it has none.
#[test]
fn every_finding_has_a_fix_or_a_reason() {
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for file in constructs() {
        for f in analyse(&options(&file)).findings {
            if !matches!(f.rule, "route-in-stream-context" | "stale-match-decision") {
                continue;
            }
            let reason = f.notes.iter().any(|n| n.starts_with("no edit is offered"));
            let what = match f.fixes.first() {
                Some(fix) if fix.safety == Safety::Safe => "safe",
                Some(fix) => {
                    assert!(fix.reason.is_some(), "{}", f.message);
                    "unsafe"
                }
                None => {
                    assert!(reason, "{}: {}", file.display(), f.message);
                    "reason"
                }
            };
            *tally.entry(what).or_default() += 1;
        }
    }
    assert!(tally["safe"] > 25 && tally["reason"] > 0, "{tally:?}");
}

/// What `wanted` makes of a tree of files, as far as it changes them.
fn fixed_tree(files: &[(&str, &str)], wanted: Wanted) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("the file can be written");
    }
    let options = AnalyseOptions {
        cwd: folder.path().to_path_buf(),
        paths: vec![folder.path().to_path_buf()],
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    };
    let applied = rounds(&options, analyse(&options), wanted);
    assert!(
        applied.analysis.problems.is_empty(),
        "{:?}",
        applied.analysis.problems
    );
    let changed = applied.files.into_iter();
    let name = |path: &Path| {
        let below = path.strip_prefix(folder.path()).unwrap_or(path);
        below.to_string_lossy().into_owned()
    };
    changed
        .map(|(path, text)| (name(&path), text.to_string()))
        .collect()
}

const MANIFEST: &str = "[package]\nname = \"NAME\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
                        [dependencies]\nproxy-wasm = \"0.2\"\n";

const PLUGIN: &str = r#"use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| -> Box<dyn HttpContext> { Box::new(Plugin { id, route: None }) });
}}

struct Plugin {
    id: u32,
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"admin") {
            self.set_http_response_header("x-id", Some(&self.id.to_string()));
        }
        Action::Continue
    }
}
"#;

/// Members of a workspace have types of one name, and are fixed as if they were alone.
#[test]
fn packages_are_told_apart() {
    let manifests = ["one", "two"].map(|n| MANIFEST.replace("NAME", n));
    // The other one changes a field of the same name from everywhere.
    let other = PLUGIN.replace("if self.route", "self.route.take();\n        if self.route");
    let fixed = fixed_tree(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\n"),
            ("one/Cargo.toml", &manifests[0]),
            ("two/Cargo.toml", &manifests[1]),
            ("one/src/lib.rs", PLUGIN),
            ("two/src/lib.rs", &other),
        ],
        Wanted::Safe,
    );
    let alone = fixed_as(PLUGIN, Wanted::Safe).map(|(text, _)| text);
    assert_eq!(fixed.get("one/src/lib.rs"), alone.as_ref());
}

/// Code that is pulled in is somebody else's: a literal in it keeps its field.
#[test]
fn included_files_are_left_alone() {
    let text = PLUGIN
        .replace("Plugin { id, route: None }", "new_plugin(id)")
        .replace("impl Context", "include!(\"new.in\");\n\nimpl Context");
    let included = "fn new_plugin(id: u32) -> Plugin {\n    Plugin { id, route: None }\n}\n";
    let manifest = MANIFEST.replace("NAME", "one");
    for name in ["new.rs", "new.in"] {
        let fixed = fixed_tree(
            &[
                ("Cargo.toml", &manifest),
                ("src/lib.rs", &text.replace("new.in", name)),
                (&format!("src/{name}"), included),
            ],
            Wanted::All,
        );
        let files: Vec<&String> = fixed.keys().collect();
        assert_eq!(files, ["src/lib.rs"]);
        let text = &fixed["src/lib.rs"];
        assert!(text.contains("    route: Option<Vec<u8>>,\n"), "{text}");
    }
}

/// Modules that the build leaves out may use what is private: unit tests make a fix unsafe, others keep
/// the field.
#[test]
fn modules_that_are_left_out_count() {
    let manifest = format!(
        "{}\n[features]\ndebug = []\n",
        MANIFEST.replace("NAME", "one")
    );
    let user = "use super::*;\nfn show(p: &Plugin) -> usize {\n    p.route.iter().len()\n}\n";
    let other = "use super::*;\nfn show(p: &Plugin) -> u32 {\n    p.id\n}\n";
    for (module, text, safe, goes) in [
        ("#[cfg(test)]\nmod more;\n", user, false, false),
        ("#[cfg(test)]\nmod more;\n", other, true, true),
        (
            "#[cfg(feature = \"debug\")]\nmod more;\n",
            user,
            true,
            false,
        ),
        (
            "#[cfg(feature = \"debug\")]\nmod more;\n",
            other,
            true,
            true,
        ),
    ] {
        let plugin = format!("{PLUGIN}\n{module}");
        let files = [
            ("Cargo.toml", manifest.as_str()),
            ("src/lib.rs", &plugin),
            ("src/more.rs", text),
        ];
        let fixed = fixed_tree(&files, Wanted::Safe);
        assert_eq!(!fixed.is_empty(), safe, "{module}{text}");
        let fixed = fixed_tree(&files, Wanted::All);
        let kept = fixed["src/lib.rs"].contains("    route: Option<Vec<u8>>,\n");
        assert_eq!(!kept, goes, "{module}{text}");
    }
}

/// What can't be moved is told in the author's own names: what to keep, what to call again, and where.
#[test]
fn help_for_what_also_needs_a_header_says_what_to_keep() {
    let text = r#"
use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) }); }}
#[derive(Default)]
struct Plugin { strict: bool }
impl Plugin {
    fn is_strict(&self) -> bool {
        let host = self.get_http_request_header(":authority").unwrap_or_default();
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        host == "admin.example" && route == b"admin"
    }
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.strict = self.is_strict();
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.strict { self.set_http_response_header("x-strict", Some("1")); }
        Action::Continue
    }
}
"#;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("plugin.rs");
    fs::write(&file, text).expect("the case can be written");
    let found = analyse(&options(&file)).findings;
    let help: Vec<&str> = found
        .iter()
        .filter(|f| f.rule == "stale-match-decision")
        .filter_map(|f| Some(f.help.as_ref()?.text.as_str()))
        .collect();
    let expected = "keep `:authority` in a field of `Plugin`, since the host can't be asked for that later, \
                    and call `Plugin::is_strict` with that again in `on_http_response_headers`";
    assert_eq!(help, [expected]);
    assert!(found.iter().all(|f| f.fixes.is_empty()));
}

/// What another rule says of code goes with the code: it is no new finding where that moves.
#[test]
fn findings_of_other_rules_move_along() {
    let read = "self.get_property(vec![\"xds\", \"route_name\"])";
    let text = PLUGIN.replace(read, &format!("Some({read}.unwrap())"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("plugin.rs");
    fs::write(&file, text).expect("the case can be written");
    let options = options(&file);
    let first = analyse(&options);
    let rules: Vec<&str> = first.findings.iter().map(|f| f.rule).collect();
    assert!(rules.contains(&"unchecked-route-property"), "{rules:?}");
    let applied = rounds(&options, first, Wanted::All);
    assert_eq!(applied.fixed, 1);
    let left: Vec<&str> = applied.analysis.findings.iter().map(|f| f.rule).collect();
    assert!(!left.contains(&"route-in-stream-context"), "{left:?}");
    assert!(left.contains(&"unchecked-route-property"), "{left:?}");
}

/// A module of the plugin that is called `log` is not the crate.
#[test]
fn a_module_called_log_is_not_the_crate() {
    let manifest = MANIFEST.replace("NAME", "one");
    let unwrapped = PLUGIN
        .replace("use proxy_wasm::traits", "use crate::log;\nuse proxy_wasm::traits")
        .replace(
            "self.route = self.get_property(vec![\"xds\", \"route_name\"]);",
            "log::note(\"request\");\n        let route = self.get_property(vec![\"xds\", \"route_name\"]).unwrap();\n        \
             self.set_http_request_header(\"x-length\", Some(&route.len().to_string()));",
        );
    let root = "mod log;\nmod plugin;\n";
    let note = "pub fn note(_: &str) {}\n";
    let files = [
        ("Cargo.toml", manifest.as_str()),
        ("src/lib.rs", root),
        ("src/log.rs", note),
        ("src/plugin.rs", &unwrapped),
    ];
    let fixed = fixed_tree(&files, Wanted::All);
    let text = &fixed["src/plugin.rs"];
    assert!(text.contains("proxy_wasm::hostcalls::log("), "{text}");
    assert!(!text.contains("log::warn!"), "{text}");
}
