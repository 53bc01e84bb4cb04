//! What the analysis has to say: findings about the plugin, problems of the run.
//!
//! Every output format is made from these two types and nothing else.

use std::path::PathBuf;

use crate::source::Span;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Shown as a note, with `--pedantic` only.
    Allow,
    /// Shown, does not fail the run.
    Warn,
    /// Fails the run.
    Deny,
}

impl Level {
    /// The word used in configuration and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// How sure the analysis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Certainty was lost on the way (an unknown call, path or receiver type).
    Low,
    /// Every step was followed.
    High,
}

/// A marked place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// The stations of a value on its way from the host to its stale use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepKind {
    /// The host call.
    Obtained,
    /// Through a function, parameter or local.
    Passed,
    /// The condition that chose the value.
    Chosen,
    /// Written into something that outlives the callback.
    Stored,
    /// Why the host may have resolved the route again.
    Window,
    /// Used in a later callback.
    Read,
}

impl StepKind {
    /// The word printed before the step.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Obtained => "obtained",
            Self::Passed => "passed through",
            Self::Chosen => "chosen by",
            Self::Stored => "stored",
            Self::Window => "window",
            Self::Read => "read",
        }
    }
}

/// One station.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// Which station.
    pub kind: StepKind,
    /// Where; the window is not in the source.
    pub span: Option<Span>,
    /// What happens there.
    pub text: String,
}

/// The way out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Help {
    /// A sentence.
    pub text: String,
    /// Code that replaces the stale read, made from the user's own host call, where it is known.
    pub replacement: Option<String>,
}

/// One replacement in the user's own text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that go; empty for an insertion.
    pub span: Span,
    /// What comes in their place, in the file's own indentation and line endings.
    pub text: String,
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Safety {
    /// It changes nothing but the age of the value; `--fix` applies it.
    Safe,
    /// It may change what the plugin does; `--fix=all` applies it, with its reason.
    Unsafe,
}

impl Safety {
    /// What a fix is that may have a reason not to be applied unseen.
    pub(crate) fn of(reason: &Option<String>) -> Self {
        match reason {
            Some(_) => Self::Unsafe,
            None => Self::Safe,
        }
    }
}

/// A cure as edits: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fix {
    /// What it does, one line, lower case, no full stop.
    pub title: String,
    /// Whether it can be applied unseen.
    pub safety: Safety,
    /// Why it is unsafe, one sentence; nothing for a safe one.
    pub reason: Option<String>,
    /// Sorted by place; no two overlap.
    pub edits: Vec<Edit>,
}

/// One finding. Its identity for sorting and removing duplicates is place, rule and subject.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's name, for instance `route-in-stream-context`.
    pub rule: &'static str,
    /// The level in force: the rule's own, changed by command line or configuration.
    pub level: Level,
    /// How sure.
    pub confidence: Confidence,
    /// What happens, one line, lower case, no full stop.
    pub message: String,
    /// The store (or, for rules about a call, the call).
    pub primary: Label,
    /// The host call, later reads, the condition: also in other files.
    pub secondary: Vec<Label>,
    /// The path of the value, in order.
    pub trace: Vec<Step>,
    /// Further facts, one sentence each.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<Help>,
    /// The ways out that can be written, the best first.
    pub fixes: Vec<Fix>,
    /// Findings of one host read that share a decision have the same group and are counted once in
    /// the summary.
    pub group: Option<u32>,
    /// The function that holds the primary place (`Plugin::on_http_request_headers`), empty if none
    /// does.
    pub item: String,
    /// The context type and field (`Plugin.route`), or the static.
    pub subject: String,
    /// The properties, dotted (`route_name`, `xds.cluster_name`), sorted.
    pub properties: Vec<String>,
    /// Set when somebody decided that it is not to be reported.
    pub suppressed: Option<Suppressed>,
}

/// That a finding is not to be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// Who says so.
    pub by: Suppressor,
    /// Why.
    pub reason: Option<String>,
}

/// Who says that a finding is not to be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppressor {
    /// A comment in the source.
    Comment(Span),
    /// The baseline: it was there before.
    Baseline,
    /// A look at a change only: the change does not touch it.
    Untouched,
}

impl Finding {
    /// Whether it is printed at all: suppressed ones never, allowed rules and low confidence only on
    /// request.
    pub fn is_shown(&self, pedantic: bool) -> bool {
        self.suppressed.is_none() && (pedantic || !self.is_pedantic())
    }

    /// Whether it shows with `--pedantic` only, as a note.
    pub fn is_pedantic(&self) -> bool {
        self.level == Level::Allow || self.confidence == Confidence::Low
    }

    /// Whether it is left out because a change does not touch it.
    pub fn is_untouched(&self) -> bool {
        let suppressed = self.suppressed.as_ref();
        suppressed.is_some_and(|suppressed| suppressed.by == Suppressor::Untouched)
    }

    /// Whether it makes the run fail.
    pub fn is_fatal(&self) -> bool {
        self.suppressed.is_none()
            && self.level == Level::Deny
            && self.confidence == Confidence::High
    }
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run goes on and its result stands.
    Warning,
    /// Something was not analysed: exit code 2.
    Error,
}

/// Something that went wrong with the run itself: a file that can't be read or parsed, a manifest
/// with a mistake, a named path that holds no plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What happened, one line, lower case, no full stop.
    pub message: String,
    /// Where, if the file could be loaded.
    pub span: Option<Span>,
    /// The path, if it could not.
    pub path: Option<PathBuf>,
    /// A way out.
    pub help: Option<String>,
}

impl Problem {
    /// An error about a path.
    pub fn error(message: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span: None,
            path: Some(path.into()),
            help: None,
        }
    }

    /// An error at a place in a loaded file.
    pub fn at(message: impl Into<String>, span: Span) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span: Some(span),
            path: None,
            help: None,
        }
    }

    /// Whether it makes the run a failed one.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The same, as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The same, with a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
