//! Broken, huge and odd sources: each is a diagnostic with its place, the rest is still analysed,
//! and nothing panics, hangs or overflows the stack.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wasm_route_lint::finding::{Problem, Severity};
use wasm_route_lint::report::Report;
use wasm_route_lint::{AnalyseOptions, Analysis, analyse};

const MANIFEST: &str = "\
[package]
name = \"NAME\"
version = \"0.1.0\"
edition = \"2021\"

[lib]
crate-type = [\"cdylib\"]

[dependencies]
proxy-wasm = \"0.2\"
";

/// A plugin with one finding. `FIELDS`, `REQUEST`, `RESPONSE` and `ITEMS` are filled in.
const PLUGIN: &str = r#"
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, LogLevel};

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}

struct Root;
impl Context for Root {}
impl RootContext for Root {
    fn create_http_context(&self, _id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter::default()))
    }
}

#[derive(Default)]
struct Filter {
    route: String,
    count: u64,
    FIELDS
}
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let bytes = self.get_property(vec!["route_name"]).unwrap_or_default();
        let route = String::from_utf8(bytes).unwrap_or_default();
        self.route = route.clone();
        REQUEST
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        RESPONSE
        Action::Continue
    }
}
ITEMS
"#;

/// The plugin with code put in.
#[derive(Default)]
struct Code {
    fields: String,
    request: String,
    response: String,
    items: String,
}

impl Code {
    fn text(&self) -> String {
        PLUGIN
            .replace("FIELDS", &self.fields)
            .replace("REQUEST", &self.request)
            .replace("RESPONSE", &self.response)
            .replace("ITEMS", &self.items)
    }
}

fn request(code: impl Into<String>) -> Code {
    Code {
        request: code.into(),
        ..Code::default()
    }
}

/// What a run over a temporary folder gave.
struct Run {
    folder: TempDir,
    analysis: Analysis,
    exit_code: u8,
    took: Duration,
}

/// Writes files, with a well-formed plugin with one finding in `good/` beside them, and analyses
/// the folder.
fn run(files: &[(&str, &[u8])]) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    put(
        folder.path(),
        "good/Cargo.toml",
        manifest("good").as_bytes(),
    );
    put(
        folder.path(),
        "good/src/lib.rs",
        Code::default().text().as_bytes(),
    );
    for (path, bytes) in files {
        put(folder.path(), path, bytes);
    }
    run_in(folder)
}

fn run_in(folder: TempDir) -> Run {
    let options = AnalyseOptions {
        cwd: folder.path().to_path_buf(),
        ..AnalyseOptions::default()
    };
    let start = Instant::now();
    let analysis = analyse(&options);
    let took = start.elapsed();
    let report = Report::new(&analysis, folder.path(), true, false);
    // Every format has to cope with what was found.
    assert!(!report.human(true, true).is_empty() && !report.sarif().is_empty());
    let (exit_code, _) = (report.exit_code, report.short());
    Run {
        folder,
        analysis,
        exit_code,
        took,
    }
}

/// Analyses one plugin with code put in.
fn run_code(code: &Code) -> Run {
    let (manifest, text) = (manifest("odd"), code.text());
    run(&[
        ("odd/Cargo.toml", manifest.as_bytes()),
        ("odd/src/lib.rs", text.as_bytes()),
    ])
}

fn manifest(name: &str) -> String {
    MANIFEST.replace("NAME", name)
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    let parent = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(parent).expect("folders can be made");
    fs::write(path, bytes).expect("files can be written");
}

impl Run {
    fn errors(&self) -> Vec<&Problem> {
        let problems = self.analysis.problems.iter();
        problems
            .filter(|problem| problem.severity == Severity::Error)
            .collect()
    }

    /// Whether the finding of the plugin in this folder was made.
    fn finds(&self, folder: &str) -> bool {
        self.analysis.findings.iter().any(|finding| {
            let name = &self.analysis.sources.file(finding.primary.span.file).name;
            name.starts_with(&format!("{folder}/")) && finding.subject == "Filter.route"
        })
    }

