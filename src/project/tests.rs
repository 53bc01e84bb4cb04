//! Tests of loading, with a front end that knows just enough syntax to name files.

#![allow(clippy::unwrap_used)]

mod loose;
mod manifests;
mod modules;
mod packages;
mod pick;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Features, FrontEnd, Loaded, Options, Status, load_with};
use crate::finding::{Problem, Severity};
use crate::ir::{
    CrateId, FnId, Fragment, Function, Item, ModDecl, Module, ModuleId, Program, Symbol, Type,
};
use crate::rust::{Cfg, Lowered};
use crate::source::{FileId, Span};

/// One item a line: `fn x`, `mod x;`, `mod x {`, `}`, `include!("x");`, with `#[cfg(..)]` or
/// `#[path = ".."]` before it. `bad` is a syntax error, `expr` one outside of expressions.
struct Toy;

impl FrontEnd for Toy {
    fn lower(&self, file: FileId, text: &str, cfg: &dyn Cfg) -> Lowered {
        let mut fragment = Fragment::default();
        fragment.modules.push(module("", None, file));
        let mut at = ModuleId(0);
        for line in text.lines() {
            let offset = line.as_ptr() as usize - text.as_ptr() as usize;
            let span = Span::new(file, offset, offset + line.len());
            let mut line = line.trim();
            if line == "bad" || line == "expr" {
                return Lowered {
                    problems: vec![Problem::at("syntax error", span)],
                    ..Lowered::default()
                };
            }
            if let Some(rest) = line.strip_prefix("#[cfg(") {
                let (predicate, rest) = rest.split_once(")] ").unwrap();
                if !cfg.active(predicate) {
                    continue;
                }
                line = rest;
            }
            let mut path = None;
            if let Some(rest) = line.strip_prefix("#[path = \"") {
                let (value, rest) = rest.split_once("\"] ").unwrap();
                path = Some(value.to_owned());
                line = rest;
            }
            let declare = |name: &str, path| ModDecl {
                name: Symbol::new(name),
                path,
                parent: at,
                span,
            };
            if let Some(name) = line.strip_prefix("fn ") {
                let id = FnId(u32::try_from(fragment.functions.len()).unwrap());
                fragment.functions.push(function(name, at, span));
                let item = (Symbol::new(name), Item::Fn(id));
                fragment.modules[at.index()].items.push(item);
            } else if let Some(path) = line.strip_prefix("include!(\"") {
                let path = path.trim_end_matches("\");").to_owned();
                fragment.includes.push(declare("", Some(path)));
            } else if let Some(name) = line.strip_prefix("mod ") {
                if let Some(name) = name.strip_suffix(';') {
                    fragment.mods.push(declare(name, path));
                } else {
                    let name = name.trim_end_matches(" {");
                    let id = ModuleId(u32::try_from(fragment.modules.len()).unwrap());
                    let item = (Symbol::new(name), Item::Module(id));
                    fragment.modules[at.index()].items.push(item);
                    fragment.modules.push(module(name, Some(at), file));
                    at = id;
                }
            } else if line == "}" {
                at = fragment.modules[at.index()].parent.unwrap();
            }
        }
        Lowered {
            fragment,
            ..Lowered::default()
        }
    }

    fn lower_expr(&self, file: FileId, _: &str, text: &str, _: &dyn Cfg) -> Lowered {
        let mut lowered = Lowered::default();
        if text.contains("bad") {
            let span = Span::new(file, 0, 0);
            lowered.problems.push(Problem::at("syntax error", span));
        }
        lowered
    }
}

fn module(name: &str, parent: Option<ModuleId>, file: FileId) -> Module {
    Module {
        krate: CrateId(0),
        parent,
        name: Symbol::new(name),
        is_block: false,
        items: Vec::new(),
        imports: Vec::new(),
        file,
    }
}

