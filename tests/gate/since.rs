//! `--since REV`, on throwaway repositories.

use std::process::Command;

use snapbox::str;

use super::folder::{Folder, PLUGIN};

impl Folder {
    /// Runs git there, whatever the settings of the machine.
    fn git(&self, args: &[&str]) {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b.c",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(["-c", "commit.gpgSign=false"])
            .args(args)
            .current_dir(self.path(""))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {errors}");
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a commit"]);
    }
}

/// A repository whose only commit has the plugin in it.
fn repository() -> Folder {
    let folder = Folder::with_plugin(PLUGIN);
    std::fs::remove_dir(folder.path(".git")).expect("the folder is empty");
    folder.git(&["init", "-q"]);
    folder.commit();
    folder
}

fn edit(folder: &Folder, from: &str, to: &str) {
    let text = folder.read("src/lib.rs");
    assert!(text.contains(from), "{from}");
    folder.write("src/lib.rs", &text.replace(from, to));
}

/// The lines of the findings.
fn found(folder: &Folder, at: &str, line: &str) -> Vec<String> {
    let run = folder.run_in(at, &format!("{line} --format short"));
    assert_eq!(
        run.code,
        Some(i32::from(!run.out.is_empty())),
        "{}",
        run.out
    );
    let rule = |line: &str| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned());
    run.out.lines().filter_map(rule).collect()
}

#[test]
fn only_what_a_change_touches() {
    let folder = repository();
    folder.transcript(
        &["--since HEAD"],
        str![[r#"
$ cargo wasm-route-lint --since HEAD
no stale route values found in 1 package (1 file); 3 not touched by the change
[exit code 0]

"#]],
    );
    // Where it is stored, where it is read, where it comes from.
    edit(
        &folder,
        "self.is_paid = route == b\"paid\";",
        "self.is_paid = route == b\"gold\";",
    );
    assert_eq!(found(&folder, "", "--since HEAD"), ["stale-match-decision"]);
    assert_eq!(
        found(&folder, "src", "--since HEAD"),
        ["stale-match-decision"]
    );
    assert_eq!(
        found(&folder, "", "src/lib.rs --since HEAD"),
        ["stale-match-decision"]
    );
    folder.commit();
    assert!(found(&folder, "", "--since HEAD").is_empty());
    assert_eq!(
        found(&folder, "", "--since HEAD~1"),
        ["stale-match-decision"]
    );
    edit(&folder, "\"x-route\"", "\"x-old-route\"");
    assert_eq!(
        found(&folder, "", "--since HEAD"),
        ["route-in-stream-context"]
    );
    edit(&folder, "unwrap_or_default();", "unwrap_or_else(Vec::new);");
    assert_eq!(found(&folder, "", "--since HEAD").len(), 3);
    // Other lines are nobody's.
    folder.commit();
    edit(
        &folder,
        "use proxy_wasm::types",
        "\n\nuse proxy_wasm::types",
    );
    edit(&folder, "\"x-last\"", "\"x-last-route\"");
    assert_eq!(found(&folder, "", "--since HEAD").len(), 0);
}

#[test]
fn new_files_and_renamed_ones() {
    let folder = repository();
    folder.write("src/lib.rs", "mod filter;\n");
    folder.write("src/filter.rs", PLUGIN);
    assert_eq!(found(&folder, "", "--since HEAD").len(), 3);
    // A rename is no change of the lines, once git knows the file.
    folder.git(&["add", "-A"]);
    folder.git(&["rm", "-q", "--cached", "src/lib.rs"]);
    assert_eq!(found(&folder, "", "--since HEAD").len(), 0);
}

#[test]
fn a_removed_cure_touches_what_it_cured() {
    let folder = repository();
    let read = "let last = LAST";
    edit(
        &folder,
        read,
        &format!("self.route = Vec::new();\n        {read}"),
    );
    edit(
        &folder,
        "if self.is_paid",
        "self.is_paid = false;\n        if self.is_paid",
    );
    folder.commit();
    edit(&folder, "self.is_paid = false;\n        if", "if");
    let rules = found(&folder, "", "--since HEAD");
    assert!(
        rules.contains(&"stale-match-decision".to_owned()),
        "{rules:?}"
    );
}

#[test]
fn what_git_does_not_know_fails_the_run() {
    let folder = repository();
    let all = "-q -A route-in-static -A stale-match-decision -A route-in-stream-context";
    let lines = [
        format!("--since none {all} --format sarif"),
        format!("--since=--help {all}"),
        "baseline --since HEAD".to_owned(),
    ];
    for line in &lines {
        assert_eq!(folder.run(line).code, Some(2), "{line}");
    }
    let run = folder.run(&format!("--since none {all}"));
    assert!(
        run.out.starts_with("error: `none` is no revision of `/"),
        "{}",
        run.out
    );
    let outside = Folder::with_plugin(PLUGIN);
    let run = outside.run(&format!("--since HEAD {all}"));
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("is in no git repository"), "{}", run.out);
}

#[test]
fn settings_of_the_user_and_of_hooks_change_nothing() {
    let folder = repository();
    for setting in [
        ["diff.noprefix", "true"],
        ["diff.mnemonicPrefix", "true"],
        ["diff.interHunkContext", "50"],
        ["diff.external", "false"],
        ["color.ui", "always"],
        ["core.quotePath", "true"],
    ] {
        folder.git(&["config", setting[0], setting[1]]);
    }
    edit(
        &folder,
        "self.is_paid = route == b\"paid\";",
        "self.is_paid = route == b\"gold\";",
    );
    edit(
        &folder,
        "use std::cell::RefCell;",
        "use std::cell::{RefCell};",
    );
    assert_eq!(found(&folder, "", "--since HEAD"), ["stale-match-decision"]);
}
