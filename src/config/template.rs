//! The file that `init` writes.

use std::fmt::Write as _;

use crate::report::RuleInfo;

const HEAD: &str = r#"# Configuration of cargo-wasm-route-lint for this folder and what is below it.
#
# Everything is optional, and what is commented out here is the default or an example of it.
# `cargo wasm-route-lint --show-config` prints what is in force and where it comes from.

# Other files that this one builds on; what is said here outweighs them.
# extends = ["../wasm-route-lint.toml"]

# The host that runs the plugins, with its version if known.
# host = "envoy@1.36"

# Descriptions of an SDK or of wrappers of your own.
# sdk = ["wrappers.toml"]

# Findings that were there before: `cargo wasm-route-lint baseline` writes the file.
# baseline = "wasm-route-lint-baseline.txt"

# Folders and files that are not looked for and in which nothing is reported: patterns relative to
# this file, in which `*` does not match a `/` and `**` does.
# exclude = ["vendor", "**/generated/**"]

# Also show findings that are not certain and rules at allow level, as notes.
# pedantic = false

# Suppressions need a reason: `// wasm-route-lint: allow(rule) reason`.
# require-reason = false

# `allow` shows a rule's findings with --pedantic only, `warn` reports them, `deny` also fails the run.
[levels]
"#;

const TAIL: &str = r#"
# Levels for some paths, in the same patterns as `exclude`. Of two that match the later one counts.
# [[overrides]]
# paths = ["plugins/legacy"]
# levels = { stale-match-decision = "warn" }
"#;

/// A starting file with every key in it, commented out.
pub fn template(rules: &[RuleInfo]) -> String {
    let mut text = HEAD.to_owned();
    for rule in rules {
        let summary = rule
            .summary
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        // Writing to a string does not fail.
        let _ = writeln!(text, "# {summary}");
        let _ = writeln!(
            text,
            "# {} = \"{}\"",
            rule.name,
            rule.default_level.as_str()
        );
    }
    text + TAIL
}
