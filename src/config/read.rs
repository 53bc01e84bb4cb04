//! Reading a configuration. From the TOML tree, not through derived types: a mistake costs the value
//! that it is in, all mistakes are told at once, and each has its place in the file.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::globs::Glob;
use super::{Override, Set};
use crate::finding::{Level, Problem};
use crate::sdk::Host;
use crate::similar;
use crate::source::{FileId, Span};

/// What one file says, before what it extends is looked at.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) extends: Vec<Set<String>>,
    pub(super) levels: Vec<(&'static str, Set<Level>)>,
    pub(super) overrides: Vec<Override>,
    pub(super) exclude: Vec<Glob>,
    pub(super) pedantic: Option<Set<bool>>,
    pub(super) require_reason: Option<Set<bool>>,
    pub(super) host: Option<Set<String>>,
    pub(super) sdk: Vec<Set<String>>,
    pub(super) baseline: Option<Set<String>>,
}

/// The keys of a configuration.
pub(super) const KEYS: [&str; 9] = [
    "baseline",
    "exclude",
    "extends",
    "host",
    "levels",
    "overrides",
    "pedantic",
    "require-reason",
    "sdk",
];

/// The keys of one of `overrides`.
pub(super) const OVERRIDE_KEYS: [&str; 2] = ["levels", "paths"];

const LEVELS: [Level; 3] = [Level::Allow, Level::Warn, Level::Deny];

/// The tables of a manifest that can hold a configuration.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// `[package.metadata.wasm-route-lint]`
    pub(super) package: Option<Raw>,
    /// `[workspace.metadata.wasm-route-lint]`
    pub(super) workspace: Option<Raw>,
    /// The place of the first of them.
    pub(super) span: Option<Span>,
    /// There is a `[package]`.
    pub(super) is_package: bool,
}

/// Reads one file.
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    /// The folder of the file.
    pub(super) base: &'a Path,
    pub(super) rules: &'a [&'static str],
    pub(super) problems: &'a mut Vec<Problem>,
    skip: usize,
}

type Table<'i> = DeTable<'i>;
type Value<'i> = Spanned<DeValue<'i>>;

