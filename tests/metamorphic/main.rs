//! Metamorphic tests: a plugin that is written otherwise and does the same gets the same verdict.
//!
//! Every example of the rule documents and every case of `testdata/constructs` is rewritten, by each
//! rewrite alone and by some rewrites in a row. Neither the rules that are reported nor how often they are
//! may change. The rewritten packages are left in the folder that `CARGO_TARGET_TMPDIR` names, under
//! `metamorphic`; a sample of them is type-checked against the real SDK.

mod combined;
mod known;
mod plugin;
mod rewrites;
mod source;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use known::KNOWN;
use plugin::Verdict;
use rewrites::Rewrite;
use source::Source;

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("metamorphic")
}

/// A source and the rewrites that are applied to it, in order.
type Case<'a> = (&'a Source, Vec<&'static Rewrite>);

fn names(case: &Case) -> Vec<&'static str> {
    case.1.iter().map(|r| r.name).collect()
}

fn name(case: &Case) -> String {
    let mut parts = vec![case.0.name.as_str()];
    parts.extend(names(case));
    parts.join("-")
}

/// The files of the rewritten plugin; nothing if one of the rewrites has nothing to do.
fn rewritten(case: &Case) -> Option<Vec<(String, String)>> {
    let mut file = syn::parse_file(&case.0.text).expect("sources parse");
    for rewrite in &case.1 {
        file = (rewrite.apply)(file)?;
    }
    Some(plugin::files(file))
}

/// Runs `work` for each case on as many threads as there are. Threads of our own: a rayon worker that
/// waits for the pool of one analysis would begin another one on the same stack.
fn each<'a, R: Send>(
    cases: &[Case<'a>],
    work: impl Fn(&Case<'a>) -> Option<R> + Sync,
) -> BTreeMap<String, R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                scope.spawn(move || {
                    let mine = cases.iter().skip(first).step_by(threads);
                    mine.filter_map(|c| Some((name(c), work(c)?)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().expect("every case is worked on"))
            .collect()
    })
}

/// Writes and judges one case.
fn verdict(case: &Case) -> Option<Verdict> {
    let files = rewritten(case)?;
    let folder = target().join(name(case));
    plugin::write(&files, &folder);
    Some(plugin::judge(&folder))
}

fn singles(sources: &[Source]) -> Vec<Case<'_>> {
    let all = || rewrites::ALL.iter();
    sources
        .iter()
        .flat_map(|s| all().map(move |r| (s, vec![r])))
        .collect()
}

#[test]
fn a_rewrite_does_not_change_the_verdict() {
    let sources = source::all();
    let plain: Vec<Case> = sources.iter().map(|s| (s, Vec::new())).collect();
    let expected = each(&plain, verdict);
    let cases = singles(&sources);
    let found = each(&cases, verdict);
    let mut wrong = Vec::new();
    for case in &cases {
        let Some(got) = found.get(&name(case)) else {
            continue;
        };
        let wanted = &expected[&case.0.name];
        match (wanted == got, known::is_known(&case.0.name, &names(case))) {
            (false, false) => wrong.push(format!("{}: {wanted} became {got}", name(case))),
            (true, true) => wrong.push(format!("{}: right now, no longer known", name(case))),
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} verdicts:\n{}",
        wrong.len(),
        found.len(),
        wrong.join("\n")
    );
}

/// The verdict that the first line of a kept case asks for, and the one that it gets.
fn kept(path: &str) -> BTreeMap<String, (String, String)> {
    let sources = source::files(path);
    let cases: Vec<Case> = sources.iter().map(|s| (s, Vec::new())).collect();
    each(&cases, |case| {
        let first = case.0.text.lines().next().unwrap_or_default();
        let wanted = first.strip_prefix("// expected: ");
        let wanted = wanted.unwrap_or_else(|| panic!("{}: no expectation", case.0.name));
        Some((wanted.to_owned(), verdict(case)?.to_string()))
    })
}

#[test]
fn kept_cases_are_judged_right() {
    for (name, (wanted, got)) in kept("testdata/metamorphic") {
        assert_eq!(got, wanted, "{name}");
    }
}

