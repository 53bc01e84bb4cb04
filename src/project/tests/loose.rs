//! Sources without a package.

use super::*;

#[test]
fn lone_file() {
    let dir = tree(&[
        ("my-filter.rs", "fn f\nmod sub;\n"),
        ("sub.rs", "fn sub\n"),
        ("other.rs", "fn other\n"),
    ]);
    let loaded = run(dir.path(), &["my-filter.rs"]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate my_filter [] ext [proxy_wasm]\n  my_filter f\n    sub sub\n"
    );
    assert_eq!(loaded.program.crates[0].package, "my-filter.rs");
    assert_eq!(loaded.program.crates[0].manifest, None);
}

#[test]
fn folder_without_a_manifest() {
    let dir = tree(&[
        (
            "a.rs",
            "fn a\nmod b;\n#[path = \"far/p.rs\"] mod p;\ninclude!(\"gen.rs\");\n\
             const X: u8 = include!(\"value.rs\");\n#[cfg(test)] mod tests;\n",
        ),
        ("b.rs", "fn b\nmod c;\n"),
        // `b.rs` is a module, so this one is not its.
        ("c.rs", "fn lone_c\n"),
        ("b/c.rs", "fn c\n"),
        ("far/p.rs", "fn p\nmod q;\n"),
        ("far/q.rs", "fn q\n"),
        ("gen.rs", "fn generated\n"),
        ("value.rs", "expr\n"),
        ("tests.rs", "bad\n"),
        ("deep/er/lib.rs", "fn deep\nmod m {\nmod n;\n}\n"),
        ("deep/er/m/n.rs", "fn n\n"),
        ("circle/x.rs", "fn x\nmod y;\n"),
        ("circle/y.rs", "fn y\n#[path = \"x.rs\"] mod x;\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a generated\n    b b\n      c c\n    p p\n      q q\n\
         crate c [] ext [proxy_wasm]\n  c lone_c\n\
         crate x [] ext [proxy_wasm]\n  x x\n    y y\n\
         crate lib [] ext [proxy_wasm]\n  lib deep\n    m\n      n n\n"
    );
    let text = problems(&loaded, dir.path());
    assert!(text.contains("circle/y.rs:2:1: "), "{text}");
    assert_eq!(loaded.problems.len(), 1, "{text}");
}

#[test]
fn files_beside_packages() {
    let dir = tree(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"),
        ("stray.rs", "fn stray\n"),
        ("a/Cargo.toml", &plugin("a", "")),
        ("a/src/lib.rs", "fn a\n"),
        ("a/notes/unused.rs", "bad\n"),
        ("broken/Cargo.toml", "[package"),
        ("broken/src/lib.rs", "bad\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\ncrate stray [] ext [proxy_wasm]\n  stray stray\n"
    );
    assert_eq!(loaded.problems.len(), 1);
}

#[test]
fn manifest_without_targets() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"all\"\n[lib]\npath = \"x/.../plugin.rs\"\n\
             [dependencies]\nproxy-wasm = \"0.2\"\n",
        ),
        ("x/one/plugin.rs", "fn one\n"),
        ("x/two/plugin.rs", "fn two\n"),
        ("build.rs", "bad\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate plugin [] ext [proxy_wasm]\n  plugin one\n\
         crate plugin [] ext [proxy_wasm]\n  plugin two\n"
    );
}

#[test]
fn file_that_its_package_does_not_reach() {
    let dir = tree(&[
        (
            "Cargo.toml",
            &plugin(
                "a-b",
                "log = \"0.4\"\n[features]\ndefault = [\"f\"]\nf = []\n",
            ),
        ),
        ("src/lib.rs", "fn a\n"),
        (
            "examples/demo.rs",
            "fn demo\n#[cfg(feature = \"f\")] fn f\nmod sub;\n",
        ),
        ("examples/sub.rs", "fn sub\n"),
        ("native/Cargo.toml", &library("native", "")),
        ("native/src/main.rs", "fn main\n"),
    ]);
    let loaded = run(dir.path(), &["examples/demo.rs"]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate a_b [] ext [log proxy_wasm]\n  a_b a\n\
         crate demo [a_b=a_b] ext [log proxy_wasm]\n  demo demo f\n    sub sub\n"
    );
    // A named file is read even if its package is not.
    let loaded = run(dir.path(), &["native/src/main.rs"]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate main [] ext [proxy_wasm]\n  main main\n"
    );
}
