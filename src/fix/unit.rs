//! The statements that a stored value is made by: a backward slice of the function that stores it.

use super::caution::{code_of, may_change};
use super::moved::Moved;
use super::{Context, Within};
use crate::flow::SourceFact;
use crate::rust::{Statement, StatementKind};
use crate::source::Span;

/// Macros that write a line and give nothing back.
const LINES: [&str; 10] = [
    "log", "error", "warn", "info", "debug", "trace", "println", "eprintln", "print", "eprint",
];

/// Statements of a function's body itself that some code of it needs, in order.
pub(super) struct Slice<'a> {
    cx: &'a Context<'a>,
    within: &'a Within,
    /// The code that is asked about; whole statements or parts of them.
    roots: &'a [Span],
    /// What it needs besides.
    pub(super) needed: Vec<Statement>,
}

impl<'a> Slice<'a> {
    /// The slice of `roots` in which the host is asked for all of `sources`.
    pub(super) fn of(
        cx: &'a Context<'a>,
        within: &'a Within,
        roots: &'a [Span],
        sources: &[&SourceFact],
    ) -> Result<Self, String> {
        let mut this = Self {
            cx,
            within,
            roots,
            needed: Vec::new(),
        };
        // Cells have several names.
        let shared = |s: &Statement| {
            let code = code_of(cx.text(s.span));
            ["Rc::", "Arc::", "Cell::", "Mutex::"]
                .iter()
                .any(|w| code.contains(w))
        };
        this.close(false)?;
        if this.needed.iter().any(shared) {
            this.close(true)?;
        }
        let text = &cx.sources.file(within.file).text;
        if roots.iter().any(|r| follows_attribute(text, r.lo as usize)) {
            return Err("the store has an attribute, such as `#[cfg(..)]`".to_owned());
        }
        if !this.asks_all(sources) {
            // Something may reach what it is made of through another name.
            this.close(true)?;
        }
        let mut needed = this.needed.iter();
        if needed.any(|s| follows_attribute(text, s.span.lo as usize)) {
            return Err("a statement that it needs has an attribute".to_owned());
        }
        if !this.asks_all(sources) {
            return Err(
                "what it is made of was not asked for in the code that stores it, but before"
                    .to_owned(),
            );
        }
        Ok(this)
    }

    /// The code of the slice: needed statements, then the roots.
    pub(super) fn spans(&self) -> Vec<Span> {
        let needed = self.needed.iter().map(|s| s.span);
        needed.chain(self.roots.iter().copied()).collect()
    }

    fn holds(&self, at: usize) -> bool {
        self.spans().iter().any(|s| s.range().contains(&at))
    }

    fn asks_all(&self, sources: &[&SourceFact]) -> bool {
        let spans = self.spans();
        let code = Moved {
            within: self.within,
            spans: &spans,
            stores: &[],
            whole: false,
        };
        sources.iter().all(|s| code.asks(self.cx, s))
    }

    /// Where the code ends that is asked about.
    fn end(&self) -> u32 {
        self.roots.iter().map(|s| s.hi).max().unwrap_or(0)
    }

    /// Adds statements until nothing is missing. `widely`: also those that merely mention a variable.
    fn close(&mut self, widely: bool) -> Result<(), String> {
        loop {
            let missing = match self.unmade()? {
                Some(statement) => Some(statement),
                None => self.changing(widely).or_else(|| self.expanding()),
            };
            let Some(statement) = missing else { break };
            self.needed.push(statement);
            self.needed.sort_by_key(|s| s.span.lo);
        }
        Ok(())
    }

    /// A statement that makes a variable which the slice uses.
    fn unmade(&self) -> Result<Option<Statement>, String> {
        let function = self.within.function();
        for used in &function.uses {
            if !self.holds(used.at) || self.holds(used.bound) {
                continue;
            }
            let maker = function
                .top()
                .find(|s| s.span.range().contains(&used.bound) && s.span.hi <= self.end());
            return match maker {
                Some(maker) => Ok(Some(maker.clone())),
                None if used.bound < function.body.lo as usize => Err(format!(
                    "the value arrives as the argument `{}` of `{}`, and has to be asked for where that \
                     is called",
                    used.name, function.name
                )),
                None => Err(format!(
                    "the value depends on `{}`, which only `{}` has",
                    used.name, function.name
                )),
            };
        }
        Ok(None)
    }

