//! `explain`: a rule or a host, in words.

use super::{print, width};
use crate::checks;
use crate::cli::{ExplainArgs, UsageError};
use crate::explain;

/// The width of text that is not for a terminal, and the widest that is good to read in one.
const WIDTH: usize = 100;

/// Runs the command and gives the exit code.
///
/// # Errors
///
/// A name that is not a rule.
pub(super) fn run(args: &ExplainArgs) -> Result<u8, UsageError> {
    let page = match (&args.host, &args.rule) {
        (Some(host), _) => explain::host_page(host),
        (None, rule) => rule_page(rule.as_deref().unwrap_or_default())?,
    };
    let width = width().unwrap_or(WIDTH).min(WIDTH);
    Ok(print(&explain::render(&page, width), args.color))
}

fn rule_page(name: &str) -> Result<String, UsageError> {
    let rules = checks::rules();
    if let Some(rule) = rules.iter().find(|rule| rule.name == name) {
        return Ok(explain::rule_page(rule));
    }
    let known: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
    let mut error = UsageError::unknown_rule(name, &known);
    let host = name.split('@').next().unwrap_or_default();
    if crate::sdk::Host::names().iter().any(|known| known == host) {
        error.help = format!("a host is explained by `explain --host {name}`");
    }
    Err(error)
}
