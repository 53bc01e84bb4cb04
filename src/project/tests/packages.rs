//! Packages: which are found, which are read, with which targets.

use super::*;

#[test]
fn siblings_without_a_workspace() {
    let dir = tree(&[
        ("Cargo.toml", &library("my-sdk", "proxy-wasm = \"0.2\"\n")),
        ("src/lib.rs", "fn sdk\n"),
        (
            "extensions/one/Cargo.toml",
            &plugin("one", "my-sdk = { path = \"../..\" }\n"),
        ),
        ("extensions/one/src/lib.rs", "fn one\n"),
        (
            "extensions/two/Cargo.toml",
            &plugin("two", "sdk = { path = \"../../\", package = \"my-sdk\" }\n"),
        ),
        ("extensions/two/src/lib.rs", "fn two\n"),
    ]);
    let expected = "crate my_sdk [] ext [proxy_wasm]\n  my_sdk sdk\n\
                    crate one [my_sdk=my_sdk] ext [proxy_wasm]\n  one one\n\
                    crate two [sdk=my_sdk] ext [proxy_wasm]\n  two two\n";
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(outline(&loaded.program), expected);
    // The same from the plugins alone; the library is then a dependency.
    let loaded = run(dir.path(), &["extensions"]);
    assert_eq!(outline(&loaded.program), expected);
    assert_eq!(loaded.packages[0].status, Status::Dependency);
    // And named twice.
    let loaded = run(dir.path(), &["extensions/../", "", "extensions/one"]);
    assert_eq!(outline(&loaded.program), expected);
}

#[test]
fn examples_with_manifests() {
    let dir = tree(&[
        ("Cargo.toml", &library("proxy-wasm", "log = \"0.4\"\n")),
        ("src/lib.rs", "fn sdk\n"),
        ("examples/plain.rs", "bad\n"),
        ("tests/it.rs", "bad\n"),
        ("build.rs", "bad\n"),
        (
            "examples/in_tree/Cargo.toml",
            "[package]\nname = \"in_tree\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\nproxy-wasm = { path = \"../../\" }\n",
        ),
        ("examples/in_tree/src/lib.rs", "fn a\n"),
        ("examples/registry/Cargo.toml", &plugin("registry", "")),
        ("examples/registry/src/lib.rs", "fn b\n"),
    ]);
    let expected = "crate proxy_wasm [] ext [log]\n  proxy_wasm sdk\n\
                    crate in_tree [proxy_wasm=proxy_wasm] ext []\n  in_tree a\n\
                    crate registry [] ext [proxy_wasm]\n  registry b\n";
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(outline(&loaded.program), expected);
}

#[test]
fn example_targets() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"proxy-wasm\"\n[[example]]\nname = \"filter\"\n\
             crate-type = [\"cdylib\"]\n[[example]]\nname = \"other\"\n[[example]]\n\
             name = \"far\"\npath = \"far/f.rs\"\ncrate-type = [\"cdylib\"]\n",
        ),
        ("src/lib.rs", "fn sdk\n"),
        ("examples/filter.rs", "fn filter\n"),
        ("examples/other.rs", "bad\n"),
        ("examples/none.rs", "bad\n"),
        ("far/f.rs", "fn far\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate proxy_wasm [] ext []\n  proxy_wasm sdk\n\
         crate far [proxy_wasm=proxy_wasm] ext []\n  far far\n\
         crate filter [proxy_wasm=proxy_wasm] ext []\n  filter filter\n"
    );
}

#[test]
fn binaries() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"my-tool\"\nedition = \"2021\"\n[lib]\nname = \"core\"\n\
             path = \"lib/main.rs\"\n[[bin]]\nname = \"named\"\npath = \"named.rs\"\n\
             [[bin]]\nname = \"off\"\npath = \"named.rs\"\nrequired-features = [\"f\"]\n\
             [features]\nf = []\n[dependencies]\nproxy-wasm = \"0.2\"\n",
        ),
        ("lib/main.rs", "fn lib\n"),
        ("named.rs", "fn named\n"),
        ("src/main.rs", "fn main\nmod shared;\n"),
        ("src/shared.rs", "fn shared\n"),
        ("src/bin/b-one.rs", "fn one\n"),
        ("src/bin/two/main.rs", "fn two\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate core [] ext [proxy_wasm]\n  core lib\n\
         crate b_one [core=core] ext [proxy_wasm]\n  b_one one\n\
         crate my_tool [core=core] ext [proxy_wasm]\n  my_tool main\n    shared shared\n\
         crate named [core=core] ext [proxy_wasm]\n  named named\n\
         crate two [core=core] ext [proxy_wasm]\n  two two\n"
    );
}