#[test]
fn known_mistakes_are_still_made() {
    let cases = kept("testdata/metamorphic/known");
    let listed: Vec<&str> = KNOWN.iter().map(|k| k.file).collect();
    let mut right = Vec::new();
    for (name, (wanted, got)) in &cases {
        assert!(listed.contains(&name.as_str()), "{name} is not listed");
        if got == wanted {
            right.push(name.as_str());
        }
    }
    assert!(
        right.is_empty(),
        "judged right now: move to testdata/metamorphic and drop the entries of {}",
        right.join(", ")
    );
    for name in listed {
        assert!(cases.contains_key(name), "{name} has no file");
    }
}

/// Each source in one crate, each of its variants a module.
fn type_check(cases: &[Case]) -> Result<(), String> {
    let written = each(cases, |case| {
        let files = rewritten(case)?;
        plugin::write(&files, &target().join(name(case)));
        Some(case.0.name.clone())
    });
    let package = target().with_file_name("metamorphic-check");
    let _ = fs::remove_dir_all(package.join("examples"));
    fs::create_dir_all(package.join("examples")).expect("a folder");
    fs::create_dir_all(package.join("src")).expect("a folder");
    fs::write(package.join("src/lib.rs"), "").expect("a library");
    let mut crates: BTreeMap<&str, String> = BTreeMap::new();
    for (n, (name, source)) in written.iter().enumerate() {
        *crates.entry(source).or_default() +=
            &format!("#[path = \"../../metamorphic/{name}/src/lib.rs\"]\nmod v{n};\n");
    }
    let mut manifest = String::from(
        "[package]\nname = \"metamorphic\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nproxy-wasm = \"0.2\"\nlog = \"0.4\"\nlazy_static = \"1\"\n",
    );
    for (name, text) in &crates {
        fs::write(package.join(format!("examples/{name}.rs")), text).expect("a crate");
        manifest += &format!("[[example]]\nname = \"{name}\"\ncrate-type = [\"rlib\"]\n");
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--keep-going"])
        .args(["--examples", "--target-dir"])
        .arg(package.join("target"))
        .current_dir(&package)
        .env("RUSTFLAGS", "-Awarnings")
        .output()
        .expect("cargo runs");
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// All of them if `EVERY_REWRITE` is set, else as many as there is time for.
#[test]
fn rewritten_plugins_type_check() {
    let sources = source::all();
    let mut cases = singles(&sources);
    cases.extend(combined::cases(&sources).into_iter().map(|c| c.case));
    if std::env::var_os("EVERY_REWRITE").is_none() {
        cases = cases.into_iter().step_by(7).collect();
    }
    if let Err(message) = type_check(&cases) {
        panic!("{message}");
    }
}

/// Rewrites in a row. What fails is made smaller before it is told.
#[test]
fn rewrites_in_a_row_do_not_change_the_verdict() {
    let sources = source::all();
    let plain: Vec<Case> = sources.iter().map(|s| (s, Vec::new())).collect();
    let expected = each(&plain, verdict);
    let mut combinations = combined::cases(&sources);
    let cases: Vec<Case> = combinations.iter().map(|c| c.case.clone()).collect();
    let found = each(&cases, verdict);
    let fails = |case: &Case| {
        let wanted = &expected[&case.0.name];
        !known::is_known(&case.0.name, &names(case))
            && verdict(case).is_some_and(|got| got != *wanted)
    };
    let mut wrong = Vec::new();
    for combination in &mut combinations {
        let wanted = &expected[&combination.case.0.name];
        if &found[&name(&combination.case)] == wanted {
            continue;
        }
        let smallest = combination.shrunk(&sources, &fails);
        let got = verdict(&smallest).expect("it was judged before");
        let wanted = &expected[&smallest.0.name];
        wrong.push(format!("{}: {wanted} became {got}", name(&smallest)));
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "{} of {} verdicts:\n{}",
        wrong.len(),
        found.len(),
        wrong.join("\n")
    );
}