impl<'a> Reader<'a> {
    pub(super) fn new(
        file: FileId,
        base: &'a Path,
        rules: &'a [&'static str],
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        Self {
            file,
            base,
            rules,
            problems,
            skip: 0,
        }
    }

    /// Reads a `wasm-route-lint.toml`.
    pub(super) fn file(mut self, text: &str) -> Raw {
        let text = self.without_mark(text);
        match DeTable::parse(text) {
            Ok(root) => self.config(root.get_ref()),
            Err(error) => {
                let range = error.span().unwrap_or(0..0);
                let message = error.message().replace('\n', ", ");
                self.problem(format!("the configuration is no TOML: {message}"), range);
                Raw::default()
            }
        }
    }

    /// Reads the tables of a manifest. One that is no TOML is the business of those who read it as
    /// a manifest.
    pub(super) fn manifest(mut self, text: &str) -> Metadata {
        let text = self.without_mark(text);
        let Ok(root) = DeTable::parse(text) else {
            return Metadata::default();
        };
        let root = root.get_ref();
        let table = |owner: &str| {
            let metadata = root.get(owner)?.get_ref().get("metadata")?;
            metadata.get_ref().get("wasm-route-lint")
        };
        let (package, workspace) = (table("package"), table("workspace"));
        let span = package.or(workspace).map(|value| self.span(value.span()));
        let mut read = |value: Option<&Value<'_>>| {
            let value = value?;
            let Some(table) = value.get_ref().as_table() else {
                self.expected("a table", "wasm-route-lint", value);
                return None;
            };
            Some(self.config(table))
        };
        Metadata {
            package: read(package),
            workspace: read(workspace),
            span,
            is_package: root.contains_key("package"),
        }
    }

    fn without_mark<'t>(&mut self, text: &'t str) -> &'t str {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.skip = text.len() - rest.len();
        rest
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start + self.skip, range.end + self.skip)
    }

    fn problem(&mut self, message: String, range: Range<usize>) -> &mut Problem {
        let span = self.span(range);
        self.problems.push(Problem::at(message, span));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn expected(&mut self, what: &str, key: &str, value: &Value<'_>) {
        let found = value.get_ref().type_str();
        let message = format!("expected {what} for `{key}`, found {found}");
        self.problem(message, value.span());
    }

    fn unknown_keys(&mut self, table: &Table<'_>, known: &[&str]) {
        for (key, _) in table {
            if !known.contains(&key.get_ref().as_ref()) {
                let help = similar::help(key.get_ref(), "keys", known);
                let message = format!("unknown key `{}` in the configuration", key.get_ref());
                self.problem(message, key.span()).help = Some(help);
            }
        }
    }

    fn config(&mut self, table: &Table<'_>) -> Raw {
        self.unknown_keys(table, &KEYS);
        Raw {
            extends: self.strings(table, "extends"),
            levels: self.levels(table),
            overrides: self.overrides(table),
            exclude: self.globs(table, "exclude"),
            pedantic: self.bool(table, "pedantic"),
            require_reason: self.bool(table, "require-reason"),
            host: self.host(table),
            sdk: self.strings(table, "sdk"),
            baseline: self.path(table, "baseline"),
        }
    }

    fn bool(&mut self, table: &Table<'_>, key: &str) -> Option<Set<bool>> {
        let value = table.get(key)?;
        let Some(found) = value.get_ref().as_bool() else {
            self.expected("true or false", key, value);
            return None;
        };
        Some(Set {
            value: found,
            span: self.span(value.span()),
        })
    }

    fn string(&mut self, key: &str, value: &Value<'_>) -> Option<Set<String>> {
        let Some(text) = value.get_ref().as_str() else {
            self.expected("a string", key, value);
            return None;
        };
        Some(Set {
            value: text.to_owned(),
            span: self.span(value.span()),
        })
    }

    fn path(&mut self, table: &Table<'_>, key: &str) -> Option<Set<String>> {
        let path = self.string(key, table.get(key)?)?;
        if path.value.is_empty() {
            let message = format!("`{key}` names no file");
            self.problems.push(Problem::at(message, path.span));
            return None;
        }
        Some(path)
    }

    /// A string, or an array of them.
    fn strings(&mut self, table: &Table<'_>, key: &str) -> Vec<Set<String>> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Array(array) => {
                let values = array.iter();
                values.filter_map(|v| self.string(key, v)).collect()
            }
            DeValue::String(_) => self.string(key, value).into_iter().collect(),
            _ => {
                self.expected("a string or an array of strings", key, value);
                Vec::new()
            }
        }
    }

    fn globs(&mut self, table: &Table<'_>, key: &str) -> Vec<Glob> {
        let mut globs = Vec::new();
        for set in self.strings(table, key) {
            match Glob::new(&set.value, self.base, set.span) {
                Ok(glob) => globs.push(glob),
                Err(why) => {
                    let message = format!("`{}` is no pattern: {why}", set.value);
                    self.problems.push(Problem::at(message, set.span));
                }
            }
        }
        globs
    }

    fn host(&mut self, table: &Table<'_>) -> Option<Set<String>> {
        let host = self.string("host", table.get("host")?)?;
        if let Err(error) = Host::parse(&host.value) {
            self.problems
                .push(Problem::at(error.to_string(), host.span));
            return None;
        }
        Some(host)
    }

    fn levels(&mut self, table: &Table<'_>) -> Vec<(&'static str, Set<Level>)> {
        let Some(value) = table.get("levels") else {
            return Vec::new();
        };
        let Some(table) = value.get_ref().as_table() else {
            self.expected("a table", "levels", value);
            return Vec::new();
        };
        let mut levels = Vec::new();
        for (key, value) in table {
            let name = key.get_ref();
            let rule = self.rules.iter().copied().find(|rule| rule == name);
            if rule.is_none() {
                let help = similar::help(name, "rules", self.rules);
                let message = format!("unknown rule `{name}` in the configuration");
                self.problem(message, key.span()).help = Some(help);
            }
            let Some(word) = self.string(name, value) else {
                continue;
            };
            let level = LEVELS.into_iter().find(|l| l.as_str() == word.value);
            if level.is_none() {
                let words = LEVELS.map(Level::as_str);
                let help = similar::help(&word.value, "levels", &words);
                let message = format!("unknown level `{}`", word.value);
                self.problem(message, value.span()).help = Some(help);
            }
            if let (Some(rule), Some(value)) = (rule, level) {
                let span = word.span;
                levels.push((rule, Set { value, span }));
            }
        }
        levels
    }

    fn overrides(&mut self, table: &Table<'_>) -> Vec<Override> {
        let Some(value) = table.get("overrides") else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.expected("an array of tables", "overrides", value);
            return Vec::new();
        };
        let mut overrides = Vec::new();
        for value in array.iter() {
            let Some(table) = value.get_ref().as_table() else {
                self.expected("a table", "overrides", value);
                continue;
            };
            self.unknown_keys(table, &OVERRIDE_KEYS);
            if !table.contains_key("paths") {
                let problem = self.problem("`paths` is missing".to_owned(), value.span());
                problem.help = Some("say which files the levels are for".to_owned());
            }
            overrides.push(Override {
                paths: self.globs(table, "paths"),
                levels: self.levels(table),
                span: self.span(value.span()),
            });
        }
        overrides
    }
}