    /// The rest was analysed, and the one error is at this place and speaks of this.
    #[track_caller]
    fn fails_at(&self, place: &str, about: &str) {
        let errors = self.errors();
        let [error] = errors.as_slice() else {
            panic!("one error expected: {errors:#?}");
        };
        let folder = self.folder.path();
        let at = match (error.span, &error.path) {
            (Some(span), _) => self.analysis.sources.place(span),
            (None, Some(path)) => {
                let path = path.strip_prefix(folder).unwrap_or(path);
                path.to_string_lossy().replace('\\', "/")
            }
            (None, None) => String::new(),
        };
        assert_eq!(at, place, "{}", error.message);
        assert!(error.message.contains(about), "{}", error.message);
        assert!(self.finds("good"), "the rest was not analysed");
        assert_eq!(self.exit_code, 2);
    }

    /// Everything was analysed, within the time.
    #[track_caller]
    fn is_fine(&self) {
        let errors = self.errors();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(self.finds("good") && self.finds("odd"));
        assert_eq!(self.exit_code, 1);
        assert!(self.took < LIMIT, "it took {:?}", self.took);
    }
}

/// For builds without optimisation on a busy machine; a released binary takes a tenth.
const LIMIT: Duration = Duration::from_secs(120);

/// A file in place of a plugin's root module.
fn run_root(text: &[u8]) -> Run {
    let manifest = manifest("odd");
    run(&[
        ("odd/Cargo.toml", manifest.as_bytes()),
        ("odd/src/lib.rs", text),
    ])
}

#[test]
fn a_file_that_does_not_parse() {
    let text = Code::default().text() + "\nfn oops( {\n";
    let lines = text.lines().count();
    let run = run_root(text.as_bytes());
    let error = run.errors()[0].span.map(|s| run.analysis.sources.place(s));
    assert!(
        error
            .as_ref()
            .is_some_and(|e| e.starts_with(&format!("odd/src/lib.rs:{lines}:"))),
        "{error:?}"
    );
    assert!(run.finds("good"));
    assert_eq!(run.exit_code, 2);
}

#[test]
fn a_module_that_does_not_parse_leaves_the_others() {
    let (manifest, text) = (manifest("odd"), Code::default().text() + "mod broken;");
    let run = run(&[
        ("odd/Cargo.toml", manifest.as_bytes()),
        ("odd/src/lib.rs", text.as_bytes()),
        ("odd/src/broken.rs", b"fn broken() {\n    let = 1;\n}\n"),
    ]);
    run.fails_at("odd/src/broken.rs:2:9", "");
    assert!(run.finds("odd"));
}

#[test]
fn a_file_that_is_not_utf_8() {
    let mut text = Code::default().text().into_bytes();
    text.extend(b"// \xff\xfe\n");
    run_root(&text).fails_at("odd/src/lib.rs", "UTF-8");
    let utf_16: Vec<u8> = "\u{feff}fn f() {}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    run_root(&utf_16).fails_at("odd/src/lib.rs", "UTF-8");
}

#[test]
fn a_byte_order_mark_and_a_first_line_for_the_shell() {
    let plain = run_root(Code::default().text().as_bytes());
    for start in [
        "\u{feff}",
        "#!/usr/bin/env run\n",
        "\u{feff}#!/usr/bin/env run\n",
        "\r\n",
    ] {
        let text = format!("{start}{}", Code::default().text());
        let run = run_root(text.as_bytes());
        run.is_fine();
        let place = |run: &Run| {
            let mut findings = run.analysis.findings.iter();
            let span = findings.find_map(|f| {
                let span = f.primary.span;
                let name = &run.analysis.sources.file(span.file).name;
                name.starts_with("odd/").then_some(span)
            });
            let span = span.expect("a finding");
            run.analysis.sources.snippet(span).to_owned()
        };
        assert_eq!(place(&run), place(&plain), "{start:?}");
    }
}

#[test]
fn nothing_in_the_file() {
    for text in ["", " \n", "// only a comment", "\u{feff}"] {
        let run = run_root(text.as_bytes());
        assert!(run.errors().is_empty(), "{:#?}", run.errors());
        assert!(run.finds("good"));
        assert_eq!(run.exit_code, 1);
    }
}

