//! A folder with a plugin in it, and what the binary says there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use snapbox::IntoData as _;
use snapbox::data::Inline;
use tempfile::TempDir;

/// Two fields that keep the route, a static that does, and a clean callback.
pub(crate) const PLUGIN: &str = r#"use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::cell::RefCell;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

thread_local! {
    static LAST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct Plugin {
    route: Vec<u8>,
    is_paid: bool,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        self.is_paid = route == b"paid";
        LAST.with(|last| last.replace(route.clone()));
        self.route = route;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.is_paid {
            self.set_http_response_header_bytes("x-route", Some(&self.route));
        }
        let last = LAST.with(|last| last.borrow().clone());
        self.set_http_response_header_bytes("x-last", Some(&last));
        Action::Continue
    }
}
"#;

const MANIFEST: &str = "[package]\nname = \"plugin\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
                        [lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nproxy-wasm = \"0.2\"\n";

/// A temporary folder.
pub(crate) struct Folder {
    temporary: TempDir,
}

impl Folder {
    /// An empty one. It looks like a repository, so that no file above it matters.
    pub(crate) fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(temporary.path().join(".git")).expect("a folder");
        Self { temporary }
    }

    /// One with a package of this source.
    pub(crate) fn with_plugin(source: &str) -> Self {
        Self::new().package("", source)
    }

    /// Adds a package.
    pub(crate) fn package(self, at: &str, source: &str) -> Self {
        let name = if at.is_empty() { "plugin" } else { at };
        let manifest = MANIFEST.replace("\"plugin\"", &format!("{:?}", name.replace('/', "-")));
        let under = |file: &str| Path::new(at).join(file).to_string_lossy().into_owned();
        self.file(&under("Cargo.toml"), &manifest)
            .file(&under("src/lib.rs"), source)
    }

    /// Adds or replaces a file.
    pub(crate) fn file(self, at: &str, text: &str) -> Self {
        self.write(at, text);
        self
    }

    pub(crate) fn write(&self, at: &str, text: &str) {
        let path = self.path(at);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, at: &str) -> String {
        fs::read_to_string(self.path(at)).expect("a file")
    }

    pub(crate) fn path(&self, at: &str) -> PathBuf {
        self.temporary.path().join(at)
    }

    /// Runs the binary there, with nothing in the environment that changes what it does.
    pub(crate) fn run(&self, line: &str) -> Run {
        self.run_in("", line)
    }

    pub(crate) fn run_in(&self, at: &str, line: &str) -> Run {
        self.run_at(&self.path(at), line)
    }

    /// The same in a folder anywhere.
    pub(crate) fn run_at(&self, folder: &Path, line: &str) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-wasm-route-lint"))
            .args(line.split_whitespace())
            .current_dir(folder)
            .env_remove("CARGO_TERM_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("NO_COLOR")
            .env("COLUMNS", "100")
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        Run {
            line: line.to_owned(),
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Runs command lines one after another and compares what they say.
    pub(crate) fn transcript(&self, lines: &[&str], expected: Inline) {
        let runs: Vec<String> = lines.iter().map(|line| self.run(line).shown()).collect();
        snapbox::assert_data_eq!(runs.join("\n"), expected.raw());
    }
}

/// What one run of the binary gave.
pub(crate) struct Run {
    line: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// As in a terminal, with the exit code at the end.
    fn shown(&self) -> String {
        let mut text = format!("$ cargo wasm-route-lint {}\n", self.line);
        for line in self.out.lines().chain(self.err.lines()) {
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let code = self
            .code
            .map_or_else(|| "none".to_owned(), |c| c.to_string());
        let _ = writeln!(text, "[exit code {code}]");
        text
    }
}