#[test]
fn placeholder_library_path() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"a\"\n[lib]\npath = \"src/main/lib.rs\"\n[dependencies]\nproxy-wasm = \"0\"\n",
        ),
        ("src/lib.rs", "fn a\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "warning Cargo.toml:4:8: the library's file `src/main/lib.rs` does not exist\n  \
         `src/lib.rs` was read instead\n"
    );
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n"
    );
}

#[test]
fn irrelevant_packages_are_skipped() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"gateway\", \"common\", \"server\", \"types\", \"cli\", \"macros\", \"opt\"]\n",
        ),
        (
            "gateway/Cargo.toml",
            &plugin(
                "gateway",
                "common = { path = \"../common\" }\nmacros = { path = \"../macros\" }\n",
            ),
        ),
        ("gateway/src/lib.rs", "fn gateway\n"),
        (
            "common/Cargo.toml",
            &library(
                "common",
                "proxy-wasm = \"0.2\"\ntypes = { path = \"../types\" }\n\
                 tokio = { version = \"1\", optional = true }\n[features]\nserver = [\"tokio\"]\n",
            ),
        ),
        (
            "common/src/lib.rs",
            "fn common\n#[cfg(feature = \"server\")] fn server\n",
        ),
        (
            "server/Cargo.toml",
            &library(
                "server",
                "common = { path = \"../common\", features = [\"server\"] }\n",
            ),
        ),
        ("server/src/main.rs", "bad\n"),
        ("types/Cargo.toml", &library("types", "")),
        ("types/src/lib.rs", "fn types\n"),
        ("types/src/main.rs", "bad\n"),
        ("cli/Cargo.toml", &library("cli", "clap = \"4\"\n")),
        ("cli/src/main.rs", "bad\n"),
        (
            "macros/Cargo.toml",
            "[package]\nname = \"macros\"\n[lib]\nproc-macro = true\n",
        ),
        ("macros/src/lib.rs", "bad\n"),
        (
            "opt/Cargo.toml",
            &library(
                "opt",
                "proxy-wasm = { version = \"0.2\", optional = true }\n",
            ),
        ),
        ("opt/src/lib.rs", "bad\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        packages(&loaded),
        "cli Bin:cli: it does not depend on a Proxy-Wasm SDK\n\
         common Lib:common: analysed\n\
         gateway Lib:gateway: analysed\n\
         macros Lib:macros: a procedural macro runs in the compiler\n\
         opt Lib:opt: its optional dependency `proxy-wasm` is off (see `--features`)\n\
         server Bin:server: a native program: only its dependency `common` depends on a Proxy-Wasm SDK\n\
         types Lib:types: analysed\n"
    );
    assert_eq!(
        outline(&loaded.program),
        "crate common [types=types] ext [proxy_wasm]\n  common common\n\
         crate gateway [common=common] ext [macros proxy_wasm]\n  gateway gateway\n\
         crate types [] ext []\n  types types\n"
    );
    assert_eq!(loaded.skipped.len(), 4);
    // What is skipped is not read.
    let read = loaded
        .sources
        .iter()
        .filter(|(_, f)| f.name.ends_with(".rs"));
    assert_eq!(read.count(), 3);
}

#[test]
fn nothing_there() {
    let dir = tree(&[
        ("a/Cargo.toml", &library("a", "")),
        ("a/src/lib.rs", "bad\n"),
        ("b/Cargo.toml", &library("b", "")),
        ("b/src/lib.rs", "bad\n"),
        ("empty/README.md", ""),
    ]);
    let loaded = run(
        dir.path(),
        &["a", "a/src", "empty", "gone", "empty/README.md"],
    );
    assert_eq!(
        problems(&loaded, dir.path()),
        "error gone: no such file or folder\n\
         error empty/README.md: neither a folder, a `Cargo.toml` nor a `.rs` file\n  \
         name the folder of a plugin or of a workspace\n\
         error a: no Proxy-Wasm plugin found in `a`\n  \
         `a` was skipped: it does not depend on a Proxy-Wasm SDK\n\
         error a/src: no Proxy-Wasm plugin found in `a/src`\n  \
         `a` was skipped: it does not depend on a Proxy-Wasm SDK\n\
         error empty: no Proxy-Wasm plugin found in `empty`\n  \
         no `Cargo.toml` and no `.rs` file was found there\n"
    );
    let loaded = run(dir.path(), &["."]);
    assert!(
        problems(&loaded, dir.path())
            .ends_with("  none of the 2 packages there depends on proxy-wasm\n")
    );
}

