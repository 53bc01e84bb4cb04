//! The little language of the templates in `testdata/matrix`.
//!
//! A template is a list of sections, each a line `//= name` and the text up to the next one. In a
//! text `${name}` stands for the section of that name and `${name argument}` for the section with
//! `${1}` in it replaced by the argument. Arguments are expanded first.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How deep sections may name each other; a template that names itself stops here.
const DEPTH: u32 = 64;

/// Sections by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template(BTreeMap<String, String>);

impl Template {
    /// Reads a template file.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut sections = BTreeMap::new();
        let mut current: Option<(String, String)> = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("//= ") {
                sections.extend(current.take());
                current = Some((name.trim().to_string(), String::new()));
            } else if let Some((_, body)) = &mut current {
                body.push_str(line);
                body.push('\n');
            } else {
                panic!("{}: text before the first section", path.display());
            }
        }
        sections.extend(current);
        for body in sections.values_mut() {
            body.truncate(body.trim_end().len());
        }
        Self(sections)
    }

    /// A section, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A section that has to be there.
    pub(crate) fn need(&self, name: &str) -> &str {
        self.get(name)
            .unwrap_or_else(|| panic!("no section {name}"))
    }

    /// Adds or replaces one section.
    pub(crate) fn set(&mut self, name: &str, text: impl Into<String>) {
        self.0.insert(name.to_string(), text.into());
    }

    /// Takes over all sections of `other`.
    pub(crate) fn layer(&mut self, other: &Self) {
        self.0
            .extend(other.0.iter().map(|(k, v)| (k.clone(), v.clone())));
    }

    /// Lets every section `good_X` take the place of `X`.
    pub(crate) fn turn_good(&mut self) {
        let good: Vec<(String, String)> = self
            .0
            .iter()
            .filter_map(|(k, v)| Some((k.strip_prefix("good_")?.to_string(), v.clone())))
            .collect();
        self.0.extend(good);
    }

    /// The section `name` with everything in it filled in.
    pub(crate) fn expand(&self, name: &str) -> String {
        self.fill(self.need(name), None, 0)
    }

    fn fill(&self, text: &str, argument: Option<&str>, depth: u32) -> String {
        assert!(
            depth < DEPTH,
            "sections name each other in a circle: {text}"
        );
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            out.push_str(&rest[..at]);
            let inner = &rest[at + 2..];
            let end = closing(inner).unwrap_or_else(|| panic!("an open `${{`: {rest}"));
            let (name, given) = match inner[..end].split_once(' ') {
                Some((name, given)) => (name, Some(self.fill(given, argument, depth + 1))),
                None => (&inner[..end], None),
            };
            if name == "1" {
                out.push_str(argument.unwrap_or_else(|| panic!("no argument for: {text}")));
            } else {
                let body = self
                    .get(name)
                    .unwrap_or_else(|| panic!("no section {name}, named in: {text}"));
                out.push_str(&self.fill(body, given.as_deref(), depth + 1));
            }
            rest = &inner[end + 1..];
        }
        out.push_str(rest);
        out
    }
}

/// Where the brace closes that was opened just before `text`, in bytes.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    text.bytes().position(|b| {
        match b {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        open == 0
    })
}
