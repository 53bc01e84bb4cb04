//! The Rust front end: what each construct becomes, and that nothing makes it fail.

use std::fmt::Write as _;
use std::path::Path;

use wasm_route_lint::ir::{Fragment, Item, print_function};
use wasm_route_lint::rust::{Cfg, Lowered, lower_expr_file, lower_file};
use wasm_route_lint::source::{FileId, Span};

/// Only `feature = "on"` is set.
struct OnlyOn;

impl Cfg for OnlyOn {
    fn active(&self, predicate: &str) -> bool {
        predicate == "feature = \"on\""
    }
}

fn lower(text: &str) -> Lowered {
    lower_file(FileId(0), text, &OnlyOn)
}

/// Runs `work` with a stack as deep as the tool's own threads have.
fn deep<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new()
        .stack_size(1 << 30)
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("no panic")
}

/// A fragment as text: the items of each module, then the functions.
fn print_fragment(lowered: &Lowered) -> String {
    let fragment = &lowered.fragment;
    let mut out = String::new();
    for (n, module) in fragment.modules.iter().enumerate() {
        let name = if n == 0 {
            "crate"
        } else {
            module.name.as_str()
        };
        let _ = writeln!(out, "module {name}");
        for import in &module.imports {
            let name = import.name.map_or("_", |n| n.as_str());
            let name = if import.glob { "*" } else { name };
            let _ = writeln!(out, "  use {} as {name}", import.path);
        }
        for (name, item) in &module.items {
            let _ = writeln!(out, "  {name}: {}", item_text(fragment, *item));
        }
    }
    for decl in &fragment.mods {
        let _ = writeln!(out, "mod {} {:?}", decl.name, decl.path);
    }
    for decl in &fragment.includes {
        let _ = writeln!(out, "include {}", decl.name);
    }
    for t in &fragment.types {
        let _ = writeln!(
            out,
            "type {} {:?} {:?}",
            t.name,
            t.derives,
            generics(&t.generics)
        );
    }
    for t in &fragment.traits {
        let supers: Vec<_> = t.supers.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "trait {}: {}", t.name, supers.join(" + "));
    }
    for i in &fragment.impls {
        let of = i
            .of_trait
            .as_ref()
            .map_or("-".to_owned(), ToString::to_string);
        let types: Vec<_> = i.types.iter().map(|(n, t)| format!("{n} = {t}")).collect();
        let _ = writeln!(
            out,
            "impl {:?} {of} for {} [{}] {} methods, {} consts",
            generics(&i.generics),
            i.self_ty,
            types.join(", "),
            i.methods.len(),
            i.consts.len()
        );
    }
    for (name, _) in &lowered.macros {
        let _ = writeln!(out, "unknown macro {name}");
    }
    for function in &fragment.functions {
        let module = fragment.modules[function.module.index()].name;
        let _ = write!(out, "\n// in {module:?}\n{}", print_function(function));
    }
    out
}

fn generics(generics: &[wasm_route_lint::ir::GenericParam]) -> Vec<String> {
    generics
        .iter()
        .map(|g| {
            let bounds: Vec<_> = g.bounds.iter().map(ToString::to_string).collect();
            format!("{}: {}", g.name, bounds.join(" + "))
        })
        .collect()
}

fn item_text(fragment: &Fragment, item: Item) -> String {
    use wasm_route_lint::ir::TypeDefKind;
    match item {
        Item::Type(id) => match &fragment.types[id.index()].kind {
            TypeDefKind::Struct(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|f| format!("{}: {}", f.name, f.ty))
                    .collect();
                format!("struct {{ {} }}", fields.join(", "))
            }
            TypeDefKind::Enum(variants) => {
                let names: Vec<_> = variants
                    .iter()
                    .map(|v| {
                        let fields: Vec<_> = v
                            .fields
                            .iter()
                            .map(|f| format!("{}: {}", f.name, f.ty))
                            .collect();
                        format!("{}({})", v.name, fields.join(", "))
                    })
                    .collect();
                format!("enum {{ {} }}", names.join(", "))
            }
            TypeDefKind::Alias(ty) => format!("= {ty}"),
        },
        Item::Global(id) => {
            let global = &fragment.globals[id.index()];
            format!("{:?} of {}", global.kind, global.ty)
        }
        other => format!("{other:?}"),
    }
}

/// Compares with `testdata/lower/*.ir`; `UPDATE=1` writes them.
#[test]
fn constructs_become_what_the_files_say() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lower");
    let update = std::env::var_os("UPDATE").is_some();
    let mut names: Vec<_> = std::fs::read_dir(&dir)
        .expect("test data")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    for path in names {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let lowered = lower(&text);
        assert_eq!(lowered.problems, [], "{}", path.display());
        let found = print_fragment(&lowered);
        let expected = path.with_extension("ir");
        if update {
            std::fs::write(&expected, &found).expect("a writable file");
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(found == wanted, "{} differs:\n{found}", expected.display());
    }
}

fn name_span(lowered: &Lowered, name: &str) -> Span {
    let functions = &lowered.fragment.functions;
    let function = functions.iter().find(|f| f.name == name);
    function.expect("the function").name_span
}