    /// A statement that changes a variable of the slice.
    fn changing(&self, widely: bool) -> Option<Statement> {
        let function = self.within.function();
        let text = &self.cx.sources.file(self.within.file).text;
        let candidate = |s: &&Statement| s.span.hi <= self.end() && !self.has(s) && !is_line(s);
        function.top().filter(candidate).find_map(|s| {
            let widely = widely || has_macro(self.cx.text(s.span));
            let touches = function.uses.iter().any(|u| {
                s.span.range().contains(&u.at)
                    && self
                        .needed
                        .iter()
                        .any(|n| n.span.range().contains(&u.bound))
                    && (widely || may_change(text, u.at, u.at + u.name.len()))
            });
            touches.then(|| s.clone())
        })
    }

    /// A macro that may make a variable whose maker is not seen.
    fn expanding(&self) -> Option<Statement> {
        let function = self.within.function();
        let unknown = |(word, at): &&(String, usize)| {
            word.starts_with(|c: char| c.is_lowercase() || c == '_')
                && word != "self"
                && self.holds(*at)
                && !self.within.outline.is_member(*at)
                && !function.uses.iter().any(|u| u.at == *at)
                && !function.bound.iter().any(|(_, b)| b == at)
        };
        let names: Vec<&String> = function
            .words
            .iter()
            .filter(unknown)
            .map(|(w, _)| w)
            .collect();
        let speaks_of_it = |s: &&Statement| {
            let is_macro = matches!(s.kind, StatementKind::Macro(_));
            is_macro && s.span.hi <= self.end() && !self.has(s) && !is_line(s) && {
                let mut words = function.words.iter();
                words.any(|(w, at)| s.span.range().contains(at) && names.contains(&w))
            }
        };
        function.top().find(speaks_of_it).cloned()
    }

    fn has(&self, statement: &Statement) -> bool {
        self.holds(statement.span.lo as usize)
    }

    /// Takes along lines for the log between its statements that tell of nothing but its variables.
    pub(super) fn with_lines(&mut self) {
        let function = self.within.function();
        let start = self.spans().iter().map(|s| s.lo).min().unwrap_or(0);
        let lines: Vec<Statement> = function
            .top()
            .filter(|s| is_line(s) && s.span.lo >= start && s.span.hi <= self.end())
            .filter(|s| {
                let mut uses = function
                    .uses
                    .iter()
                    .filter(|u| s.span.range().contains(&u.at))
                    .peekable();
                uses.peek().is_some() && uses.all(|u| self.holds(u.bound))
            })
            .cloned()
            .collect();
        self.needed.extend(lines);
        self.needed.sort_by_key(|s| s.span.lo);
    }

    /// Whether the rest of the function needs no variable of the slice.
    pub(super) fn is_apart(&self) -> bool {
        let mut uses = self.within.function().uses.iter();
        uses.all(|u| self.holds(u.at) || !self.holds(u.bound))
    }
}

/// Whether some macro in the code may change what it is given.
pub(super) fn has_macro(text: &str) -> bool {
    let code = code_of(text);
    let mut parts = code.split('!').peekable();
    while let Some(before) = parts.next() {
        let called = parts
            .peek()
            .is_some_and(|next| next.starts_with(['(', '[', '{']));
        let at = before
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |n| n + 1);
        let name = &before[at..];
        let looks = [
            "format",
            "vec",
            "matches",
            "assert",
            "assert_eq",
            "debug_assert",
        ];
        if called && !name.is_empty() && !LINES.contains(&name) && !looks.contains(&name) {
            return true;
        }
    }
    false
}

/// Whether an attribute stands before byte `at`.
pub(super) fn follows_attribute(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    let line = before.rsplit('\n').next().unwrap_or(before).trim_start();
    before.ends_with(']') && line.starts_with("#[")
}

fn is_line(statement: &Statement) -> bool {
    matches!(&statement.kind, StatementKind::Macro(name) if LINES.contains(&name.as_str()))
}
