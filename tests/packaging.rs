//! What is around the tool: versions that have to agree, and the scripts of the action and of the
//! releases, run as far as that is possible without a release.

use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn text(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn toml(name: &str) -> toml::Table {
    text(name).parse().unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn one_version_everywhere() {
    let mirror = toml("packaging/pre-commit-mirror/pyproject.toml");
    assert_eq!(mirror["project"]["version"].as_str(), Some(VERSION));
    let wheel = format!("cargo-wasm-route-lint=={VERSION}");
    let dependencies = mirror["project"]["dependencies"].as_array();
    assert_eq!(dependencies, Some(&vec![wheel.into()]));
    for name in [
        "README.md",
        "docs/ci.md",
        "packaging/pre-commit-mirror/README.md",
    ] {
        for line in text(name).lines() {
            for mark in ["rev: v", "lint@v", "route-lint=="] {
                if let Some((_, rest)) = line.split_once(mark) {
                    assert!(rest.starts_with(VERSION), "{name}: {line}");
                }
            }
        }
    }
    assert!(text("CHANGELOG.md").contains(&format!("\n## {VERSION}\n")));
}

/// Text that is put into a script could be run as one.
#[test]
fn nothing_is_put_into_a_script() {
    for name in ["action.yml", ".github/workflows/release.yml"] {
        let text = text(name);
        let mut script = None;
        for line in text.lines() {
            let indent = line.len() - line.trim_start().len();
            if script.is_some_and(|start| indent <= start && !line.trim().is_empty()) {
                script = None;
            }
            if line
                .trim_start()
                .trim_start_matches("- ")
                .starts_with("run:")
            {
                script = Some(indent);
            }
            let spliced = script.is_some() && line.contains("${{");
            assert!(!spliced, "{name}: {line}");
        }
    }
}

#[test]
fn the_hooks_differ_in_language_only() {
    let own = text(".pre-commit-hooks.yaml");
    let mirror = text("packaging/pre-commit-mirror/.pre-commit-hooks.yaml");
    let lines = |text: &str, key: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|l| l.starts_with(key))
            .map(str::to_owned)
            .collect()
    };
    for key in ["entry:", "files:", "pass_filenames:"] {
        let mirrored = lines(&mirror, key);
        assert_eq!(mirrored.len(), 1, "{key}");
        assert_eq!(lines(&own, key), [mirrored.as_slice(); 2].concat(), "{key}");
    }
    assert_eq!(
        lines(&own, "language:"),
        ["language: rust", "language: system"]
    );
    assert_eq!(lines(&mirror, "language:"), ["language: python"]);
}

#[cfg(unix)]
mod scripts {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use tempfile::TempDir;

    use super::{ROOT, VERSION, toml};

    const BINARY: &str = env!("CARGO_BIN_EXE_cargo-wasm-route-lint");

    /// Runs a script in a folder, with nothing but what it needs in the environment.
    fn run(folder: &Path, script: &str, args: &[&str], variables: &[(&str, &str)]) -> Output {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Command::new(Path::new(ROOT).join("packaging").join(script))
            .args(args)
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .envs(variables.iter().copied())
            .output()
            .expect("the script runs")
    }

    fn told(output: &Output) -> String {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        text(&output.stdout) + &text(&output.stderr)
    }

