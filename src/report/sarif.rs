//! SARIF 2.1.0, the exchange format of code scanning services.

mod place;

use serde_json::{Map, Value, json};

use self::place::Places;
use super::fingerprint::named;
use super::uri::directory_uri;
use super::{Class, Report, RuleInfo, message};
use crate::finding::{
    Confidence, Edit, Finding, Fix, Level, Problem, Safety, StepKind, Suppressor,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Where to read on: what the manifest names, nothing as long as it names nothing.
const INFORMATION_URI: &str = env!("CARGO_PKG_REPOSITORY");
/// The name of the fingerprint; a new way to compute it needs a new number.
const FINGERPRINT: &str = "wasmRouteLint/v1";

pub(super) fn render(report: &Report<'_>) -> String {
    let places = Places {
        sources: report.sources,
        cwd: report.cwd,
        root: report.root,
    };
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(report.rules) },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { place::BASE: { "uri": directory_uri(report.root) } },
            "invocations": [invocation(report, &places)],
            "results": results(report, &places),
        }],
    });
    let mut text = format!("{log:#}");
    text.push('\n');
    text
}

fn driver(rules: &[RuleInfo]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": version,
        "semanticVersion": version,
        "rules": rules.iter().map(rule).collect::<Vec<_>>(),
    });
    if !INFORMATION_URI.is_empty() {
        driver["informationUri"] = INFORMATION_URI.into();
    }
    driver
}

fn rule(rule: &RuleInfo) -> Value {
    let (level, severity) = match rule.default_level {
        Level::Deny => ("error", "error"),
        Level::Warn => ("warning", "warning"),
        Level::Allow => ("note", "recommendation"),
    };
    json!({
        "id": rule.name,
        "name": pascal_case(rule.name),
        "shortDescription": { "text": sentence(rule.summary) },
        "fullDescription": { "text": first_paragraph(rule) },
        "help": { "text": rule.help_markdown, "markdown": rule.help_markdown },
        "defaultConfiguration": { "level": level },
        "properties": {
            "tags": ["correctness", "proxy-wasm"],
            "precision": "high",
            "problem.severity": severity,
        },
    })
}

fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    name.split('-').map(capital).collect()
}

