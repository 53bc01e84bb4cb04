//! What holds for a run as a whole: it comes from the configurations of the paths that are named.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Config, Configs, Set};
use crate::finding::Problem;
use crate::sdk::Host;

/// What configurations say of a run.
#[derive(Debug, Default)]
pub struct RunSettings {
    /// The host that runs the plugins.
    pub host: Option<Host>,
    /// Files that describe SDKs and wrappers.
    pub sdk: Vec<PathBuf>,
    /// The file of findings that were there before.
    pub baseline: Option<PathBuf>,
    /// Whether notes are wanted.
    pub pedantic: bool,
}

/// What the command line says, whatever the configurations do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    /// It names a host.
    pub host: bool,
    /// It names a baseline, or wants none.
    pub baseline: bool,
}

impl Configs {
    /// The settings for a run over `paths`. Plugins for different hosts can't be checked in one run,
    /// nor those with different baselines, unless the command line says which one counts.
    pub fn run_settings(&self, paths: &[PathBuf], given: Given) -> RunSettings {
        let mut settings = RunSettings::default();
        let mut host: Option<Set<String>> = None;
        let mut baseline: Option<Set<PathBuf>> = None;
        let mut seen: Vec<Arc<Config>> = Vec::new();
        for path in paths {
            let Some(config) = self.governing(path) else {
                continue;
            };
            if seen.iter().any(|known| Arc::ptr_eq(known, &config)) {
                continue;
            }
            settings.pedantic |= config.pedantic();
            for file in config.sdk() {
                if !settings.sdk.contains(&file.value) {
                    settings.sdk.push(file.value.clone());
                }
            }
            match (&host, config.host()) {
                (None, Some(set)) => host = Some(set.clone()),
                (Some(known), Some(set)) if known.value != set.value && !given.host => {
                    let message = format!(
                        "the given paths are for different hosts: this is for `{}`, another for `{}`",
                        set.value, known.value
                    );
                    let help = "check the paths one at a time, or say for which host with `--host`";
                    self.complain(Problem::at(message, set.span).with_help(help));
                }
                _ => {}
            }
            match (&baseline, config.baseline()) {
                (None, Some(set)) => baseline = Some(set.clone()),
                (Some(known), Some(set)) if known.value != set.value && !given.baseline => {
                    let message = "the given paths have different baselines";
                    let help = "check the paths one at a time, or name one with `--baseline`";
                    self.complain(Problem::at(message, set.span).with_help(help));
                }
                _ => {}
            }
            seen.push(config);
        }
        // What is no host was told when the file was read.
        settings.host = host.and_then(|set| Host::parse(&set.value).ok());
        settings.baseline = baseline.map(|set| set.value);
        settings
    }
}
