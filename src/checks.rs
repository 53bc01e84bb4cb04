//! The rules: what they are called, what their documents say, and the checks behind them.
//!
//! A rule is its document in `rules/` and one entry in [`RULES`]; nothing else knows its name.

mod document;
mod kept;
mod misread;
mod served;
mod unlogged;
pub(crate) mod wording;

use std::sync::OnceLock;

use crate::finding::{Finding, Level};
use crate::flow::{CallSite, Flow};
use crate::report::RuleInfo;
use crate::sdk::Sdk;
use crate::source::SourceMap;

pub use document::{Document, Example, ExampleKind};

/// A rule with its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name, which is the only identifier.
    pub name: &'static str,
    /// The document: TOML front matter between `+++` lines, then Markdown.
    pub text: &'static str,
}

macro_rules! rules {
    ($($name:literal),* $(,)?) => {
        /// All rules, sorted by name.
        pub const RULES: &[Rule] = &[$(Rule {
            name: $name,
            text: include_str!(concat!("../rules/", $name, ".md")),
        }),*];
    };
}

rules![
    "dynamic-metadata-in-stream-context",
    "host-serves-stale-route",
    "match-without-route-log",
    "plugin-config-in-static",
    "property-not-served",
    "request-headers-not-readable-here",
    "request-value-in-stream-context",
    "route-in-async-callback",
    "route-in-root-context",
    "route-in-shared-data",
    "route-in-static",
    "route-in-stream-context",
    "route-read-after-own-reroute",
    "route-read-outside-stream",
    "stale-match-decision",
    "stream-value-in-plugin-state",
    "unchecked-route-property",
    "unused-suppression",
];

impl Rule {
    /// The document taken apart.
    ///
    /// # Panics
    /// Never in a released binary: a test reads every embedded document.
    pub fn document(&self) -> &'static Document {
        // Levels are asked for with each analysis, and a run may make many.
        static DOCUMENTS: OnceLock<Vec<Document>> = OnceLock::new();
        let parse = |r: &Self| {
            Document::parse(r.text).unwrap_or_else(|e| unreachable!("invariant: {}: {e}", r.name))
        };
        let all = DOCUMENTS.get_or_init(|| RULES.iter().map(parse).collect());
        let own = RULES.iter().position(|r| r == self);
        own.and_then(|n| all.get(n))
            .unwrap_or_else(|| unreachable!("invariant: {} is in the list", self.name))
    }

    /// What reports need to know.
    pub fn info(&self) -> RuleInfo {
        let doc = self.document();
        RuleInfo {
            name: self.name,
            summary: doc.summary,
            help_markdown: doc.body,
            default_level: doc.level,
        }
    }
}

/// All rules.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of this name with its default level.
fn named(name: &'static str) -> (&'static str, Level) {
    let level = RULES
        .iter()
        .find(|r| r.name == name)
        .map_or(Level::Warn, |r| r.document().level);
    (name, level)
}

/// The function that a call from a callback got to.
fn item(stack: &[CallSite], callback: &str) -> String {
    stack
        .last()
        .map_or_else(|| callback.to_owned(), |(_, callee)| callee.clone())
}

/// Makes findings of what the analysis found out, at the levels that the rules themselves give.
pub fn run(flow: &Flow, sdk: &Sdk, sources: &SourceMap) -> Vec<Finding> {
    let mut findings = kept::check(flow, sdk, sources);
    findings.extend(misread::check(flow));
    findings.extend(served::check(flow, sdk));
    findings.extend(unlogged::check(flow));
    findings
}
