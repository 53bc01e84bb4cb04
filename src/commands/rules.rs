//! `rules`: the list of all rules.

use serde::Serialize;

use super::{print, width};
use crate::checks;
use crate::cli::{Color, RulesArgs, RulesFormat};
use crate::explain;

/// The version of the format `json`, which `docs/formats.md` and `docs/rules.schema.json` promise.
const FORMAT_VERSION: u32 = 1;

/// A line of the format `json`.
#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    format_version: u32,
    name: &'a str,
    default_level: &'static str,
    classes: &'a [String],
    fix: &'a str,
    since: &'a str,
    host: Option<&'a str>,
    summary: String,
}

/// Runs the command and gives the exit code.
pub(super) fn run(args: &RulesArgs) -> u8 {
    match args.format {
        RulesFormat::Human => print(&explain::rule_table(width()), args.color),
        // What programs read is never coloured and never filtered.
        RulesFormat::Json => print(&json(), Some(Color::Always)),
    }
}

fn json() -> String {
    let mut out = String::new();
    for rule in checks::rules() {
        let document = rule.document();
        let classes = document.classes.iter().filter(|class| *class != "none");
        let classes: Vec<String> = classes.cloned().collect();
        let line = Line {
            r#type: "rule",
            format_version: FORMAT_VERSION,
            name: rule.name,
            default_level: document.level.as_str(),
            classes: &classes,
            fix: &document.fix,
            since: &document.since,
            host: document.host.as_deref(),
            // It may be broken into lines.
            summary: document.summary.replace('\n', " "),
        };
        // Strings and numbers always can be written as JSON.
        out += &serde_json::to_string(&line).unwrap_or_default();
        out.push('\n');
    }
    out
}
