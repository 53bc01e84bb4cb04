//! Rule documents: front matter, text and examples of `rules/*.md`.

use serde::Deserialize;

use crate::finding::Level;

/// A rule document taken apart.
#[derive(Clone, Debug)]
pub struct Document {
    /// The first sentence of the text.
    pub summary: &'static str,
    /// The Markdown after the front matter.
    pub body: &'static str,
    /// The level without configuration.
    pub level: Level,
    /// Classes of properties that it looks at.
    pub classes: Vec<String>,
    /// What `--fix` can do: `none`, `suggestion`, `edit`.
    pub fix: String,
    /// The version that brought it.
    pub since: String,
    /// The host that the examples are for, in the form of `--host`.
    pub host: Option<String>,
    /// The fenced examples, in order.
    pub examples: Vec<Example>,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// The rule reports it at the lines that end in `//~`.
    Bad,
    /// The rule is silent although the model sees the source and the store.
    Good,
    /// What fixing `bad` gives.
    Fixed,
}

/// A fenced example: an info string of `rust` and `bad`, `good` or `fixed`.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows.
    pub kind: ExampleKind,
    /// A `good` example that stores nothing of the host's (`rust good no-store`).
    pub no_store: bool,
    /// The code.
    pub code: &'static str,
    /// 1-based line of the fence in the document.
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    level: String,
    classes: Vec<String>,
    fix: String,
    since: String,
    host: Option<String>,
}

impl Document {
    /// Takes a document apart.
    ///
    /// # Errors
    /// A message that says what is missing or malformed.
    pub fn parse(text: &'static str) -> Result<Self, String> {
        let rest = text
            .strip_prefix("+++\n")
            .ok_or("the document must start with `+++`")?;
        let (front, body) = rest
            .split_once("\n+++\n")
            .ok_or("the front matter has no end")?;
        let front: FrontMatter = toml::from_str(front).map_err(|e| e.to_string())?;
        let level = match front.level.as_str() {
            "allow" => Level::Allow,
            "warn" => Level::Warn,
            "deny" => Level::Deny,
            other => return Err(format!("`{other}` is no level")),
        };
        let body = body.trim_start();
        let summary = body
            .split("\n\n")
            .find(|p| !p.trim().is_empty() && !p.starts_with('#'))
            .map(str::trim)
            .ok_or("the document has no text")?;
        Ok(Self {
            summary,
            body,
            level,
            classes: front.classes,
            fix: front.fix,
            since: front.since,
            host: front.host,
            examples: examples(text),
        })
    }

    /// The text of a `## heading` section, without the heading.
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let marker = format!("## {heading}\n");
        let start = self.body.find(&marker)? + marker.len();
        let rest = &self.body[start..];
        let end = rest.find("\n## ").unwrap_or(rest.len());
        Some(rest[..end].trim())
    }
}

fn examples(text: &'static str) -> Vec<Example> {
    let mut out = Vec::new();
    let mut offset = 0;
    let mut open: Option<(ExampleKind, bool, usize, usize)> = None;
    for (i, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if let Some((kind, no_store, start, at)) = open {
            if bare == "```" {
                out.push(Example {
                    kind,
                    no_store,
                    code: &text[start..offset],
                    line: at,
                });
                open = None;
            }
        } else if let Some(info) = bare.strip_prefix("```rust ") {
            let (word, rest) = info.split_once(' ').unwrap_or((info, ""));
            let kind = match word {
                "bad" => Some(ExampleKind::Bad),
                "good" => Some(ExampleKind::Good),
                "fixed" => Some(ExampleKind::Fixed),
                _ => None,
            };
            open = kind.map(|k| (k, rest == "no-store", offset + line.len(), i + 1));
        }
        offset += line.len();
    }
    out
}
