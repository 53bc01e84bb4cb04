//! Manifests: inheritance, dependencies, features, mistakes.

use super::*;

#[test]
fn workspace_inheritance() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"plugins/*\", \"shared\"]\n[workspace.package]\n\
             version = \"1.2.3\"\nedition = \"2024\"\n[workspace.dependencies]\n\
             sdk = { package = \"proxy-wasm\", version = \"0.2\" }\n\
             shared-code = { path = \"shared\", features = [\"x\"] }\n",
        ),
        (
            "plugins/a/Cargo.toml",
            "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\n\
             [dependencies]\nsdk = { workspace = true }\nshared-code.workspace = true\n",
        ),
        ("plugins/a/src/lib.rs", "fn a\n"),
        (
            "shared/Cargo.toml",
            &library("shared-code", "[features]\nx = []\n"),
        ),
        ("shared/src/lib.rs", "#[cfg(feature = \"x\")] fn x\n"),
    ]);
    let loaded = run(dir.path(), &["plugins/a"]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        packages(&loaded),
        "a Lib:a: analysed\nshared-code Lib:shared_code: dependency\n"
    );
    let a = &loaded.packages[0];
    assert_eq!(a.version.as_deref(), Some("1.2.3"));
    assert_eq!(a.edition.as_deref(), Some("2024"));
    assert_eq!(
        outline(&loaded.program),
        "crate a [shared_code=shared_code] ext [sdk]\n  a a\n\
         crate shared_code [] ext []\n  shared_code x\n"
    );
    assert_eq!(loaded.program.crates[0].external[0].1, "proxy-wasm");
}

#[test]
fn inherited_but_not_there() {
    let dir = tree(&[
        (
            "Cargo.toml",
            &plugin("a", "log = { workspace = true }\nserde.workspace = true\n"),
        ),
        ("src/lib.rs", "fn a\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "error Cargo.toml:8:1: the dependency `log` is not in the workspace\n  \
         declare it in `[workspace.dependencies]`\n\
         error Cargo.toml:9:1: the dependency `serde` is not in the workspace\n  \
         declare it in `[workspace.dependencies]`\n"
    );
    assert!(outline(&loaded.program).contains("ext [log proxy_wasm serde]"));
}

#[test]
fn missing_member() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"gone\", \"none/*\"]\n",
        ),
        ("a/Cargo.toml", &plugin("a", "")),
        ("a/src/lib.rs", "fn a\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(
        problems(&loaded, dir.path()),
        "error Cargo.toml:2:17: the workspace member `gone` does not exist\n  \
         `gone/Cargo.toml` was not found\n"
    );
    assert_eq!(packages(&loaded), "a Lib:a: analysed\n");
}

#[test]
fn missing_path_dependency() {
    let dir = tree(&[
        (
            "Cargo.toml",
            &plugin(
                "a",
                "b = { path = \"../gone\" }\nc = { path = \"x\", optional = true }\n",
            ),
        ),
        ("src/lib.rs", "fn a\n"),
    ]);
    let inner = dir.path().join("");
    let loaded = run(&inner, &[""]);
    let text = problems(&loaded, dir.path());
    assert!(
        text.starts_with("warning Cargo.toml:8:14: the path dependency `b` does not exist\n"),
        "{text}"
    );
    assert_eq!(loaded.problems.len(), 1);
    assert!(outline(&loaded.program).starts_with("crate a [] ext [b proxy_wasm]"));
}

