//! The pages of the book, made from the documents of the repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wasm_route_lint::checks::rules;
use wasm_route_lint::explain;
use wasm_route_lint::sdk::{Host, HostFacts};

use super::{links, text};

/// The sections of the README, by heading, and the pages that they become. One without a page is left
/// out, because a document of its own says more.
const SECTIONS: [(&str, Option<&str>); 13] = [
    ("The bug", Some("introduction.md")),
    ("Try it", Some("introduction.md")),
    ("Install and use", Some("use.md")),
    ("Fix", Some("fix.md")),
    ("Suppress a finding", Some("suppress.md")),
    ("Adopt it in a plugin that has findings", Some("adopt.md")),
    ("Configure", Some("configure.md")),
    ("Rules", Some("rules.md")),
    (
        "Nothing was found. Was anything understood?",
        Some("model.md"),
    ),
    ("What it understands, and what not", Some("limits.md")),
    ("As a gate", None),
    ("All options", Some("options.md")),
    ("More", None),
];

/// Documents that become a page each.
const DOCUMENTS: [(&str, &str); 5] = [
    ("docs/ci.md", "ci.md"),
    ("docs/formats.md", "formats.md"),
    ("docs/evidence.md", "evidence.md"),
    ("CONTRIBUTING.md", "contributing.md"),
    ("CHANGELOG.md", "changes.md"),
];

/// Files that pages link to.
const FILES: [&str; 4] = [
    "config.schema.json",
    "evidence-timeline.svg",
    "report.schema.json",
    "rules.schema.json",
];

/// The order of the pages: parts, and in each the pages with the depth that they stand at.
const ORDER: [(&str, &[(&str, &str)]); 3] = [
    (
        "Use",
        &[
            ("Install and use", "use.md"),
            ("Fix", "fix.md"),
            ("Suppress a finding", "suppress.md"),
            ("Adopt it in a plugin that has findings", "adopt.md"),
            ("Configure", "configure.md"),
            ("As a gate", "ci.md"),
            ("Was anything understood?", "model.md"),
            ("What it understands, and what not", "limits.md"),
        ],
    ),
    (
        "Reference",
        &[
            ("Rules", "rules.md"),
            ("Hosts", "hosts.md"),
            ("Formats", "formats.md"),
            ("All options", "options.md"),
            ("Evidence", "evidence.md"),
        ],
    ),
    (
        "Development",
        &[
            ("Contributing", "contributing.md"),
            ("Changes", "changes.md"),
        ],
    ),
];

/// All files of `docs/src` with what is in them.
pub(crate) fn all() -> BTreeMap<String, String> {
    let moved = moved();
    let mut pages = BTreeMap::from([("SUMMARY.md".to_owned(), summary())]);
    let mut add = |source: &str, name: &str, markdown: &str| {
        let text = links::led(&unplayed(markdown), source, name, &moved);
        let text =
            format!("<!-- Made from {source} by UPDATE=1 cargo test --test book -->\n\n{text}");
        assert!(pages.insert(name.to_owned(), text).is_none(), "{name}");
    };
    for (name, markdown) in sections() {
        let markdown = if name == "rules.md" {
            named_rules(&markdown)
        } else {
            markdown
        };
        add("README.md", name, &markdown);
    }
    for (source, name) in DOCUMENTS {
        add(source, name, &text(source));
    }
    for rule in rules() {
        let path = format!("rules/{}.md", rule.name);
        add(&path, &path, &explain::rule_page(rule));
    }
    add("rules/hosts", "hosts.md", &hosts());
    for name in FILES {
        pages.insert(name.to_owned(), text(&format!("docs/{name}")));
    }
    pages
}

/// Which page holds which file of the repository.
fn moved() -> BTreeMap<String, String> {
    let mut moved = BTreeMap::from([
        ("README.md".to_owned(), "introduction.md".to_owned()),
        ("rules".to_owned(), "rules.md".to_owned()),
    ]);
    for (source, page) in DOCUMENTS {
        moved.insert(source.to_owned(), page.to_owned());
    }
    for name in FILES {
        moved.insert(format!("docs/{name}"), name.to_owned());
    }
    for rule in rules() {
        let path = format!("rules/{}.md", rule.name);
        moved.insert(path.clone(), path);
    }
    moved
}

fn summary() -> String {
    let mut out = "# Summary\n\n[Introduction](introduction.md)\n".to_owned();
    for (part, pages) in ORDER {
        let _ = write!(out, "\n# {part}\n\n");
        for (title, page) in pages {
            let _ = writeln!(out, "- [{title}]({page})");
            if *page == "rules.md" {
                for rule in rules() {
                    let _ = writeln!(out, "  - [{0}](rules/{0}.md)", rule.name);
                }
            }
        }
    }
    out
}

/// The pages made from the README. The definitions of links at its end go to all of them.
fn sections() -> Vec<(&'static str, String)> {
    let readme = text("README.md");
    let definition = |line: &&str| line.starts_with('[') && line.contains("]: http");
    let definitions: Vec<&str> = readme.lines().filter(definition).collect();
    let mut pages: Vec<(&str, String)> = vec![("introduction.md", String::new())];
    let mut left = SECTIONS.iter();
    let mut current = Some("introduction.md");
    let mut is_code = false;
    for line in readme.lines().filter(|line| !definition(line)) {
        is_code ^= line.starts_with("```");
        let mut line = line;
        if let Some(heading) = line.strip_prefix("## ").filter(|_| !is_code) {
            let (expected, page) = left.next().expect("a section that has its page");
            assert_eq!(heading, *expected, "the sections of the README");
            current = *page;
            if let Some(page) = page.filter(|page| pages.last().is_none_or(|last| last.0 != *page))
            {
                pages.push((page, String::new()));
                // The heading of a section is the title of its page.
                line = &line[1..];
            }
        }
        if let (Some(_), Some((_, page))) = (current, pages.last_mut()) {
            *page += line;
            page.push('\n');
        }
    }
    for (_, page) in &mut pages {
        *page = format!("{}\n\n{}\n", page.trim_end(), definitions.join("\n"));
    }
    pages
}

/// Names of rules in the first column of a table as links to their pages.
fn named_rules(markdown: &str) -> String {
    let mut out = markdown.to_owned();
    for rule in rules() {
        let name = rule.name;
        let cell = format!("| `{name}` |");
        assert!(out.contains(&cell), "{name} is in the table");
        out = out.replace(&cell, &format!("| [`{name}`](rules/{name}.md) |"));
    }
    out
}

/// What is known of all hosts.
fn hosts() -> String {
    let mut out =
        "# Hosts\n\nWhat is known of the hosts that `--host` takes, in all their versions. \
                   `explain --host HOST@VERSION` leaves out what does not hold for a version.\n"
            .to_owned();
    for name in Host::names() {
        let facts = HostFacts::parse(&name).unwrap_or_else(|e| panic!("{name}: {e}"));
        for line in explain::host_page(&facts).lines() {
            let deeper = if line.starts_with('#') { "#" } else { "" };
            if line.starts_with("# ") {
                out.push('\n');
            }
            let _ = writeln!(out, "{deeper}{line}");
        }
    }
    out
}

/// Examples are plugins: a playground can't run them, and they need crates that it does not have.
fn unplayed(markdown: &str) -> String {
    let mut out = String::new();
    for line in markdown.lines() {
        let is_rust = line == "```rust" || line.starts_with("```rust ");
        out += if is_rust { "```rust,ignore" } else { line };
        out.push('\n');
    }
    out
}
