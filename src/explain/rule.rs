//! The document of a rule, and the list of all rules.

use anstyle::Style;

use super::layout::{Column, Text, table_lines};
use crate::checks::{Rule, rules};

/// What the front matter of a document says, as a line of Markdown.
fn card(rule: &Rule) -> String {
    let document = rule.document();
    let mut parts = vec![format!("Default level: **{}**", document.level.as_str())];
    if document.classes.iter().any(|class| class != "none") {
        parts.push(format!("properties: {}", document.classes.join(", ")));
    }
    let fix = match document.fix.as_str() {
        "edit" => "`--fix` can write it",
        "suggestion" => "described in the report",
        _ => "none",
    };
    parts.push(format!("fix: {fix}"));
    if let Some(host) = &document.host {
        parts.push(format!("needs a host, such as `--host {host}`"));
    }
    parts.push(format!("since {}", document.since));
    parts.join("; ")
}

/// The document of a rule as Markdown, with its front matter as one line below the title.
pub fn page(rule: &Rule) -> String {
    let body = rule.document().body;
    let (title, rest) = body.split_once('\n').unwrap_or((body, ""));
    format!("{title}\n\n{}\n{rest}", card(rule))
}

/// All rules as a table for a terminal. Without a width, in columns, no summary is broken, so that each
/// rule has one line.
pub fn table(width: Option<usize>) -> String {
    let plain = Style::new();
    let cell = |text: &str, style| Text::of(text, style);
    let mut rows = Vec::new();
    for rule in rules() {
        let document = rule.document();
        rows.push(vec![
            cell(rule.name, plain.bold()),
            cell(document.level.as_str(), plain),
            cell(&document.fix, plain),
            cell(document.summary, plain),
        ]);
    }
    let head = ["rule", "default", "fix", "what it reports"];
    let head = head.map(|word| cell(word, plain.bold())).to_vec();
    let columns = vec![Column::Left; head.len()];
    let width = width.unwrap_or(usize::MAX);
    let lines = table_lines(&head, &rows, &columns, width);
    lines.iter().map(|line| format!("{line}\n")).collect()
}