#[test]
fn control_characters_and_no_line_end() {
    for text in [
        "\0",
        "\u{1b}[31m",
        "\"",
        "/*",
        "'",
        "r#\"",
        "}",
        "\\",
        "\u{202e}",
    ] {
        let run = run_root(text.as_bytes());
        assert_eq!(run.errors().len(), 1, "{text:?}");
        assert!(run.finds("good"));
        assert_eq!(run.exit_code, 2);
    }
}

/// Whether file modes mean nothing here, as for the superuser.
#[cfg(unix)]
fn reads_anything(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    put(folder, "probe", b"");
    let probe = folder.join("probe");
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o0)).expect("modes can be set");
    fs::read(probe).is_ok()
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    if reads_anything(folder.path()) {
        return;
    }
    put(
        folder.path(),
        "good/Cargo.toml",
        manifest("good").as_bytes(),
    );
    put(
        folder.path(),
        "good/src/lib.rs",
        Code::default().text().as_bytes(),
    );
    put(folder.path(), "odd/Cargo.toml", manifest("odd").as_bytes());
    put(folder.path(), "odd/src/lib.rs", b"");
    let closed = folder.path().join("odd/src/lib.rs");
    fs::set_permissions(closed, fs::Permissions::from_mode(0o0)).expect("modes can be set");
    run_in(folder).fails_at("odd/src/lib.rs", "");
}

#[test]
fn a_folder_in_place_of_a_file() {
    let manifest = manifest("odd");
    let run = run(&[
        ("odd/Cargo.toml", manifest.as_bytes()),
        ("odd/src/lib.rs/x", b""),
    ]);
    assert!(run.finds("good"));
}

#[test]
fn a_missing_module_file() {
    let text = Code::default().text() + "mod missing;\n";
    let line = text.lines().count();
    let run = run_root(text.as_bytes());
    run.fails_at(&format!("odd/src/lib.rs:{line}:1"), "missing");
    assert!(run.finds("odd"));
}

#[test]
fn modules_that_include_themselves() {
    let text = Code::default().text() + "#[path = \"lib.rs\"]\nmod again;\n";
    let run = run_root(text.as_bytes());
    assert!(run.finds("good") && run.took < LIMIT);
    let text = Code::default().text() + "include!(\"lib.rs\");\n";
    let run = run_root(text.as_bytes());
    assert!(run.finds("good") && run.took < LIMIT);
}

#[test]
fn a_missing_workspace_member() {
    let run = run(&[(
        "Cargo.toml",
        b"[workspace]\nresolver = \"2\"\nmembers = [\"good\", \"gone\"]\n",
    )]);
    assert!(run.finds("good"));
    let errors = run.errors();
    let [error] = errors.as_slice() else {
        panic!("one error expected: {errors:#?}");
    };
    assert!(error.message.contains("gone"), "{}", error.message);
    let place = error.span.map(|span| run.analysis.sources.place(span));
    assert!(place.is_some_and(|p| p.starts_with("Cargo.toml:3:")));
    assert_eq!(run.exit_code, 2);
}

#[test]
fn a_manifest_that_does_not_parse() {
    let run = run(&[("odd/Cargo.toml", b"[package\nname = 1\n")]);
    assert!(run.finds("good"));
    assert_eq!(run.errors().len(), 1);
    assert_eq!(run.exit_code, 2);
}

const DEPTH: usize = 5_000;

/// `core` within `DEPTH` layers.
fn nested(open: &str, core: &str, close: &str) -> String {
    format!("{}{core}{}", open.repeat(DEPTH), close.repeat(DEPTH))
}