#[test]
fn mistakes_do_not_stop_the_rest() {
    let dir = tree(&[
        ("a/Cargo.toml", "\u{feff}[package\nname = \"a\"\n"),
        ("a/src/lib.rs", "fn a\n"),
        (
            "b/Cargo.toml",
            "\u{feff}[package]\nname = \"b\"\nversion = 1\n[lib]\ncrate-type = \"cdylib\"\n\
             [dependencies]\nproxy-wasm = 2\nlog = { version = \"1\", optional = \"no\" }\n\
             sdk = { package = \"proxy-wasm\", version = \"1\" }",
        ),
        ("b/src/lib.rs", "fn b\n"),
        ("c/Cargo.toml", "[package]\nversion = \"1\"\n"),
        ("d/Cargo.toml", "[profile.release]\n"),
    ]);
    write(dir.path(), "e/Cargo.toml", b"[package]\nname = \"\xff\"\n");
    let loaded = run(dir.path(), &[""]);
    let text = problems(&loaded, dir.path());
    for line in [
        "error a/Cargo.toml:1:",
        "error b/Cargo.toml:3:11: invalid manifest: expected a string for `version`, found integer",
        "error b/Cargo.toml:5:14: invalid manifest: expected an array of strings",
        "error b/Cargo.toml:7:14: invalid manifest: expected a version or a table",
        "error b/Cargo.toml:8:35: invalid manifest: expected true or false for `optional`",
        "error c/Cargo.toml:1:2: invalid manifest: the package has no name",
        "error d/Cargo.toml:1:1: invalid manifest: neither a `[package]` nor a `[workspace]`",
        "error e/Cargo.toml: the file is not valid UTF-8 (byte 18)",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(packages(&loaded), "b Lib:b: analysed\n");
    assert_eq!(
        outline(&loaded.program),
        "crate b [] ext [log sdk]\n  b b\n"
    );
}

#[test]
fn features_and_optional_dependencies() {
    let manifest = plugin(
        "a",
        "x = { path = \"../x\", optional = true }\ny = { path = \"../y\", optional = true }\n\
         z = { path = \"../z\", optional = true, default-features = false }\n\
         [features]\ndefault = [\"one\"]\none = [\"x\", \"z?/weak\"]\ntwo = [\"dep:y\", \"three\"]\n\
         three = [\"z/strong\"]\n",
    );
    let lib = "#[cfg(feature = \"one\")] fn one\n#[cfg(feature = \"two\")] fn two\n\
               #[cfg(feature = \"three\")] fn three\n#[cfg(feature = \"x\")] fn x\n\
               #[cfg(feature = \"y\")] fn y\n#[cfg(feature = \"z\")] fn z\n\
               #[cfg(feature = \"default\")] fn default\n";
    let z = "#[cfg(feature = \"weak\")] fn weak\n#[cfg(feature = \"strong\")] fn strong\n\
             #[cfg(feature = \"default\")] fn default\n";
    let zm = library("z", "[features]\ndefault = []\nweak = []\nstrong = []\n");
    let dir = tree(&[
        ("a/Cargo.toml", &manifest),
        ("a/src/lib.rs", lib),
        ("x/Cargo.toml", &library("x", "")),
        ("x/src/lib.rs", "fn x\n"),
        ("y/Cargo.toml", &library("y", "")),
        ("y/src/lib.rs", "fn y\n"),
        ("z/Cargo.toml", &zm),
        ("z/src/lib.rs", z),
    ]);
    let outlined = |features: Features| {
        let loaded = run_with(dir.path(), &["a"], features);
        assert_eq!(problems(&loaded, dir.path()), "");
        outline(&loaded.program)
    };
    assert_eq!(
        outlined(Features::default()),
        "crate a [x=x] ext [proxy_wasm]\n  a one x default\ncrate x [] ext []\n  x x\n"
    );
    assert_eq!(
        outlined(Features {
            no_default: true,
            ..Features::default()
        }),
        "crate a [] ext [proxy_wasm]\n  a\n"
    );
    assert_eq!(
        outlined(Features {
            no_default: true,
            list: vec!["two".to_owned()],
            all: false,
        }),
        "crate a [y=y z=z] ext [proxy_wasm]\n  a two three z\ncrate y [] ext []\n  y y\n\
         crate z [] ext []\n  z strong\n"
    );
    assert_eq!(
        outlined(Features {
            all: true,
            ..Features::default()
        }),
        "crate a [x=x y=y z=z] ext [proxy_wasm]\n  a one two three x z default\n\
         crate x [] ext []\n  x x\ncrate y [] ext []\n  y y\n\
         crate z [] ext []\n  z weak strong\n"
    );
}

#[test]
fn unknown_feature() {
    let dir = tree(&[("Cargo.toml", &plugin("a", "")), ("src/lib.rs", "fn a\n")]);
    let features = Features {
        list: vec!["zzz".to_owned()],
        ..Features::default()
    };
    let loaded = run_with(dir.path(), &[""], features);
    assert_eq!(
        problems(&loaded, dir.path()),
        "warning : no analysed package has the feature `zzz`\n"
    );
}

#[test]
fn target_dependencies() {
    let dir = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"a\"\n[target.'cfg(target_arch = \"wasm32\")'.dependencies]\n\
             proxy-wasm = \"0.2\"\n[target.'cfg(not(target_arch = \"wasm32\"))'.dependencies]\n\
             tokio = \"1\"\n[target.wasm32-wasip1.dependencies]\nlog = \"1\"\n\
             [target.x86_64-unknown-linux-gnu.dependencies]\nlibc = \"1\"\n\
             [dev-dependencies]\ninsta = \"1\"\n[build-dependencies]\ncc = \"1\"\n",
        ),
        ("src/lib.rs", "fn a\n"),
    ]);
    let loaded = run(dir.path(), &[""]);
    assert_eq!(problems(&loaded, dir.path()), "");
    assert_eq!(
        outline(&loaded.program),
        "crate a [] ext [proxy_wasm log]\n  a a\n"
    );
}

#[test]
fn patches() {
    let dir = tree(&[
        (
            "a/Cargo.toml",
            &plugin(
                "a",
                "[patch.crates-io]\nproxy-wasm = { path = \"../sdk\" }\n",
            ),
        ),
        ("a/src/lib.rs", "fn a\n"),
        ("sdk/Cargo.toml", &library("proxy-wasm", "")),
        ("sdk/src/lib.rs", "fn sdk\n"),
    ]);
    let loaded = run(dir.path(), &["a"]);
    assert_eq!(
        outline(&loaded.program),
        "crate a [proxy_wasm=proxy_wasm] ext []\n  a a\n\
         crate proxy_wasm [] ext []\n  proxy_wasm sdk\n"
    );
}