/// SARIF asks for sentences where the other formats have headlines.
fn sentence(headline: &str) -> String {
    let mut chars = headline.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    let mut text: String = first.into_iter().chain(chars).collect();
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// The first paragraph of a rule's help that is not a heading.
fn first_paragraph(rule: &RuleInfo) -> String {
    let paragraph = rule
        .help_markdown
        .split("\n\n")
        .map(str::trim)
        .find(|paragraph| !paragraph.is_empty() && !paragraph.starts_with('#'));
    paragraph.map_or_else(
        || sentence(rule.summary),
        |text| text.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

fn results(report: &Report<'_>, places: &Places<'_>) -> Vec<Value> {
    // The format asks for the mark on all results or on none.
    let any_suppressed = report.suppressed().any(|finding| !finding.is_untouched());
    let mut results = Vec::new();
    for (finding, print) in &named(report) {
        let mut result = result(report, places, finding, print);
        if any_suppressed {
            result["suppressions"] = suppressions(finding, places);
        }
        results.push(result);
    }
    results
}

/// Empty for a finding that nobody suppressed.
fn suppressions(finding: &Finding, places: &Places<'_>) -> Value {
    let Some(suppressed) = &finding.suppressed else {
        return json!([]);
    };
    let mut suppression = match suppressed.by {
        Suppressor::Comment(span) => json!({
            "kind": "inSource",
            "status": "accepted",
            "location": places.location(span, None),
        }),
        Suppressor::Baseline => json!({
            "kind": "external",
            "status": "accepted",
            "justification": "in the baseline",
        }),
        // Such a one is no result.
        Suppressor::Untouched => return json!([]),
    };
    if let Some(reason) = &suppressed.reason {
        suppression["justification"] = reason.as_str().into();
    }
    json!([suppression])
}

fn result(report: &Report<'_>, places: &Places<'_>, finding: &Finding, print: &str) -> Value {
    let confidence = match finding.confidence {
        Confidence::High => "high",
        Confidence::Low => "low",
    };
    let mut properties = Map::new();
    properties.insert("confidence".into(), confidence.into());
    properties.insert("subject".into(), finding.subject.as_str().into());
    properties.insert("properties".into(), finding.properties.clone().into());
    if let Some(group) = finding.group {
        properties.insert("group".into(), group.into());
    }

    let mut result = json!({
        "ruleId": finding.rule,
        "level": Class::of(finding).as_str(),
        "message": { "text": plain(&message::paragraphs(finding).join("\n\n")) },
        "locations": [places.location(finding.primary.span, Some(&finding.primary.text))],
        "partialFingerprints": { FINGERPRINT: print },
        "properties": properties,
    });
    if let Some(index) = report.rules.iter().position(|r| r.name == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    let related = finding.secondary.iter().enumerate().map(|(index, label)| {
        let mut location = places.location(label.span, Some(&label.text));
        location["id"] = (index + 1).into();
        location
    });
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    let flow = flow(places, finding);
    if !flow.is_empty() {
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": flow }] }]);
    }
    // A fix without a change would not be one.
    let fixes = finding.fixes.iter().filter(|fix| !fix.edits.is_empty());
    let fixes: Vec<Value> = fixes.map(|f| fix(places, f)).collect();
    if !fixes.is_empty() {
        result["fixes"] = fixes.into();
    }
    result
}

/// A fix with its edits, one change for each file.
fn fix(places: &Places<'_>, fix: &Fix) -> Value {
    let mut text = sentence(&fix.title);
    if let Some(reason) = &fix.reason {
        text.push(' ');
        text.push_str(&sentence(reason));
    }
    let mut files: Vec<_> = fix.edits.iter().map(|edit| edit.span.file).collect();
    files.sort_unstable();
    files.dedup();
    let change = |file| {
        let edits = fix.edits.iter().filter(|edit| edit.span.file == file);
        json!({
            "artifactLocation": places.artifact(&places.sources.file(file).path),
            "replacements": edits.map(|edit| replacement(places, edit)).collect::<Vec<_>>(),
        })
    };
    json!({
        "description": { "text": plain(&text) },
        "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>(),
        "properties": { "safe": fix.safety == Safety::Safe },
    })
}

fn replacement(places: &Places<'_>, edit: &Edit) -> Value {
    let mut replacement = json!({ "deletedRegion": places.region(edit.span) });
    if !edit.text.is_empty() {
        replacement["insertedContent"] = json!({ "text": edit.text });
    }
    replacement
}

/// Text in which no part is taken for a link, which SARIF writes like Markdown does.
fn plain(text: &str) -> String {
    text.replace("](", "\\](")
}

/// The steps of the trace that are in the source.
fn flow(places: &Places<'_>, finding: &Finding) -> Vec<Value> {
    let steps = finding.trace.iter().enumerate();
    steps
        .filter_map(|(index, step)| {
            let (kinds, importance): (&[&str], _) = match step.kind {
                StepKind::Obtained => (&["acquire", "value"], "essential"),
                StepKind::Passed => (&["value"], "unimportant"),
                StepKind::Chosen => (&["branch"], "important"),
                StepKind::Stored => (&["memory", "value"], "essential"),
                StepKind::Window => (&["implicit"], "important"),
                StepKind::Read => (&["value", "danger"], "essential"),
            };
            let text = format!("{}: {}", step.kind.as_str(), step.text);
            Some(json!({
                "location": places.location(step.span?, Some(&text)),
                "kinds": kinds,
                "importance": importance,
                "executionOrder": index + 1,
            }))
        })
        .collect()
}

fn invocation(report: &Report<'_>, places: &Places<'_>) -> Value {
    let problems = report.problems.iter();
    let failed = report.problems.iter().map(Class::of_problem);
    json!({
        "executionSuccessful": !failed.into_iter().any(|class| class == Class::Error),
        "exitCode": report.exit_code,
        "workingDirectory": { "uri": directory_uri(report.cwd) },
        "toolExecutionNotifications":
            problems.map(|problem| notification(problem, places)).collect::<Vec<_>>(),
    })
}

fn notification(problem: &Problem, places: &Places<'_>) -> Value {
    let mut notification = json!({
        "level": Class::of_problem(problem).as_str(),
        "message": { "text": plain(&message::of_problem(problem)) },
    });
    if let Some(span) = problem.span {
        notification["locations"] = json!([places.location(span, None)]);
    } else if let Some(path) = &problem.path {
        notification["locations"] = json!([places.file(path)]);
    }
    notification
}
