//! `--show-config`: what is in force for a path, and where each value comes from.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Configs, Set};
use crate::cli::Levels;
use crate::finding::Level;
use crate::report::RuleInfo;
use crate::source::{SourceMap, Span};

/// Where a value comes from when no file sets it.
const DEFAULT: &str = "default";
const COMMAND_LINE: &str = "command line";

/// What the command line says, which outweighs all files.
#[derive(Debug)]
pub struct Shown<'a> {
    /// `--pedantic`.
    pub pedantic: bool,
    /// The name of what `--host` names.
    pub host: Option<&'a str>,
    /// `--sdk`.
    pub sdk: &'a [PathBuf],
    /// `--baseline`.
    pub baseline: Option<&'a Path>,
    /// `--no-baseline`.
    pub no_baseline: bool,
    /// `-A`, `-W`, `-D`.
    pub levels: &'a Levels,
    /// All rules.
    pub rules: &'a [RuleInfo],
}

impl Shown<'_> {
    /// The configuration of a path, as one could write it in a file, with the origin of each value
    /// as a comment.
    pub fn text(&self, configs: &Configs, path: &Path) -> String {
        let config = configs.governing(path);
        let state = &*configs.state();
        let finder = &state.finder;
        let cwd = &configs.cwd;
        let origin = |span: Span| {
            let place = finder.sources.place(span);
            // The column says nothing about a line with one value.
            place
                .rsplit_once(':')
                .map_or(place.clone(), |(line, _)| line.to_owned())
        };
        let file_name = |path: &Path| quote(&SourceMap::display_name(path, cwd));
        let mut lines = Lines::default();
        let shown = match path.to_string_lossy() {
            path if path.is_empty() => ".".to_owned(),
            path => path.replace('\\', "/"),
        };
        let from = config.as_ref().map_or_else(
            || "no file".to_owned(),
            |config| format!("`{}`", finder.name(&config.path)),
        );
        lines.text(&format!("# What holds for `{shown}`, from {from}."));

        let config = config.unwrap_or_default();
        let switch = |given: bool, set: Option<&Set<bool>>| match set {
            _ if given => (true, COMMAND_LINE.to_owned()),
            Some(set) => (set.value, origin(set.span)),
            None => (false, DEFAULT.to_owned()),
        };
        match (self.host, &config.host) {
            (Some(host), _) => lines.annotated(&format!("# host is {host}"), COMMAND_LINE),
            (None, Some(set)) => lines.value("host", &quote(&set.value), &origin(set.span)),
            (None, None) => lines.text("# host is not set"),
        }
        let (pedantic, from) = switch(self.pedantic, config.pedantic.as_ref());
        lines.value("pedantic", &pedantic.to_string(), &from);
        let (reason, from) = switch(false, config.require_reason.as_ref());
        lines.value("require-reason", &reason.to_string(), &from);
        let excludes = config.exclude.iter();
        lines.array(
            "exclude",
            excludes.map(|glob| (quote(&glob.text), origin(glob.span))),
        );
        let given = self.sdk.iter();
        let given = given.map(|path| (file_name(path), COMMAND_LINE.to_owned()));
        let sdk = config.sdk.iter();
        let sdk = sdk.map(|set| (file_name(&set.value), origin(set.span)));
        lines.array("sdk", sdk.chain(given));
        match (self.baseline, &config.baseline) {
            _ if self.no_baseline => lines.annotated("# baseline is not used", COMMAND_LINE),
            (Some(path), _) => lines.value("baseline", &file_name(path), COMMAND_LINE),
            (None, Some(set)) => lines.value("baseline", &file_name(&set.value), &origin(set.span)),
            (None, None) => lines.text("# baseline is not set"),
        }

        lines.text("");
        lines.text("[levels]");
        for rule in self.rules {
            let set = config.levels.iter().rfind(|(name, _)| *name == rule.name);
            let (level, from) = match set {
                Some((_, set)) => (set.value, origin(set.span)),
                None => (rule.default_level, DEFAULT.to_owned()),
            };
            let (level, from) = self.outweighed(rule.name, level, from);
            lines.value(rule.name, &quote(level.as_str()), &from);
        }
        for entry in &config.overrides {
            lines.text("");
            lines.annotated("[[overrides]]", &origin(entry.span));
            let paths = entry.paths.iter();
            lines.array("paths", paths.map(|g| (quote(&g.text), origin(g.span))));
            lines.text("[overrides.levels]");
            for (rule, set) in &entry.levels {
                let (level, from) = self.outweighed(rule, set.value, origin(set.span));
                lines.value(rule, &quote(level.as_str()), &from);
            }
        }
        lines.finish()
    }

    fn outweighed(&self, rule: &str, level: Level, from: String) -> (Level, String) {
        let applied = self.levels.apply(rule, level);
        if applied == level && !self.levels.names(rule) {
            (level, from)
        } else {
            (applied, COMMAND_LINE.to_owned())
        }
    }
}

/// A TOML string.
fn quote(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Lines with comments in one column.
#[derive(Default)]
struct Lines(Vec<(String, Option<String>)>);

impl Lines {
    fn text(&mut self, line: &str) {
        self.0.push((line.to_owned(), None));
    }

    fn annotated(&mut self, line: &str, origin: &str) {
        self.0.push((line.to_owned(), Some(origin.to_owned())));
    }

    fn value(&mut self, key: &str, value: &str, origin: &str) {
        self.annotated(&format!("{key} = {value}"), origin);
    }

    fn array(&mut self, key: &str, items: impl Iterator<Item = (String, String)>) {
        let mut items = items.peekable();
        if items.peek().is_none() {
            self.value(key, "[]", DEFAULT);
            return;
        }
        self.text(&format!("{key} = ["));
        for (item, origin) in items {
            self.annotated(&format!("    {item},"), &origin);
        }
        self.text("]");
    }

    fn finish(self) -> String {
        let commented = self.0.iter().filter(|(_, comment)| comment.is_some());
        let width = commented.map(|(line, _)| line.chars().count()).max();
        let width = width.unwrap_or(0);
        let mut text = String::new();
        for (line, comment) in self.0 {
            // Writing to a string does not fail.
            let _ = match comment {
                Some(comment) => writeln!(text, "{line:width$}  # {comment}"),
                None => writeln!(text, "{line}"),
            };
        }
        text
    }
}