/// Deep nesting of every kind: name and expression.
fn deep_expressions() -> Vec<(&'static str, String)> {
    vec![
        ("parentheses", nested("(", "route.len()", ")")),
        ("blocks", nested("{", "route.len()", "}")),
        ("negations", nested("!", "route.is_empty()", "")),
        ("minus signs", nested("- ", "1", "")),
        ("references", nested("& ", "route", "")),
        ("tuples", nested("(", "route.len()", ",)")),
        ("arrays", nested("[", "route.len()", "]")),
        ("method chains", nested("", "route", ".clone()")),
        ("calls", nested("Some(", "route.len()", ")")),
        ("fields", nested("", "route", ".0")),
        ("indices", nested("", "route", "[0]")),
        ("question marks", nested("", "route", "?")),
        ("casts", nested("", "1", " as u64")),
        ("sums", nested("", "1", " + route.len()")),
        ("conditions", nested("", "true", " && route.is_empty()")),
        ("closures", nested("|| ", "route.len()", "")),
        ("macros", nested("vec![", "route.len()", "]")),
        ("formats", nested("format!(\"{}\", ", "route", ")")),
        ("if", nested("if route.is_empty() {", "", "}")),
        (
            "else if",
            nested("if route.is_empty() { self.count += 1 } else ", "{}", ""),
        ),
        (
            "match",
            nested("match route.len() { 0 => ", "0", ", _ => 1 }"),
        ),
        ("loops", nested("loop { ", "", "break; }")),
        (
            "if let",
            nested("if let Some(route) = Some(&route) {", "", "}"),
        ),
        ("assignments", nested("self.count = ", "1", "")),
        ("ranges", nested("(..", "1", ")")),
        ("async blocks", nested("async { ", "route.len()", " }")),
    ]
}

/// Too deep for the front end is a problem at its place; what it takes, the rest takes too.
#[track_caller]
fn copes(name: &str, run: &Run) {
    assert!(run.finds("good"), "{name}");
    assert!(run.took < LIMIT, "{name} took {:?}", run.took);
    if run.errors().is_empty() {
        assert!(run.finds("odd"), "{name}: nothing was found");
    } else {
        assert_eq!(run.exit_code, 2, "{name}");
        assert!(run.errors().iter().all(|e| e.span.is_some()), "{name}");
    }
}

#[test]
fn deep_expressions_in_a_callback() {
    for (name, expression) in deep_expressions() {
        copes(
            name,
            &run_code(&request(format!("let _deep = {expression};"))),
        );
    }
}

#[test]
fn deep_expressions_in_functions_that_nobody_calls() {
    for (name, expression) in deep_expressions() {
        let items = format!("fn deep(route: String) {{ let _deep = {expression}; }}");
        let code = Code {
            items,
            ..Code::default()
        };
        copes(name, &run_code(&code));
    }
}

#[test]
fn deep_types_patterns_and_modules() {
    for (name, items) in [
        (
            "types",
            format!("type T = {};", nested("Option<", "u8", ">")),
        ),
        (
            "references",
            format!("fn f(_: {}) {{}}", nested("&", "u8", "")),
        ),
        (
            "tuples",
            format!("fn f(_: {}) {{}}", nested("(", "u8", ",)")),
        ),
        (
            "patterns",
            format!("fn f(x: u8) {{ let {} = x; }}", nested("Some(", "_", ")")),
        ),
        ("modules", nested("mod m {", "", "}")),
        ("functions", nested("fn f() {", "", "}")),
        ("groups", format!("unknown!({});", nested("(", "", ")"))),
        (
            "attributes",
            format!("#[cfg({})] fn f() {{}}", nested("not(", "test", ")")),
        ),
        ("uses", format!("use {}; ", nested("a::{", "b", "}"))),
        (
            "macros",
            format!(
                "macro_rules! m {{ ($($t:tt)*) => {{ {} }} }}",
                nested("{", "", "}")
            ),
        ),
    ] {
        let code = Code {
            items,
            ..Code::default()
        };
        copes(name, &run_code(&code));
    }
}

