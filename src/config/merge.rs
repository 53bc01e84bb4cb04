//! A configuration with what it extends.

use std::path::Path;

use super::read::Raw;
use super::{Config, Set, absolute};

impl Config {
    /// What a file adds to and changes in what it extends.
    pub(super) fn extended(mut self, path: &Path, raw: Raw) -> Self {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let located = |set: Set<String>| Set {
            value: absolute(Path::new(&set.value), folder),
            span: set.span,
        };
        self.path = path.to_owned();
        // The last one counts.
        self.levels.extend(raw.levels);
        self.overrides.extend(raw.overrides);
        self.exclude.extend(raw.exclude);
        self.sdk.extend(raw.sdk.into_iter().map(located));
        self.pedantic = raw.pedantic.or(self.pedantic);
        self.require_reason = raw.require_reason.or(self.require_reason);
        self.host = raw.host.or(self.host);
        self.baseline = raw.baseline.map(located).or(self.baseline);
        self
    }

    /// Adds the other of two configurations that are extended by one.
    pub(super) fn joined(mut self, other: Self) -> Self {
        self.levels.extend(other.levels);
        self.overrides.extend(other.overrides);
        self.exclude.extend(other.exclude);
        self.sdk.extend(other.sdk);
        self.pedantic = other.pedantic.or(self.pedantic);
        self.require_reason = other.require_reason.or(self.require_reason);
        self.host = other.host.or(self.host);
        self.baseline = other.baseline.or(self.baseline);
        self
    }
}
