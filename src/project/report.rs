//! What is said of packages, apart from mistakes in their manifests.

use super::Options;
use super::features::Active;
use super::files::Files;
use super::graph::{EdgeSource, Graph, PackageId};
use super::plan::{Plan, by_manifest};
use super::scope::Scope;
use super::select::Verdict;
use crate::finding::Problem;

impl Plan {
    /// Problems of the packages that are read, and of dependencies that are not there.
    pub(crate) fn report(
        &self,
        graph: &Graph,
        wide: &[Active],
        files: &Files,
        problems: &mut Vec<Problem>,
    ) {
        for id in by_manifest(graph) {
            let node = &graph.packages[id];
            let analysed = self.verdicts[id].is_analysed();
            if analysed {
                problems.extend(node.problems.iter().cloned());
            }
            if !analysed && !node.primary {
                continue;
            }
            let active = if analysed { &self.active } else { wide };
            for &index in &active[id].deps {
                let edge = &node.deps[index];
                if let EdgeSource::Missing(span, at) = &edge.source {
                    problems.push(
                        Problem::at(
                            format!("the path dependency `{}` does not exist", edge.key),
                            *span,
                        )
                        .with_help(format!(
                            "`{}` was not found; calls into it count as unknown",
                            files.shown(at)
                        ))
                        .warning(),
                    );
                }
            }
        }
    }

    /// Names that `--features` was given in vain.
    pub(crate) fn report_features(
        &self,
        graph: &Graph,
        seeds: &[PackageId],
        options: &Options,
        problems: &mut Vec<Problem>,
    ) {
        if seeds.is_empty() {
            return;
        }
        for asked in &options.features.list {
            let (package, feature) = match asked.split_once('/') {
                Some((package, feature)) => (Some(package), feature),
                None => (None, asked.as_str()),
            };
            let known = seeds.iter().any(|&id| {
                let node = &graph.packages[id];
                package.is_none_or(|p| p == node.name) && self.active[id].features.contains(feature)
            });
            if !known {
                problems.push(Problem {
                    path: None,
                    ..Problem::error(format!("no analysed package has the feature `{asked}`"), "")
                        .warning()
                });
            }
        }
    }

    /// Says so of each given path that holds nothing to analyse.
    pub(crate) fn report_empty(
        &self,
        scope: &Scope,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) {
        if !options.selection.packages.is_empty() {
            options.selection.report_empty(scope, self, problems);
            return;
        }
        for (n, named) in scope.named.iter().enumerate() {
            if self.filled.contains(&n) || named.broken {
                continue;
            }
            let shown = match named.path.to_string_lossy() {
                path if path.is_empty() => ".".to_owned(),
                path => path.replace('\\', "/"),
            };
            let help = match named.packages.len() {
                0 if named.dropped => "`--exclude` leaves nothing of it".to_owned(),
                0 => "no `Cargo.toml` and no `.rs` file was found there".to_owned(),
                1 => {
                    let reason = named
                        .packages
                        .iter()
                        .find_map(|&id| match &self.verdicts[id] {
                            Verdict::Skipped(why) => Some(format!(
                                "`{}` was skipped: {why}",
                                scope.graph.packages[id].name
                            )),
                            Verdict::Plugin | Verdict::Unproven | Verdict::Library => None,
                        });
                    reason.unwrap_or_default()
                }
                n => format!(
                    "none of the {n} packages there depends on {}",
                    options.sdk_packages.join(" or ")
                ),
            };
            problems.push(
                Problem::error(
                    format!("no Proxy-Wasm plugin found in `{shown}`"),
                    named.path.clone(),
                )
                .with_help(help),
            );
        }
    }
}