fn function(name: &str, module: ModuleId, span: Span) -> Function {
    Function {
        name: Symbol::new(name),
        module,
        impl_id: None,
        trait_id: None,
        generics: Vec::new(),
        receiver: None,
        params: Vec::new(),
        ret: Type::unit(),
        is_async: false,
        is_entry: false,
        body: None,
        span,
        name_span: span,
    }
}

/// A folder with these files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(dir.path(), name, text.as_bytes());
    }
    dir
}

fn write(dir: &Path, name: &str, bytes: &[u8]) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The manifest of a plugin with more lines behind its dependencies.
fn plugin(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [dependencies]\nproxy-wasm = \"0.2\"\n{more}"
    )
}

/// The manifest of a library without an SDK.
fn library(name: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nedition = \"2021\"\n[dependencies]\n{more}")
}

fn run(dir: &Path, paths: &[&str]) -> Loaded {
    run_with(dir, paths, Features::default())
}

fn run_with(dir: &Path, paths: &[&str], features: Features) -> Loaded {
    let options = Options {
        paths: paths.iter().map(|p| dir.join(p)).collect(),
        features,
        threads: Some(2),
        ..Options::default()
    };
    load_with(&options, &Toy)
}

/// One line for each crate (names it knows other crates by) and module (its items).
fn outline(program: &Program) -> String {
    let mut out = String::new();
    for (n, krate) in program.crates.iter().enumerate() {
        let deps: Vec<String> = krate
            .deps
            .iter()
            .map(|(name, id)| format!("{name}={}", program.crates[id.index()].name))
            .collect();
        let external: Vec<&str> = krate.external.iter().map(|(n, _)| n.as_str()).collect();
        let _ = writeln!(
            out,
            "crate {} [{}] ext [{}]",
            krate.name,
            deps.join(" "),
            external.join(" ")
        );
        assert_eq!(program.modules[krate.root.index()].krate.index(), n);
        describe(program, krate.root, 1, &mut out);
    }
    out
}

fn describe(program: &Program, id: ModuleId, depth: usize, out: &mut String) {
    let module = &program.modules[id.index()];
    let _ = write!(out, "{}{}", "  ".repeat(depth), module.name);
    let mut inner = Vec::new();
    for (name, item) in &module.items {
        match item {
            Item::Fn(f) => {
                let f = &program.functions[f.index()];
                assert_eq!(f.name, *name);
                assert_eq!(f.module, id);
                let _ = write!(out, " {name}");
            }
            Item::Module(m) => {
                let child = &program.modules[m.index()];
                assert_eq!(child.parent, Some(id));
                assert_eq!(child.krate, module.krate);
                assert_eq!(child.name, *name);
                inner.push(*m);
            }
            Item::Type(_) | Item::Trait(_) | Item::Global(_) => {}
        }
    }
    out.push('\n');
    for m in inner {
        describe(program, m, depth + 1, out);
    }
}

/// One line for each problem: severity, place or path, message.
fn problems(loaded: &Loaded, dir: &Path) -> String {
    let dir = format!("{}/", dir.display());
    let mut out = String::new();
    for p in &loaded.problems {
        let place = match (&p.span, &p.path) {
            (Some(span), _) => loaded.sources.place(*span),
            (None, Some(path)) => path.display().to_string(),
            (None, None) => String::new(),
        };
        let kind = match p.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = writeln!(out, "{kind} {place}: {}", p.message);
        if let Some(help) = &p.help {
            let _ = writeln!(out, "  {help}");
        }
    }
    out.replace(&dir, "")
}

/// One line for each package.
fn packages(loaded: &Loaded) -> String {
    let mut out = String::new();
    for p in &loaded.packages {
        let targets: Vec<String> = p
            .targets
            .iter()
            .map(|t| format!("{:?}:{}", t.kind, t.name))
            .collect();
        let status = match &p.status {
            Status::Analysed => "analysed",
            Status::Dependency => "dependency",
            Status::Skipped(why) => why,
        };
        let _ = writeln!(out, "{} {}: {status}", p.name, targets.join(" "));
    }
    out
}