#[test]
fn a_dynamic_library_is_no_plugin_by_itself() {
    let manifest = "[package]\nname = \"a\"\n[lib]\ncrate-type = [\"cdylib\"]\n";
    let dir = tree(&[("a/Cargo.toml", manifest), ("a/src/lib.rs", "fn a\n")]);
    let loaded = run(dir.path(), &["a"]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "error a: no Proxy-Wasm plugin found in `a`\n  \
         `a` was skipped: it does not depend on a Proxy-Wasm SDK\n"
    );
    assert_eq!(loaded.analysed_packages(), 0);
}

#[test]
fn the_same_name_twice() {
    let dir = tree(&[
        (
            "a/Cargo.toml",
            &plugin("filter", "util = { path = \"util\" }\n"),
        ),
        ("a/src/lib.rs", "fn a\n"),
        ("a/util/Cargo.toml", &library("util", "")),
        ("a/util/src/lib.rs", "fn of_a\n"),
        (
            "b/Cargo.toml",
            &plugin("filter", "util = { path = \"util\" }\n"),
        ),
        ("b/src/lib.rs", "fn b\n"),
        ("b/util/Cargo.toml", &library("util", "")),
        ("b/util/src/lib.rs", "fn of_b\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    let crates = &loaded.program.crates;
    assert_eq!(crates.len(), 4);
    for (krate, util) in [(0, 1), (2, 3)] {
        assert_eq!(crates[krate].deps[0].1.index(), util);
    }
}

#[test]
fn inner_folders_and_build_output() {
    let dir = tree(&[
        ("Cargo.toml", &plugin("a", "")),
        ("src/lib.rs", "fn a\nmod target;\n"),
        ("src/target/mod.rs", "fn t\n"),
        ("target/package/a/Cargo.toml", &plugin("copy", "")),
        ("target/package/a/src/lib.rs", "bad\n"),
        (".cache/x/Cargo.toml", &plugin("hidden", "")),
        ("vendor/log/Cargo.toml", &plugin("log", "")),
        ("vendor/log/.cargo-checksum.json", "{}"),
        ("target/CACHEDIR.TAG", ""),
    ]);
    for path in [
        "",
        "src",
        "src/target",
        "Cargo.toml",
        "src/lib.rs",
        "src/target/mod.rs",
    ] {
        let loaded = run(dir.path(), &[path]);
        assert_eq!(problems(&loaded, dir.path()), "", "{path}");
        assert_eq!(
            outline(&loaded.program),
            "crate a [] ext [proxy_wasm]\n  a a\n    target t\n",
            "{path}"
        );
    }
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    let dir = tree(&[("Cargo.toml", &plugin("a", "")), ("src/lib.rs", "fn a\n")]);
    std::os::unix::fs::symlink(dir.path(), dir.path().join("src/up")).unwrap();
    std::os::unix::fs::symlink("loop", dir.path().join("loop")).unwrap();
    let loaded = run(dir.path(), &["", "src/up"]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm]\n  a a\n"
    );
}

#[test]
fn circular_dependencies_end() {
    let dir = tree(&[
        ("a/Cargo.toml", &plugin("a", "b = { path = \"../b\" }\n")),
        ("a/src/lib.rs", "fn a\n"),
        ("b/Cargo.toml", &library("b", "a = { path = \"../a\" }\n")),
        ("b/src/lib.rs", "fn b\n"),
    ]);
    let loaded = run(dir.path(), &["a"]);
    assert_eq!(
        outline(&loaded.program),
        "crate a [b=b] ext [proxy_wasm]\n  a a\ncrate b [a=a] ext []\n  b b\n"
    );
}