    fn target() -> String {
        let output = run(Path::new(ROOT), "target.sh", &[], &[]);
        assert!(output.status.success(), "{}", told(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A place where releases are, with one in it.
    fn releases() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let release = folder.path().join("download").join(format!("v{VERSION}"));
        let to = release.to_string_lossy().into_owned();
        let output = run(folder.path(), "archive.sh", &[&target(), BINARY, &to], &[]);
        assert!(output.status.success(), "{}", told(&output));
        let archive = String::from_utf8_lossy(&output.stdout).trim().into();
        (folder, archive)
    }

    #[test]
    fn archives_are_where_binstall_looks_for_them() {
        let (folder, archive) = releases();
        let manifest = toml("Cargo.toml");
        let binstall = &manifest["package"]["metadata"]["binstall"];
        let filled = |template: &toml::Value| {
            let template = template.as_str().expect("a template");
            [
                ("{ repo }/releases", ""),
                ("{ name }", env!("CARGO_PKG_NAME")),
                ("{ version }", VERSION),
                ("{ target }", &target()),
                ("{ archive-suffix }", ".tar.gz"),
                ("{ bin }", env!("CARGO_PKG_NAME")),
                ("{ binary-ext }", ""),
            ]
            .into_iter()
            .fold(template.to_owned(), |text, (key, value)| {
                text.replace(key, value)
            })
        };
        let url = filled(&binstall["pkg-url"]);
        assert_eq!(folder.path().join(url.trim_start_matches('/')), archive);
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(&archive).current_dir(folder.path());
        assert!(tar.status().expect("tar runs").success());
        let inside = folder.path().join(filled(&binstall["bin-dir"]));
        assert!(inside.is_file(), "{}", inside.display());
        for name in [
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "cargo-wasm-route-lint.1",
            "completions",
        ] {
            assert!(inside.with_file_name(name).exists(), "{name}");
        }
        // The releases for Linux serve both C libraries.
        for (asked, table) in binstall["overrides"].as_table().expect("overrides") {
            for key in ["pkg-url", "bin-dir"] {
                let general = binstall[key].as_str().expect("a template");
                let musl = asked.replace("-gnu", "-musl");
                let expected = general.replace("{ target }", &musl);
                assert_eq!(table[key].as_str(), Some(expected.as_str()), "{asked}");
            }
        }
    }

    fn install(releases: &Path, version: &str) -> (TempDir, Output) {
        let work = tempfile::tempdir().expect("a folder");
        let at = |name: &str| work.path().join(name).to_string_lossy().into_owned();
        let output = run(
            work.path(),
            "action/install.sh",
            &[],
            &[
                ("LINT_VERSION", version),
                ("LINT_RELEASES", &format!("file://{}", releases.display())),
                ("RUNNER_TEMP", &at("temp")),
                ("GITHUB_PATH", &at("path")),
            ],
        );
        (work, output)
    }

    #[test]
    fn the_action_installs_a_release() {
        let (releases, archive) = releases();
        for version in ["", VERSION, &format!("v{VERSION}")] {
            let (work, output) = install(releases.path(), version);
            assert!(output.status.success(), "{}", told(&output));
            let path = fs::read_to_string(work.path().join("path")).expect("a path");
            let binary = Path::new(path.trim()).join(env!("CARGO_PKG_NAME"));
            let version = Command::new(binary)
                .arg("--version")
                .output()
                .expect("it runs");
            assert!(String::from_utf8_lossy(&version.stdout).contains(VERSION));
        }
        // Another file than the one that the checksum is of.
        let mut bytes = fs::read(&archive).expect("an archive");
        bytes.push(0);
        fs::write(&archive, bytes).expect("an archive");
        let (work, output) = install(releases.path(), "");
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains("does not fit its checksum"));
        assert!(!work.path().join("path").exists());
    }

    #[test]
    fn a_version_is_no_script() {
        let (releases, _) = releases();
        for version in ["latest", "0.1.0/../x", "0.1.0; touch x", "$(touch x)", "1"] {
            let (work, output) = install(releases.path(), version);
            assert_eq!(output.status.code(), Some(2), "{version}");
            assert!(!work.path().join("x").exists());
        }
    }

    /// What `run.sh` did in a workspace with this repository in it.
    struct Step {
        code: Option<i32>,
        told: String,
        output: String,
        work: TempDir,
    }

    fn step(variables: &[(&str, &str)]) -> Step {
        let work = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(ROOT, work.path().join("repo")).expect("a link");
        let tools = Path::new(BINARY).parent().expect("a folder");
        let path = format!(
            "{}:{}",
            tools.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let result = work.path().join("output").to_string_lossy().into_owned();
        let own = [("PATH", path.as_str()), ("GITHUB_OUTPUT", &result)];
        let output = run(
            work.path(),
            "action/run.sh",
            &[],
            &[&own, variables].concat(),
        );
        Step {
            code: output.status.code(),
            told: told(&output),
            output: fs::read_to_string(&result).unwrap_or_default(),
            work,
        }
    }

    #[test]
    fn the_action_gates() {
        let bad = step(&[("LINT_WORKING_DIRECTORY", "repo/testdata/example-plugin")]);
        assert_eq!(bad.code, Some(1), "{}", bad.told);
        assert!(bad.told.contains("::error file="), "{}", bad.told);
        assert!(
            bad.told
                .contains("testdata/example-plugin/src/lib.rs,line=59,")
        );
        assert_eq!(bad.output, "exit-code=1\nsarif-file=\n");

        let broken = step(&[("LINT_WORKING_DIRECTORY", "no/such/folder")]);
        assert_eq!(broken.code, Some(2), "{}", broken.told);
        let unknown = step(&[("LINT_ARGS", "no/such/folder")]);
        assert_eq!(unknown.code, Some(2), "{}", unknown.told);
        assert_eq!(unknown.output, "exit-code=2\nsarif-file=\n");
    }

    #[test]
    fn the_action_keeps_a_sarif_report_of_a_failed_gate() {
        let step = step(&[
            ("LINT_WORKING_DIRECTORY", "repo/testdata/example-plugin"),
            ("LINT_FORMAT", "short"),
            ("LINT_SARIF_FILE", "reports/lint.sarif"),
            ("LINT_ARGS", "-D warnings\n --quiet"),
        ]);
        assert_eq!(step.code, Some(1), "{}", step.told);
        assert_eq!(step.told.matches(": error[").count(), 2, "{}", step.told);
        let report = step.work.path().join("reports/lint.sarif");
        let report = fs::read_to_string(report).expect("a report");
        assert!(report.contains("\"version\": \"2.1.0\""));
        assert!(step.output.ends_with("/reports/lint.sarif\n"));
    }

    #[test]
    fn arguments_are_words_and_no_script() {
        for args in [
            "$(touch x)",
            "`touch x`",
            "; touch x",
            "--quiet * | touch x",
        ] {
            let step = step(&[("LINT_ARGS", args)]);
            assert_eq!(step.code, Some(2), "{args}: {}", step.told);
            assert!(!step.work.path().join("x").exists(), "{args}");
        }
    }
}