#[test]
fn recursion() {
    let code = Code {
        request: "self.down(&route); endless(route.clone()); even(7, &route); \
                  self.count = sum(&Tree { left: None, name: route.clone() });"
            .to_owned(),
        items: "
            struct Tree { left: Option<Box<Tree>>, name: String }
            fn sum(tree: &Tree) -> u64 {
                tree.left.as_ref().map_or(0, |left| sum(left)) + tree.name.len() as u64
            }
            fn endless(route: String) -> String { endless(format!(\"{route}!\")) }
            fn even(n: u64, route: &str) -> bool { if n == 0 { true } else { odd(n - 1, route) } }
            fn odd(n: u64, route: &str) -> bool { if n == 0 { false } else { even(n - 1, route) } }
            impl Filter {
                fn down(&mut self, route: &str) { self.count += 1; self.up(route); }
                fn up(&mut self, route: &str) { let f = || route.len(); f(); self.down(route); }
            }
            trait Again { fn again(&self) -> u64; }
            impl<T: Again> Again for Box<T> { fn again(&self) -> u64 { (**self).again() } }
        "
        .to_owned(),
        ..Code::default()
    };
    run_code(&code).is_fine();
}

#[test]
fn a_reference_to_itself() {
    let run = run_code(&Code {
        request: "self.count = odd();".to_owned(),
        items: "fn odd() -> u64 { let mut x = 0; x = &x; x }".to_owned(),
        ..Code::default()
    });
    copes("a reference to itself", &run);
}

#[test]
fn macros_that_expand_without_end() {
    let code = Code {
        request: "again!(route); twice!(route);".to_owned(),
        items: "
            macro_rules! again { ($($t:tt)*) => { again!($($t)* $($t)*) } }
            macro_rules! twice { ($t:expr) => { { twice!($t); twice!($t); } } }
        "
        .to_owned(),
        ..Code::default()
    };
    let run = run_code(&code);
    assert!(run.finds("good") && run.finds("odd"));
    assert!(run.took < LIMIT, "it took {:?}", run.took);
}

/// `f0` calls `f1` twice, `f1` calls `f2` twice, and so on: 2^30 paths.
#[test]
fn a_diamond_of_calls() {
    let mut items = String::new();
    let mut methods = String::new();
    for n in 0..30 {
        let m = n + 1;
        let _ = writeln!(items, "fn f{n}(r: &str) -> String {{ f{m}(&f{m}(r)) }}");
        let _ = writeln!(
            methods,
            "fn g{n}(&mut self, r: &str) {{ self.g{m}(r); if r.is_empty() {{ self.g{m}(\"x\") }} }}"
        );
    }
    let code = Code {
        request: "self.other = f0(&route); self.g0(&route);".to_owned(),
        response: "self.g0(\"answer\");".to_owned(),
        fields: "other: String,".to_owned(),
        items: format!(
            "{items} fn f30(r: &str) -> String {{ r.to_owned() }}
             impl Filter {{ {methods} fn g30(&mut self, r: &str) {{ self.other.push_str(r) }} }}"
        ),
    };
    run_code(&code).is_fine();
}

/// A callback that branches on everything in turn: 2^200 paths.
#[test]
fn many_branches_in_a_row() {
    let mut body = String::new();
    for n in 0..200 {
        let _ = writeln!(
            body,
            "if route.len() == {n} {{ self.count += 1 }} else {{ self.other = route.clone() }}"
        );
    }
    let code = Code {
        request: body,
        fields: "other: String,".to_owned(),
        ..Code::default()
    };
    run_code(&code).is_fine();
}

fn loops(depth: usize) -> Code {
    let (mut open, mut close) = (String::new(), String::new());
    for n in 0..depth {
        let _ = write!(
            open,
            "for i{n} in 0..self.count {{ if i{n} == 3 {{ continue; }} "
        );
        close.push_str("self.other = format!(\"{}{route}\", self.other); }");
    }
    Code {
        request: open + &close,
        fields: "other: String,".to_owned(),
        ..Code::default()
    }
}

#[test]
fn loops_within_loops() {
    run_code(&loops(8)).is_fine();
    // More than anybody writes: the analysis may give up, but says so.
    let run = run_code(&loops(40));
    assert!(run.finds("good") && run.took < LIMIT, "{:?}", run.took);
    assert!(run.finds("odd") || run.exit_code == 2);
}

#[test]
fn a_match_with_5000_arms() {
    let mut arms = String::new();
    for n in 0..5_000 {
        let _ = writeln!(arms, "\"route-{n}\" => {n},");
    }
    let code = request(format!(
        "self.count = match route.as_str() {{ {arms} _ => 0 }};"
    ));
    run_code(&code).is_fine();
}

#[test]
fn a_callback_with_5000_statements() {
    let mut body = String::new();
    for n in 0..5_000 {
        let _ = writeln!(
            body,
            "let v{n} = route.len() + {n}; self.count += v{n} as u64;"
        );
    }
    run_code(&request(body)).is_fine();
}

#[test]
fn functions_by_the_thousand() {
    let (mut calls, mut items) = (String::new(), String::new());
    for n in 0..2_000 {
        let _ = writeln!(calls, "self.count += f{n}(&route);");
        let _ = writeln!(
            items,
            "fn f{n}(route: &str) -> u64 {{ route.len() as u64 * {n} }}"
        );
    }
    let code = Code {
        request: calls,
        items,
        ..Code::default()
    };
    run_code(&code).is_fine();
}

#[test]
fn fields_by_the_hundred() {
    let (mut fields, mut request, mut response) = (String::new(), String::new(), String::new());
    for n in 0..300 {
        let _ = writeln!(fields, "f{n}: String,");
        let _ = writeln!(request, "self.f{n} = route.clone();");
        let _ = writeln!(
            response,
            "self.set_http_response_header(\"x-{n}\", Some(&self.f{n}));"
        );
    }
    let code = Code {
        fields,
        request,
        response,
        items: String::new(),
    };
    let run = run_code(&code);
    run.is_fine();
    let kept = |finding: &&wasm_route_lint::finding::Finding| finding.subject.contains(".f");
    assert_eq!(run.analysis.findings.iter().filter(kept).count(), 300);
}

/// A repeatable sequence (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("it is below a usize")
    }
}

/// Pieces that mean something, so that more mutants still parse.
const PIECES: &[&str] = &[
    "self",
    "&mut ",
    "?",
    "mut ",
    "{",
    "}",
    "(",
    ")",
    "|x| ",
    "match ",
    "if ",
    "..",
    "::",
    ";",
    "loop ",
    "return ",
    "None",
    "Some(",
    ".clone()",
    "'a ",
    "dyn ",
    "0",
    "\"",
    "/*",
    "#[",
    "!",
    "impl ",
    "fn f() ",
    "struct S;",
    "=",
    "<",
    ">",
    "as ",
    "async ",
    "\u{e9}",
    "\u{0}",
];

fn mutate(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len());
        let end = (at + 1 + random.below(24)).min(text.len());
        match random.below(5) {
            0 => text[at] = u8::try_from(random.below(256)).expect("it is below 256"),
            1 => drop(text.drain(at..end)),
            2 => {
                let piece = PIECES[random.below(PIECES.len())];
                text.splice(at..at, piece.bytes());
            }
            3 => {
                let copy = text[at..end].to_vec();
                let to = random.below(text.len());
                text.splice(to..to, copy);
            }
            _ => {
                // A whole line goes elsewhere.
                let start = text[..at]
                    .iter()
                    .rposition(|&b| b == b'\n')
                    .map_or(0, |n| n + 1);
                let end = text[at..]
                    .iter()
                    .position(|&b| b == b'\n')
                    .map_or(text.len(), |n| at + n);
                let line: Vec<u8> = text.drain(start..end).collect();
                let to = random.below(text.len());
                text.splice(to..to, line);
            }
        }
    }
    text
}

#[test]
fn mutations_of_the_example_plugin() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/example-plugin");
    let read = |path: &str| fs::read(example.join(path)).expect("the example is there");
    let manifest = read("Cargo.toml");
    let files: Vec<(&str, Vec<u8>)> = ["src/lib.rs", "src/policy.rs", "src/rules.rs"]
        .into_iter()
        .map(|path| (path, read(path)))
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    put(folder.path(), "Cargo.toml", &manifest);
    let options = AnalyseOptions {
        cwd: folder.path().to_path_buf(),
        model: true,
        ..AnalyseOptions::default()
    };
    let mut random = Random(42);
    let mut parsed = 0;
    for _ in 0..500 {
        let mutant = random.below(files.len());
        for (n, (path, text)) in files.iter().enumerate() {
            if n == mutant {
                put(folder.path(), path, &mutate(text, &mut random));
            } else {
                put(folder.path(), path, text);
            }
        }
        let analysis = analyse(&options);
        let report = Report::new(&analysis, folder.path(), true, false);
        let _ = (report.human(true, true), report.short(), report.sarif());
        parsed += usize::from(report.exit_code != 2);
    }
    assert!(parsed > 50, "only {parsed} mutants were analysed");
}
