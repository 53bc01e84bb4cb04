//! Reading manifests. From the TOML tree, not through derived types: a field of an unexpected shape
//! costs that field, not the manifest, and everything has its place in the file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::manifest::{Dep, Field, Manifest, Package, Target, Text, Workspace};
use crate::finding::Problem;
use crate::source::{FileId, Span};

/// Reads a manifest. `None` if it is no TOML at all; the problems say why.
pub(crate) fn parse(
    path: &Path,
    file: FileId,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<Manifest> {
    // The parser knows no byte order mark; spans count the file as it is on disk.
    let (skip, text) = text
        .strip_prefix('\u{feff}')
        .map_or((0, text), |rest| (3, rest));
    let mut reader = Reader {
        file,
        skip,
        problems,
    };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let range = error.span().unwrap_or(0..0);
            reader.problem(error.message().replace('\n', ", "), range);
            return None;
        }
    };
    Some(reader.manifest(path, root.get_ref()))
}

type Table<'i> = DeTable<'i>;
type Value<'i> = Spanned<DeValue<'i>>;

struct Reader<'p> {
    file: FileId,
    skip: usize,
    problems: &'p mut Vec<Problem>,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start + self.skip, range.end + self.skip)
    }

    fn problem(&mut self, message: impl std::fmt::Display, range: Range<usize>) {
        let span = self.span(range);
        self.problems
            .push(Problem::at(format!("invalid manifest: {message}"), span));
    }

    fn expected(&mut self, what: &str, key: &str, value: &Value<'_>) {
        let found = value.get_ref().type_str();
        self.problem(
            format_args!("expected {what} for `{key}`, found {found}"),
            value.span(),
        );
    }

    fn text(&mut self, table: &Table<'_>, key: &str) -> Option<Text> {
        let value = table.get(key)?;
        if let Some(s) = value.get_ref().as_str() {
            return Some(Text {
                value: s.to_owned(),
                span: self.span(value.span()),
            });
        }
        self.expected("a string", key, value);
        None
    }

    fn string(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        self.text(table, key).map(|t| t.value)
    }

    fn bool(&mut self, table: &Table<'_>, keys: [&str; 2]) -> Option<bool> {
        let (key, value) = keys.iter().find_map(|k| Some((*k, table.get(*k)?)))?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.expected("true or false", key, value);
        }
        found
    }

    fn texts(&mut self, table: &Table<'_>, keys: [&str; 2]) -> Vec<Text> {
        let Some((key, value)) = keys.iter().find_map(|k| Some((*k, table.get(*k)?))) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.expected("an array of strings", key, value);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for entry in array.iter() {
            match entry.get_ref().as_str() {
                Some(s) => texts.push(Text {
                    value: s.to_owned(),
                    span: self.span(entry.span()),
                }),
                None => self.expected("a string", key, entry),
            }
        }
        texts
    }

    fn strings(&mut self, table: &Table<'_>, keys: [&str; 2]) -> Vec<String> {
        self.texts(table, keys)
            .into_iter()
            .map(|t| t.value)
            .collect()
    }

    fn table<'t, 'i>(&mut self, table: &'t Table<'i>, key: &str) -> Option<&'t Table<'i>> {
        let value = table.get(key)?;
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.expected("a table", key, value);
        }
        found
    }

    fn manifest(&mut self, path: &Path, root: &Table<'_>) -> Manifest {
        let mut deps = self.deps(root, None);
        if let Some(targets) = self.table(root, "target") {
            for (key, value) in targets {
                if let Some(table) = value.get_ref().as_table() {
                    deps.extend(self.deps(table, Some(key.get_ref())));
                }
            }
        }
        let mut patches = Vec::new();
        if let Some(sources) = self.table(root, "patch") {
            for (_, value) in sources {
                if let Some(table) = value.get_ref().as_table() {
                    patches.extend(self.dep_table(table, None));
                }
            }
        }
        let mut features = BTreeMap::new();
        if let Some(table) = self.table(root, "features") {
            for (key, _) in table {
                let list = self.strings(table, [key.get_ref(), ""]);
                features.insert(key.get_ref().to_string(), list);
            }
        }
        let package = match self.table(root, "package") {
            Some(table) => Some(table),
            None => self.table(root, "project"),
        };
        if package.is_none() && !root.contains_key("workspace") {
            self.problem("neither a `[package]` nor a `[workspace]`", 0..0);
        }
        Manifest {
            path: path.to_owned(),
            dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            package: package.and_then(|t| {
                let span = root
                    .get_key_value("package")
                    .map_or(0..0, |(key, _)| key.span());
                self.package(t, span)
            }),
            workspace: self.table(root, "workspace").map(|t| self.workspace(t)),
            lib: root.get("lib").and_then(|v| self.target(v, "lib")),
            bins: self.targets(root, "bin"),
            examples: self.targets(root, "example"),
            deps,
            features,
            patches,
        }
    }

    fn package(&mut self, table: &Table<'_>, span: Range<usize>) -> Option<Package> {
        let Some(name) = self.string(table, "name") else {
            if !table.contains_key("name") {
                self.problem("the package has no name", span);
            }
            return None;
        };
        Some(Package {
            name,
            version: self.field(table, "version"),
            edition: self.field(table, "edition"),
            autolib: self.bool(table, ["autolib", ""]).unwrap_or(true),
            autobins: self.bool(table, ["autobins", ""]),
            workspace: self.string(table, "workspace"),
        })
    }

    fn field(&mut self, table: &Table<'_>, key: &str) -> Option<Field> {
        if table.get(key)?.get_ref().is_table() {
            return Some(Field::Inherited);
        }
        self.string(table, key).map(Field::Own)
    }

    fn workspace(&mut self, table: &Table<'_>) -> Workspace {
        let package = self.table(table, "package");
        Workspace {
            members: self.texts(table, ["members", ""]),
            exclude: self.strings(table, ["exclude", ""]),
            deps: self.deps(table, None),
            version: package.and_then(|t| self.string(t, "version")),
            edition: package.and_then(|t| self.string(t, "edition")),
        }
    }

    fn targets(&mut self, root: &Table<'_>, key: &str) -> Vec<Target> {
        let Some(value) = root.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.expected("an array of tables", key, value);
            return Vec::new();
        };
        array.iter().filter_map(|v| self.target(v, key)).collect()
    }

    fn target(&mut self, value: &Value<'_>, key: &str) -> Option<Target> {
        let Some(table) = value.get_ref().as_table() else {
            self.expected("a table", key, value);
            return None;
        };
        Some(Target {
            name: self.string(table, "name"),
            path: self.text(table, "path"),
            crate_types: self.strings(table, ["crate-type", "crate_type"]),
            proc_macro: self
                .bool(table, ["proc-macro", "proc_macro"])
                .unwrap_or(false),
            required_features: self.strings(table, ["required-features", ""]),
            span: self.span(value.span()),
        })
    }

    fn deps(&mut self, table: &Table<'_>, target: Option<&str>) -> Vec<Dep> {
        match self.table(table, "dependencies") {
            Some(t) => self.dep_table(t, target),
            None => Vec::new(),
        }
    }

    fn dep_table(&mut self, table: &Table<'_>, target: Option<&str>) -> Vec<Dep> {
        let mut deps = Vec::new();
        for (key, value) in table {
            let mut dep = Dep {
                key: key.get_ref().to_string(),
                package: None,
                path: None,
                inherited: false,
                optional: false,
                default_features: None,
                features: Vec::new(),
                target: target.map(str::to_owned),
                span: self.span(key.span()),
            };
            match value.get_ref() {
                DeValue::String(_) => {}
                DeValue::Table(t) => {
                    dep.package = self.string(t, "package");
                    if let Some(path) = self.text(t, "path") {
                        dep.span = path.span;
                        dep.path = Some(path.value);
                    }
                    dep.inherited = self.bool(t, ["workspace", ""]).unwrap_or(false);
                    dep.optional = self.bool(t, ["optional", ""]).unwrap_or(false);
                    dep.default_features = self.bool(t, ["default-features", "default_features"]);
                    dep.features = self.strings(t, ["features", ""]);
                }
                _ => {
                    self.expected("a version or a table", key.get_ref(), value);
                    continue;
                }
            }
            deps.push(dep);
        }
        deps
    }
}
