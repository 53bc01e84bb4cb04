//! `--package`, `--workspace` and `--exclude`.

use super::*;
use crate::project::Selection;

/// A workspace of two plugins, one of which uses a library in it, and a server.
fn workspace() -> TempDir {
    tree(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"auth\", \"quota\", \"common\", \"server\"]\n",
        ),
        (
            "auth/Cargo.toml",
            &plugin("auth", "common = { path = \"../common\" }\n"),
        ),
        ("auth/src/lib.rs", "fn auth\n"),
        (
            "quota/Cargo.toml",
            &plugin("quota", "").replace("[lib]", "version = \"1.2.3\"\n[lib]"),
        ),
        ("quota/src/lib.rs", "fn quota\n"),
        (
            "common/Cargo.toml",
            &library("common", "proxy-wasm = \"0.2\"\n"),
        ),
        ("common/src/lib.rs", "fn common\n"),
        ("server/Cargo.toml", &library("server", "")),
        ("server/src/lib.rs", "bad\n"),
        ("scripts/lone.rs", "fn lone\n"),
    ])
}

fn pick(dir: &Path, paths: &[&str], selection: Selection) -> Loaded {
    let options = Options {
        paths: paths.iter().map(|p| dir.join(p)).collect(),
        selection,
        threads: Some(2),
        ..Options::default()
    };
    load_with(&options, &Toy)
}

fn named(packages: &[&str], exclude: &[&str]) -> Selection {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Selection {
        packages: owned(packages),
        exclude: owned(exclude),
        workspace: false,
    }
}

fn crates(loaded: &Loaded) -> Vec<String> {
    let crates = loaded.program.crates.iter();
    crates.map(|krate| krate.name.to_string()).collect()
}

#[test]
fn by_name() {
    let dir = workspace();
    let dir = dir.path();
    for (packages, exclude, expected) in [
        (&["quota"][..], &[][..], &["quota"][..]),
        (&["quota@1.2"], &[], &["quota"]),
        (&["q*"], &[], &["quota"]),
        (&["quota", "common"], &[], &["common", "quota"]),
        (&["*t?"], &["quota"], &["auth", "common"]),
        (&["a*", "q*"], &["quota"], &["auth", "common"]),
        (&[], &["auth", "common"], &["quota", "lone"]),
    ] {
        let loaded = pick(dir, &[""], named(packages, exclude));
        assert_eq!(crates(&loaded), expected, "{packages:?} {exclude:?}");
    }
    // What a picked package depends on is read, but is not what was asked for.
    let loaded = pick(dir, &[""], named(&["auth"], &[]));
    assert_eq!(problems(&loaded, dir), "");
    assert_eq!(
        packages(&loaded),
        "auth Lib:auth: analysed\ncommon Lib:common: dependency\n"
    );
}

#[test]
fn names_that_mean_nothing() {
    let dir = workspace();
    let dir = dir.path();
    let told = |packages, exclude| problems(&pick(dir, &[""], named(packages, exclude)), dir);
    assert_eq!(
        told(&["qouta"], &[]),
        "error : no package `qouta` was found\n  did you mean `quota`?\n"
    );
    assert_eq!(
        told(&["quota@2", "auth"], &[]),
        "error : no package `quota@2` was found\n  did you mean `quota`?\n"
    );
    assert_eq!(
        told(&["xyz"], &[]),
        "error : no package `xyz` was found\n  there are `auth`, `common`, `quota`, `server`\n"
    );
    assert_eq!(
        told(&["auth", "server"], &[]),
        "error : the package `server` holds no Proxy-Wasm plugin\n  \
         it was skipped: it does not depend on a Proxy-Wasm SDK\n"
    );
    assert_eq!(
        told(&[], &["sever"]),
        "warning : the excluded package `sever` was not found\n  did you mean `server`?\n"
    );
    let loaded = pick(dir, &["quota"], named(&[], &["quota"]));
    assert_eq!(
        problems(&loaded, dir),
        "error quota: no Proxy-Wasm plugin found in `quota`\n  `--exclude` leaves nothing of it\n"
    );
}

#[test]
fn the_workspace_around() {
    let dir = workspace();
    let dir = dir.path();
    for path in ["auth", "auth/src", "auth/Cargo.toml", "auth/src/lib.rs", ""] {
        let mut selection = Selection {
            workspace: true,
            ..Selection::default()
        };
        let loaded = pick(dir, &[path], selection.clone());
        assert_eq!(problems(&loaded, dir), "");
        assert_eq!(crates(&loaded), ["auth", "common", "quota"], "{path}");
        selection.packages.push("quota".to_owned());
        assert_eq!(crates(&pick(dir, &[path], selection)), ["quota"], "{path}");
    }
    // Without a workspace it is the package or the folder itself.
    let dir = tree(&[
        ("one/Cargo.toml", &plugin("one", "")),
        ("one/src/lib.rs", "fn one\n"),
        ("two/Cargo.toml", &plugin("two", "")),
        ("two/src/lib.rs", "fn two\n"),
    ]);
    let dir = dir.path();
    let all = Selection {
        workspace: true,
        ..Selection::default()
    };
    assert_eq!(crates(&pick(dir, &[""], all.clone())), ["one", "two"]);
    assert_eq!(crates(&pick(dir, &["one"], all)), ["one"]);
    let one = Selection {
        workspace: true,
        ..named(&["two"], &[])
    };
    assert_eq!(crates(&pick(dir, &[""], one)), ["two"]);
}
