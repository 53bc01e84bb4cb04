//! Module trees.

use super::*;

/// A plugin with these sources.
fn plugin_tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tree(files);
    write(dir.path(), "Cargo.toml", plugin("a", "").as_bytes());
    dir
}

#[test]
fn files_of_modules() {
    let dir = plugin_tree(&[
        (
            "src/lib.rs",
            "mod x;\nfn a\nmod inline {\nmod deep;\nfn i\n}\n#[cfg(test)] mod tests;\nmod y;\n",
        ),
        ("src/x.rs", "fn x\nmod sub;\nmod inner {\nmod far;\n}\n"),
        ("src/x/sub.rs", "fn sub\n"),
        ("src/x/inner/far.rs", "fn far\n"),
        ("src/inline/deep.rs", "fn deep\n"),
        ("src/y/mod.rs", "fn y\nmod sub;\n"),
        ("src/y/sub/mod.rs", "fn sub\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n    inline i\n      deep deep\n    x x\n      inner\n        \
         far far\n      sub sub\n    y y\n      sub sub\n"
    );
}

#[test]
fn path_attributes() {
    let dir = plugin_tree(&[
        (
            "src/lib.rs",
            "#[path = \"other/place.rs\"] mod a;\nmod b;\nmod c {\n#[path = \"d.rs\"] mod d;\n}\n",
        ),
        // A file given by its path looks for modules beside it.
        ("src/other/place.rs", "fn a\nmod beside;\n"),
        ("src/other/beside.rs", "fn beside\n"),
        (
            "src/b.rs",
            "fn b\n#[path = \"e.rs\"] mod e;\nmod f {\n#[path = \"../../up.rs\"] mod g;\n}\n",
        ),
        ("src/c/d.rs", "fn d\n"),
        ("src/e.rs", "fn e\n"),
        ("src/up.rs", "fn up\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a\n    c\n      d d\n    a a\n      beside beside\n    \
         b b\n      f\n        g up\n      e e\n"
    );
}

#[test]
fn a_file_that_the_build_script_writes_may_be_missing() {
    let dir = plugin_tree(&[
        ("src/lib.rs", "fn a\ninclude!(\"made.rs\");\n"),
        ("build.rs", ""),
    ]);
    let loaded = run(dir.path(), &[""]);
    let text = problems(&loaded, dir.path());
    assert!(
        text.starts_with("warning src/lib.rs:2:1: included file not found\n"),
        "{text}"
    );
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n"
    );
}

#[test]
fn missing_files() {
    let dir = plugin_tree(&[
        (
            "src/lib.rs",
            "fn a\nmod gone;\nmod m;\n#[path = \"p.rs\"] mod p;\ninclude!(\"i.in\");\n",
        ),
        ("src/m.rs", "fn m\nmod r#type;\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    let root = dir.path().display();
    let help = |places: &str| places.replace('@', &format!("`{root}/src"));
    let helps: Vec<String> = loaded
        .problems
        .iter()
        .map(|p| p.help.clone().unwrap())
        .collect();
    assert_eq!(
        helps,
        [
            help("create @/gone.rs` or @/gone/mod.rs`"),
            help("create @/p.rs`"),
            help("create @/i.in`"),
            help("create @/m/type.rs` or @/m/type/mod.rs`"),
        ]
    );
    let text = problems(&loaded, dir.path());
    assert!(text.starts_with("error src/lib.rs:2:1: file not found for module `gone`\n"));
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n    m m\n"
    );
}

#[test]
fn includes() {
    let dir = plugin_tree(&[
        (
            "src/lib.rs",
            "fn a\nmod m {\nfn first\ninclude!(\"gen/items.rs\");\n}\ninclude!(\"value.in\");\n\
             include!(\"wrong.in\");\n",
        ),
        (
            "src/gen/items.rs",
            "fn one\nmod inline {\nfn two\n}\nmod beside;\ninclude!(\"more.rs\");\n",
        ),
        ("src/gen/beside.rs", "fn beside\n"),
        ("src/gen/more.rs", "fn more\n"),
        ("src/value.in", "expr\n"),
        ("src/wrong.in", "bad\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "error src/wrong.in:1:1: syntax error\n"
    );
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n    m first one more\n      inline two\n      \
         beside beside\n"
    );
}

#[test]
fn circles_end() {
    let dir = plugin_tree(&[
        ("src/lib.rs", "mod b;\ninclude!(\"lib.rs\");\n"),
        ("src/b.rs", "fn b\n#[path = \"c.rs\"] mod c;\n"),
        ("src/c.rs", "fn c\n#[path = \"b.rs\"] mod b;\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    let text = problems(&loaded, dir.path());
    assert_eq!(loaded.problems.len(), 2, "{text}");
    assert!(text.contains("error src/c.rs:2:1: `"), "{text}");
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a\n    b b\n      c c\n"
    );
}

#[test]
fn repeated_doubling_ends() {
    let twice =
        |n: usize| format!("#[path = \"f{n}.rs\"] mod a;\n#[path = \"f{n}.rs\"] mod b;\nfn f\n");
    let mut files = vec![("src/lib.rs".to_owned(), twice(0))];
    files.extend((0..40).map(|n| (format!("src/f{n}.rs"), twice(n + 1))));
    files.push(("src/f40.rs".to_owned(), String::new()));
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
    let dir = plugin_tree(&files);
    let loaded = run(dir.path(), &[""]);
    assert!(loaded.program.modules.len() < 42 * 17);
    assert!(!loaded.problems.is_empty());
}

#[test]
fn unreadable_sources() {
    let dir = plugin_tree(&[
        ("src/lib.rs", "fn a\nmod utf;\nmod empty;\nmod wrong;\n"),
        ("src/empty.rs", ""),
        ("src/wrong.rs", "bad\n"),
    ]);
    write(dir.path(), "src/utf.rs", b"fn x\n\xc3\x28");
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "error src/utf.rs: the file is not valid UTF-8 (byte 5)\n\
         error src/wrong.rs:1:1: syntax error\n"
    );
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n    empty\n    wrong\n"
    );
}

#[test]
fn huge_sources() {
    let dir = plugin_tree(&[("src/lib.rs", "fn a\nmod big;\n")]);
    write(dir.path(), "src/big.rs", &vec![b' '; 9 * 1024 * 1024]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "error src/big.rs: the file is larger than 8 MiB and was not analysed\n"
    );
}

#[test]
fn unreadable_roots() {
    let dir = plugin_tree(&[("src/main.rs", "fn main\n")]);
    write(dir.path(), "src/lib.rs", b"\xff");
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a main\n"
    );
    assert_eq!(loaded.problems.len(), 1);
}

#[test]
fn thread_count_does_not_matter() {
    let files: Vec<(String, String)> = (0..20)
        .flat_map(|n| {
            [
                (format!("p{n}/Cargo.toml"), plugin(&format!("p{n}"), "")),
                (
                    format!("p{n}/src/lib.rs"),
                    format!("fn f{n}\nmod m;\nmod n;\n"),
                ),
                (format!("p{n}/src/m.rs"), "fn m\nmod o;\n".to_owned()),
                (format!("p{n}/src/n.rs"), "fn n\nbad\n".to_owned()),
            ]
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
    let dir = tree(&files);
    let outlined = |threads| {
        let options = Options {
            paths: vec![dir.path().to_owned()],
            threads: Some(threads),
            ..Options::default()
        };
        let loaded = load_with(&options, &Toy);
        let names: Vec<String> = loaded.sources.iter().map(|(_, f)| f.name.clone()).collect();
        let all = format!("{}{:?}", outline(&loaded.program), loaded.problems);
        (names, all)
    };
    assert_eq!(outlined(1), outlined(4));
}
