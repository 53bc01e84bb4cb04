//! Fixes as small differences under the snippet.

use std::collections::BTreeMap;

use super::super::text::printable;
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::fix::diff;
use crate::source::SourceMap;

/// How many lines of a difference are shown.
const SHOWN_LINES: usize = 40;

/// What the first fix of a finding does, and its difference; what the others do.
pub(super) fn cure(sources: &SourceMap, finding: &Finding) -> Option<String> {
    let fix = finding.fixes.first()?;
    let mut text = title(fix, finding.is_pedantic());
    let mut by_file: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let several = by_file.len() > 1;
    let mut lines: Vec<String> = Vec::new();
    for (file, edits) in by_file {
        let file = sources.file(file);
        if several {
            lines.push(format!("in {}:", file.name));
        }
        let new = diff::edited(&file.text, &edits);
        lines.extend(hunks(&diff::small(&file.text, &new)));
    }
    let more = lines.len().saturating_sub(SHOWN_LINES);
    lines.truncate(SHOWN_LINES);
    if more > 0 {
        lines.push(format!("({more} more lines)"));
    }
    for line in lines {
        text.push_str("\n  ");
        text.push_str(printable(&line.replace('\t', "    ")).trim_end());
    }
    for other in finding.fixes.iter().skip(1) {
        text.push_str("\nor ");
        text.push_str(&other.title);
        if let Some(reason) = &other.reason {
            text.push_str(&format!(" ({reason})"));
        }
    }
    Some(text)
}

fn title(fix: &Fix, pedantic: bool) -> String {
    let more = if pedantic { " --pedantic" } else { "" };
    match (fix.safety, &fix.reason) {
        (Safety::Safe, _) => format!("{} (`--fix{more}` does it)", fix.title),
        (Safety::Unsafe, None) => format!("{} (`--fix=all{more}` does it)", fix.title),
        (Safety::Unsafe, Some(reason)) => {
            format!("{} (`--fix=all{more}` does it: {reason})", fix.title)
        }
    }
}

/// The lines of a difference; where lines are left out stands `...`.
fn hunks(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        if line.starts_with("@@") {
            if !out.is_empty() {
                out.push("...".to_owned());
            }
        } else {
            out.push(line.to_owned());
        }
    }
    out
}