#[test]
fn offsets_count_what_comes_before_the_code() {
    for text in [
        "fn find() {}",
        "\u{feff}fn find() {}",
        "#!/usr/bin/env rust-script\nfn find() {}",
        "\u{feff}#!/bin/x\r\n\r\n// ü\r\nfn find() {}\r\n",
        "#![allow(dead_code)]\nfn find() {}",
        "#! [allow(dead_code)]\nfn find() {}",
    ] {
        let lowered = lower(text);
        assert_eq!(lowered.problems, [], "{text:?}");
        let span = name_span(&lowered, "find");
        assert_eq!(&text[span.range()], "find", "{text:?}");
    }
}

#[test]
fn a_parse_error_has_its_place_and_no_code() {
    let text = "\u{feff}fn ok() {}\nfn broken( { }\n";
    let lowered = lower(text);
    assert!(lowered.fragment.functions.is_empty());
    let [problem] = lowered.problems.as_slice() else {
        panic!("one problem: {:?}", lowered.problems);
    };
    let span = problem.span.expect("a place");
    assert!(text[..span.lo as usize].contains("broken"), "{span:?}");

    let lowered = lower("fn open() {");
    assert_eq!(lowered.problems.len(), 1);
    let lowered = lower("struct A; impl");
    let span = lowered.problems[0].span.expect("a place");
    assert_eq!(span.lo, 14);
}

#[test]
fn spans_of_macro_made_code_are_the_call() {
    let text = "macro_rules! m { ($e:expr) => { host($e, other()) }; }\nfn f(x: u8) { m!(x); }";
    let lowered = lower(text);
    let body = lowered.fragment.functions[0].body.as_ref().expect("a body");
    let first = &body.block.stmts[0];
    assert_eq!(&text[first.span.range()], "m!(x)");
}

#[test]
fn an_included_expression_becomes_a_function() {
    let lowered = lower_expr_file(FileId(0), "t.in", "[(\"a\", 1), (\"b\", 2)]", &OnlyOn);
    assert_eq!(lowered.problems, []);
    assert_eq!(lowered.fragment.functions[0].name.as_str(), "include!t.in");
}

const DEEP: usize = 5_000;

fn nested(open: &str, inner: &str, close: &str) -> String {
    nested_by(DEEP, open, inner, close)
}

fn nested_by(depth: usize, open: &str, inner: &str, close: &str) -> String {
    let (open, close) = (open.repeat(depth), close.repeat(depth));
    format!("fn f(a: u8) -> u8 {{ {open}{inner}{close} }}")
}

#[test]
fn deep_code_is_lowered() {
    deep(|| {
        for text in [
            nested("(", "a", ")"),
            nested("{ ", "a", " }"),
            nested("-", "a", ""),
            nested("&", "a", ""),
            nested("a + ", "a", ""),
            nested("a && ", "a", ""),
            nested("a || ", "a", ""),
            nested("if a == 1 { 1 } else ", "{ a }", ""),
            nested("if a == 1 { ", "a", " } else { 2 }"),
            nested("", "a", ".m()"),
            nested("", "a", ".m(1)?"),
            nested("f(", "a", ")"),
            nested("|x| ", "a", ""),
            nested("match a { _ => ", "a", " }"),
            nested("[", "a", "]"),
            nested("vec![", "a", "]"),
            nested("loop { ", "a;", " }"),
        ] {
            let lowered = lower(&text);
            assert_eq!(lowered.problems, [], "{}", &text[..60]);
            assert_eq!(lowered.fragment.functions.len(), 1);
        }
    });
}

/// What is just below the limit does not overflow the stack either.
#[test]
fn the_limit_fits_the_stack() {
    deep(|| {
        for text in [
            nested_by(19_900, "(", "a", ")"),
            nested_by(19_900, "-", "a", ""),
            nested_by(19_900, "a + ", "a", ""),
            nested_by(9_900, "", "a", ".m()?"),
            nested_by(9_900, "{ if ", "a", " {} }"),
        ] {
            assert_eq!(lower(&text).problems, [], "{}", &text[..60]);
        }
    });
}

#[test]
fn too_deep_code_is_a_problem() {
    let text = format!("fn f() {{ {}", "(".repeat(30_000));
    let lowered = lower(&text);
    assert_eq!(lowered.problems.len(), 1);
    assert!(lowered.problems[0].message.contains("nested too deeply"));
    assert!(lowered.fragment.functions.is_empty());
    // Long is not deep.
    let long = "fn f(a: &u8) -> u8 { if *a == 1 { 2 } else { -3 } }\n".repeat(5_000);
    let list = format!("const A: &[i8] = &[{}];", "-1, ".repeat(30_000));
    deep(move || {
        assert_eq!(lower(&long).problems, []);
        assert_eq!(lower(&list).problems, []);
    });
}

/// No file makes the front end fail, however it is cut.
#[test]
fn cut_off_files_do_no_harm() {
    deep(|| {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lower");
        for entry in std::fs::read_dir(dir).expect("test data").flatten() {
            if entry.path().extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(entry.path()).expect("a readable file");
                for (end, _) in text.char_indices().step_by(13) {
                    lower(&text[..end]);
                    lower(&text[end..]);
                }
            }
        }
    });
}
