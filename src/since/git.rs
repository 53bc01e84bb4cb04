//! Asking git.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Change, patch, real};

/// What went wrong, and a way out.
type Failure = (String, Option<String>);

/// What makes git look elsewhere than in the folder that it is run in; hooks set it.
const REDIRECTIONS: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
];

/// The changes in all files of the repositories in which `paths` lie, by their real paths.
pub(super) fn changes(
    revision: &str,
    paths: &[PathBuf],
) -> Result<HashMap<PathBuf, Change>, Failure> {
    // It would be taken for an option.
    if revision.is_empty() || revision.starts_with('-') {
        return Err((format!("`{revision}` is no revision"), None));
    }
    let mut roots = BTreeSet::new();
    for path in paths {
        roots.insert(root(path)?);
    }
    let mut changes = HashMap::new();
    for root in roots {
        in_repository(&root, revision, &mut changes)?;
    }
    Ok(changes)
}

/// The folder of the repository that holds a path.
fn root(path: &Path) -> Result<PathBuf, Failure> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let real_path = real(path);
    let folder = if real_path.is_dir() {
        real_path.as_path()
    } else {
        real_path.parent().unwrap_or(Path::new("/"))
    };
    let answer = git(folder, ["rev-parse", "--show-toplevel"])?;
    let Some(answer) = answer else {
        let message = format!("`{}` is in no git repository", path.display());
        let help = "--since compares with a revision of the repository";
        return Err((message, Some(help.to_owned())));
    };
    let line = answer.strip_suffix(b"\n").unwrap_or(&answer);
    Ok(real(&patch::path(line)))
}

fn in_repository(
    root: &Path,
    revision: &str,
    changes: &mut HashMap<PathBuf, Change>,
) -> Result<(), Failure> {
    let name = format!("{revision}^{{commit}}");
    let commit = git(
        root,
        [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &name,
        ],
    )?;
    let commit = commit.and_then(|commit| String::from_utf8(commit).ok());
    let Some(commit) = commit else {
        let message = format!("`{revision}` is no revision of `{}`", root.display());
        let help = "in a shallow clone it has to be fetched first";
        return Err((message, Some(help.to_owned())));
    };
    // Whatever the user's settings, the form of the answer is this one.
    let diff = [
        "diff",
        "--unified=0",
        "--inter-hunk-context=0",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--find-renames",
        "--submodule=short",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        commit.trim(),
        "--",
    ];
    let failed = |what: &str| (format!("`git {what}` failed in `{}`", root.display()), None);
    let text = git(root, diff)?.ok_or_else(|| failed("diff"))?;
    for (path, lines) in patch::parse(&text) {
        changes.insert(root.join(path), Change::Lines(lines));
    }
    let others = ["ls-files", "--others", "--exclude-standard", "-z"];
    let others = git(root, others)?.ok_or_else(|| failed("ls-files"))?;
    for name in others
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty())
    {
        changes.insert(root.join(patch::path(name)), Change::Whole);
    }
    Ok(())
}

/// What git answers; nothing if it says no.
fn git<'a>(
    folder: &Path,
    args: impl IntoIterator<Item = &'a str>,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut command = Command::new("git");
    command
        .args(["-c", "core.quotePath=false", "-c", "core.fsmonitor=false"])
        .args(args.into_iter().map(OsStr::new))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    for name in REDIRECTIONS {
        command.env_remove(name);
    }
    match command.output() {
        Ok(output) => Ok(output.status.success().then_some(output.stdout)),
        Err(error) => Err((
            format!("git can't be run: {error}"),
            Some("--since needs git".to_owned()),
        )),
    }
}
