//! `--package`, `--workspace` and `--exclude`: packages picked by name.

use std::path::{Path, PathBuf};

use super::discover::manifests_above;
use super::files::{Files, real};
use super::graph::{Graph, Node, PackageId};
use super::plan::Plan;
use super::scope::Scope;
use super::select::Verdict;
use crate::finding::Problem;

/// How alike two names must be (1 is equal) for one to be suggested for the other.
const ALIKE: f64 = 0.8;

/// How many names a message lists.
const LISTED: usize = 8;

/// Packages asked for by name. A name may be `name@version` and have `*` and `?` in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these; none means all.
    pub packages: Vec<String>,
    /// Start from the workspaces around the given paths.
    pub workspace: bool,
    /// Not these.
    pub exclude: Vec<String>,
}

impl Selection {
    /// The manifest of the workspace around a path; without one the path itself.
    pub(crate) fn start(
        &self,
        path: &Path,
        graph: &mut Graph,
        files: &mut Files,
        problems: &mut Vec<Problem>,
    ) -> PathBuf {
        let around = || {
            let own = path.join("Cargo.toml");
            if own.is_file() {
                return Some(own);
            }
            if path.file_name().is_some_and(|n| n == "Cargo.toml") && path.is_file() {
                return Some(path.to_owned());
            }
            // From a name inside a folder, so that the folder itself counts as being above.
            real(path)
                .exists()
                .then(|| manifests_above(path))?
                .into_iter()
                .next()
        };
        let root = self.workspace.then(around).flatten().and_then(|manifest| {
            let manifest = graph.manifest(&manifest, files, problems)?;
            let root = graph.workspace_of(manifest, files, problems)?;
            Some(graph.get(root).path.clone())
        });
        root.unwrap_or_else(|| path.to_owned())
    }

    /// Drops what was not asked for, and says which names mean nothing.
    pub(crate) fn apply(&self, scope: &mut Scope, problems: &mut Vec<Problem>) {
        let packages = &scope.graph.packages;
        let primary: Vec<PackageId> = (0..packages.len())
            .filter(|&id| packages[id].primary)
            .collect();
        let known = |name: &String| primary.iter().any(|&id| fits(name, &packages[id]));
        let nodes = || primary.iter().map(|&id| &packages[id]);
        for name in self.packages.iter().filter(|name| !known(name)) {
            let problem = nameless(format!("no package `{name}` was found"));
            problems.push(problem.with_help(suggestion(name, nodes())));
        }
        for name in self.exclude.iter().filter(|name| !known(name)) {
            let problem = nameless(format!("the excluded package `{name}` was not found"));
            problems.push(problem.with_help(suggestion(name, nodes())).warning());
        }
        let wanted = |node: &Node| {
            let asked = self.packages.iter().any(|name| fits(name, node));
            (asked || self.packages.is_empty()) && !self.exclude.iter().any(|n| fits(n, node))
        };
        let dropped: Vec<PackageId> = primary
            .iter()
            .copied()
            .filter(|&id| !wanted(&packages[id]))
            .collect();
        for id in dropped {
            // It is still read where a picked package depends on it.
            scope.graph.packages[id].primary = false;
            for named in &mut scope.named {
                named.dropped |= named.packages.remove(&id);
            }
        }
        if !self.packages.is_empty() {
            for named in &mut scope.named {
                named.loose.clear();
                named.source = None;
            }
        }
    }

    /// Says so of each name whose packages hold nothing to analyse.
    pub(crate) fn report_empty(&self, scope: &Scope, plan: &Plan, problems: &mut Vec<Problem>) {
        for name in &self.packages {
            let packages = scope.graph.packages.iter().enumerate();
            let verdicts: Vec<&Verdict> = packages
                .filter(|(_, node)| node.primary && fits(name, node))
                .map(|(id, _)| &plan.verdicts[id])
                .collect();
            if let [Verdict::Skipped(why), rest @ ..] = verdicts.as_slice()
                && !rest.iter().any(|verdict| verdict.is_analysed())
            {
                let problem = nameless(format!("the package `{name}` holds no Proxy-Wasm plugin"));
                problems.push(problem.with_help(format!("it was skipped: {why}")));
            }
        }
    }
}

fn nameless(message: String) -> Problem {
    Problem {
        path: None,
        ..Problem::error(message, "")
    }
}

/// Whether a package is meant by `name` or `name@version`.
fn fits(wanted: &str, node: &Node) -> bool {
    let (name, version) = match wanted.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (wanted, None),
    };
    let stated = node.version.as_deref().unwrap_or("0.0.0");
    // Cargo lets the end of a version be left out.
    let version_fits = version.is_none_or(|version| {
        let rest = stated.strip_prefix(version);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    version_fits && matches(name.as_bytes(), node.name.as_bytes())
}

/// Whether `text` fits `pattern`, in which `*` is any text and `?` any character.
fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    // Where to go on when what follows the last `*` does not fit.
    let mut again: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', rest)), _) => {
                again = Some((rest, text));
                pattern = rest;
            }
            (Some((&p, rest)), Some((&t, left))) if p == b'?' || p == t => {
                pattern = rest;
                text = left;
            }
            (None, None) => return true,
            _ => match again {
                Some((rest, [_, left @ ..])) => {
                    again = Some((rest, left));
                    (pattern, text) = (rest, left);
                }
                _ => return false,
            },
        }
    }
}

fn suggestion<'n>(wanted: &str, nodes: impl Iterator<Item = &'n Node>) -> String {
    let mut names: Vec<&str> = nodes.map(|node| node.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let alike = |name: &&&str| strsim::jaro_winkler(name, wanted) >= ALIKE;
    let closest = names.iter().filter(alike).max_by(|a, b| {
        let [a, b] = [a, b].map(|name| strsim::jaro_winkler(name, wanted));
        a.total_cmp(&b)
    });
    match (closest, names.as_slice()) {
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, []) => "there is no package at all".to_owned(),
        (None, names) if names.len() <= LISTED => {
            format!("there are `{}`", names.join("`, `"))
        }
        (None, names) => {
            let shown = names[..LISTED].join("`, `");
            format!("there are `{shown}` and {} more", names.len() - LISTED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("*ab", "aab", true),
            ("?b", "ab", true),
            ("?", "", false),
            ("", "", true),
        ] {
            let fits = matches(pattern.as_bytes(), text.as_bytes());
            assert_eq!(fits, expected, "{pattern} {text}");
        }
    }
}
