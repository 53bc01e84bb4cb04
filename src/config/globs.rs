//! Patterns of paths.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::source::Span;

/// A pattern, which speaks of the paths below one folder.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// As it is written.
    pub(super) text: String,
    /// Where it is written.
    pub(super) span: Span,
    base: PathBuf,
    matcher: GlobMatcher,
}

impl Glob {
    /// A pattern of a file in the folder `base`.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub(super) fn new(text: &str, base: &Path, span: Span) -> Result<Self, String> {
        // `folder/` and `./folder` are how people write the same.
        let pattern = text.strip_prefix("./").unwrap_or(text);
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        let matcher = GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_err(|error| error.kind().to_string())?
            .compile_matcher();
        Ok(Self {
            text: text.to_owned(),
            span,
            base: base.to_owned(),
            matcher,
        })
    }

    /// Whether it matches the absolute path itself.
    pub(super) fn is_match(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.base);
        below.is_ok_and(|below| self.matcher.is_match(below))
    }

    /// Whether it matches the absolute path or a folder above it.
    pub(super) fn covers(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.is_match(path))
    }
}
