//! Plugins in the hands of rustc and the real SDK: whether they type-check, and whether fixed ones do
//! what they did.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_route_lint::fix::apply::Wanted;

use crate::check::fix;

/// The plugins of one kind.
pub(crate) type Texts = BTreeMap<usize, String>;

/// Drawn plugins, and what the fixes make of them.
#[derive(Debug, Default)]
pub(crate) struct Plugins {
    /// As they were drawn, for each of `safe`.
    pub(crate) drawn: Texts,
    pub(crate) safe: Texts,
    /// With the unsafe fixes too, where that is something else.
    pub(crate) all: Texts,
}

/// A plugin, with its safe fixes, with all.
pub(crate) fn fixed(text: &str) -> [String; 3] {
    let fixed = |wanted| fix(text, wanted).text;
    [text.to_owned(), fixed(Wanted::Safe), fixed(Wanted::All)]
}

impl Plugins {
    /// Those that the fixes change.
    pub(crate) fn new(texts: Vec<[String; 3]>) -> Self {
        let mut out = Self::default();
        for (n, [text, safe, all]) in texts.into_iter().enumerate() {
            if safe != all {
                out.all.insert(n, all);
            }
            if text != safe {
                out.safe.insert(n, safe);
                out.drawn.insert(n, text);
            }
        }
        out
    }

    fn kinds(&mut self) -> [(&'static str, &mut Texts); 3] {
        [
            ("drawn", &mut self.drawn),
            ("safe", &mut self.safe),
            ("all", &mut self.all),
        ]
    }
}

fn package() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixes")
}

/// A crate that runs the safe ones beside the drawn ones, and one that only has to compile.
fn write(plugins: &mut Plugins) {
    let package = package();
    let sources = package.join("src");
    let _ = fs::remove_dir_all(&sources);
    let mut library = String::new();
    let mut binary = include_str!("host.rs").to_owned();
    for (kind, texts) in plugins.kinds() {
        let folder = sources.join(kind);
        fs::create_dir_all(&folder).expect("a folder");
        let root = if kind == "all" {
            &mut library
        } else {
            &mut binary
        };
        *root += &format!("mod {kind} {{\n");
        for (number, text) in texts {
            fs::write(folder.join(format!("p{number}.rs")), text).expect("a plugin");
            *root += &format!("    pub mod p{number};\n");
        }
        *root += "}\n";
    }
    binary += "const PLUGINS: &[(usize, Main, Main)] = &[\n";
    for number in plugins
        .safe
        .keys()
        .filter(|n| plugins.drawn.contains_key(n))
    {
        binary += &format!("    ({number}, drawn::p{number}::main, safe::p{number}::main),\n");
    }
    binary += "];\n";
    fs::write(sources.join("lib.rs"), library).expect("a library");
    fs::write(sources.join("main.rs"), binary).expect("a binary");
    let manifest = "[package]\nname = \"fixes\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
                    [dependencies]\nproxy-wasm = \"0.2\"\nlog = \"0.4\"\n\
                    [profile.dev]\ndebug = false\nincremental = false\nstrip = true\n";
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
}

/// What cargo says of each plugin that does not compile.
fn build() -> BTreeMap<(String, usize), String> {
    let package = package();
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--offline",
            "--keep-going",
            "--message-format",
            "json",
        ])
        .arg("--target-dir")
        .arg(package.join("target"))
        .current_dir(&package)
        // `main!` makes a `main` of the module's own then.
        .env("RUSTFLAGS", "-Awarnings --cfg wasi_exec_model_reactor")
        .output()
        .expect("cargo runs");
    let mut out = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        let message = &message["message"];
        let file = message["spans"][0]["file_name"]
            .as_str()
            .unwrap_or_default();
        let parts: Vec<&str> = file.trim_end_matches(".rs").split(['/', '\\']).collect();
        if let (Some("error"), [.., kind, plugin]) = (message["level"].as_str(), &parts[..])
            && let Ok(number) = plugin.trim_start_matches('p').parse()
        {
            let said = message["rendered"].as_str().unwrap_or_default();
            let all: &mut String = out.entry(((*kind).to_owned(), number)).or_default();
            all.push_str(said);
        }
    }
    let failed = !output.status.success() && out.is_empty();
    assert!(!failed, "{}", String::from_utf8_lossy(&output.stderr));
    out
}

/// Runs the plugins; what those tell that tell something else than before.
fn run() -> String {
    let output = Command::new(package().join("target/debug/fixes")).output();
    let output = output.expect("the plugins run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// What is wrong with plugins.
pub(crate) fn mistakes(mut plugins: Plugins) -> String {
    let mut out = String::new();
    loop {
        write(&mut plugins);
        // What can't be resolved hides what has wrong types.
        let mistakes = build();
        if mistakes.is_empty() {
            break;
        }
        for ((kind, number), said) in mistakes {
            for (of, texts) in plugins.kinds() {
                if of == kind
                    && let Some(text) = texts.remove(&number)
                {
                    out += &format!("\n=== {kind} {number}\n{text}\n{said}");
                }
            }
        }
    }
    for line in run().lines() {
        let Some((number, what)) = line.split_once('\t') else {
            continue;
        };
        let text = number
            .parse()
            .ok()
            .and_then(|n: usize| plugins.drawn.get(&n));
        let text = text.map_or("", String::as_str);
        out += &format!("\n=== does something else: {number}\n{text}\n{what}\n");
    }
    out
}
