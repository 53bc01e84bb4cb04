//! The statements that a stored value is made by: a backward slice of the function that stores it.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::caution::{code_of, may_change};
use super::moved::Moved;
use super::{Context, Within};
use crate::flow::SourceFact;
use crate::rust::{Function, Mark, MarkKind, Statement, StatementKind, Use};
use crate::source::Span;

/// Macros that write a line and give nothing back.
const LINES: [&str; 10] = [
    "log", "error", "warn", "info", "debug", "trace", "println", "eprintln", "print", "eprint",
];

/// What a slice asks of a function, made once for all slices of it.
#[derive(Debug)]
pub(super) struct Index {
    /// The statements of the body itself, in order.
    top: Vec<Statement>,
    /// Whether a macro in each of them may change what it is given.
    opaque: Vec<OnceCell<bool>>,
    /// Where each variable that is made at a byte is used, as indices.
    uses: BTreeMap<usize, Vec<usize>>,
    /// Where variables are made.
    bound: FxHashSet<usize>,
    /// Statements that are macros, by the words in them.
    macros: FxHashMap<String, Vec<usize>>,
}

impl Index {
    /// The index of a function.
    pub(super) fn of(function: &Function) -> Self {
        let top: Vec<Statement> = function.top().cloned().collect();
        let mut uses: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (n, used) in function.uses.iter().enumerate() {
            uses.entry(used.bound).or_default().push(n);
        }
        let mut macros: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (n, statement) in top.iter().enumerate() {
            if matches!(statement.kind, StatementKind::Macro(_)) && !is_line(statement) {
                for (word, _) in words_in(function, statement.span) {
                    macros.entry(word.clone()).or_default().push(n);
                }
            }
        }
        Self {
            opaque: vec![OnceCell::new(); top.len()],
            bound: function.bound.iter().map(|(_, at)| *at).collect(),
            top,
            uses,
            macros,
        }
    }

    /// The statement that holds a byte.
    fn statement_at(&self, at: usize) -> Option<usize> {
        let behind = self.top.partition_point(|s| s.span.lo as usize <= at);
        let last = behind.checked_sub(1)?;
        self.top[last].span.range().contains(&at).then_some(last)
    }
}

/// Those of some items, in the order of the text, that start in `code`.
fn in_code<T>(items: &[T], code: Span, at: impl Fn(&T) -> usize) -> &[T] {
    let first = items.partition_point(|i| at(i) < code.lo as usize);
    let end = items.partition_point(|i| at(i) < code.hi as usize);
    &items[first..end.max(first)]
}

/// The uses of variables in a part of a function.
fn uses_in(function: &Function, code: Span) -> &[Use] {
    in_code(&function.uses, code, |u| u.at)
}

/// The words in a part of a function.
pub(super) fn words_in(function: &Function, code: Span) -> &[(String, usize)] {
    in_code(&function.words, code, |(_, at)| *at)
}

/// The marks in a part of a function.
pub(super) fn marks_in(function: &Function, code: Span) -> &[Mark] {
    in_code(&function.marks, code, |m| m.at)
}

/// How code is left that stands in `code` alone: `return`, `?`, a `break` out of a loop around it.
pub(super) fn leaves(function: &Function, code: Span) -> Option<&'static str> {
    marks_in(function, code).iter().find_map(|m| match m.kind {
        MarkKind::Leave { what, out_of } if !code.range().contains(&out_of) => Some(what),
        _ => None,
    })
}

/// Statements of a function's body itself that some code of it needs, in order.
pub(super) struct Slice<'a> {
    cx: &'a Context<'a>,
    within: &'a Within,
    index: Rc<Index>,
    /// The code that is asked about; whole statements or parts of them.
    roots: &'a [Span],
    /// The bytes of the roots, in order, none in two of them.
    covered: Vec<(usize, usize)>,
    /// Whether each statement is needed.
    taken: Vec<bool>,
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
        let index = cx.index(within);
        let mut covered: Vec<(usize, usize)> = Vec::new();
        let mut bytes: Vec<_> = roots
            .iter()
            .map(|r| (r.lo as usize, r.hi as usize))
            .collect();
        bytes.sort_unstable();
        for (lo, hi) in bytes {
            match covered.last_mut() {
                Some(last) if lo <= last.1 => last.1 = last.1.max(hi),
                _ => covered.push((lo, hi)),
            }
        }
        let mut this = Self {
            cx,
            within,
            roots,
            covered,
            taken: vec![false; index.top.len()],
            index,
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
        let taken = || self.index.statement_at(at).is_some_and(|n| self.taken[n]);
        let before = self.covered.partition_point(|(lo, _)| *lo <= at);
        before
            .checked_sub(1)
            .is_some_and(|n| at < self.covered[n].1)
            || taken()
    }

    fn asks_all(&self, sources: &[&SourceFact]) -> bool {
        let spans = self.spans();
        let code = Moved {
            within: self.within,
            spans: &spans,
            stores: &[],
            whole: false,
        };
        code.asks_all(self.cx, sources.iter().copied())
    }

    /// Where the code ends that is asked about.
    fn end(&self) -> u32 {
        self.roots.iter().map(|s| s.hi).max().unwrap_or(0)
    }

    /// Adds statements until nothing is missing. `widely`: also those that merely mention a variable.
    fn close(&mut self, widely: bool) -> Result<(), String> {
        let end = self.end();
        let mut unmade: Option<&Use> = None;
        let within = self.within;
        let function = within.function();
        let index = Rc::clone(&self.index);
        let mut todo: Vec<(Span, bool)> = self.roots.iter().map(|r| (*r, false)).collect();
        todo.extend(self.needed.iter().map(|s| (s.span, true)));
        while let Some((code, is_needed)) = todo.pop() {
            let mut missing: Vec<usize> = Vec::new();
            for used in uses_in(function, code) {
                if self.holds(used.bound) {
                    continue;
                }
                match index.statement_at(used.bound) {
                    Some(maker) if index.top[maker].span.hi <= end => missing.push(maker),
                    _ if unmade.is_none_or(|u| used.at < u.at) => unmade = Some(used),
                    _ => {}
                }
            }
            self.expanding(code, &mut missing);
            if is_needed {
                self.changing(code, widely, &mut missing);
            }
            for n in missing {
                let statement = &index.top[n];
                if statement.span.hi <= end && !self.has(statement) {
                    self.taken[n] = true;
                    todo.push((statement.span, true));
                }
            }
        }
        if let Some(used) = unmade {
            let (name, function) = (&used.name, within.function());
            return Err(match used.bound < function.body.lo as usize {
                true => format!(
                    "the value arrives as the argument `{name}` of `{}`, and has to be asked for where that \
                     is called",
                    function.name
                ),
                false => format!(
                    "the value depends on `{name}`, which only `{}` has",
                    function.name
                ),
            });
        }
        self.list();
        Ok(())
    }

    /// Statements that change a variable which is made in `code`.
    fn changing(&self, code: Span, widely: bool, out: &mut Vec<usize>) {
        let function = self.within.function();
        let text = &self.cx.sources.file(self.within.file).text;
        for n in self.index.uses.range(code.range()).flat_map(|(_, n)| n) {
            let used = &function.uses[*n];
            let Some(n) = self.index.statement_at(used.at) else {
                continue;
            };
            let statement = &self.index.top[n];
            let opaque =
                || *self.index.opaque[n].get_or_init(|| has_macro(self.cx.text(statement.span)));
            let changes = || may_change(text, used.at, used.at + used.name.len());
            if !self.has(statement) && !is_line(statement) && (widely || opaque() || changes()) {
                out.push(n);
            }
        }
    }

    /// Macros that may make a variable of `code` whose maker is not seen.
    fn expanding(&self, code: Span, out: &mut Vec<usize>) {
        let function = self.within.function();
        let is_use = |at: usize| {
            let uses = uses_in(function, code);
            uses.binary_search_by_key(&at, |u| u.at).is_ok()
        };
        for (word, at) in words_in(function, code) {
            let Some(macros) = self.index.macros.get(word) else {
                continue;
            };
            let unknown = word.starts_with(|c: char| c.is_lowercase() || c == '_')
                && word != "self"
                && !self.within.outline.is_member(*at)
                && !is_use(*at)
                && !self.index.bound.contains(at);
            if unknown {
                out.extend(macros);
            }
        }
    }

    fn has(&self, statement: &Statement) -> bool {
        self.holds(statement.span.lo as usize)
    }

    /// Takes along lines for the log between its statements that tell of nothing but its variables.
    pub(super) fn with_lines(&mut self) {
        let function = self.within.function();
        let start = self.spans().iter().map(|s| s.lo).min().unwrap_or(0);
        let end = self.end();
        let lines: Vec<usize> = (0..self.index.top.len())
            .filter(|n| {
                let s = &self.index.top[*n];
                is_line(s) && s.span.lo >= start && s.span.hi <= end && {
                    let uses = uses_in(function, s.span);
                    !uses.is_empty() && uses.iter().all(|u| self.holds(u.bound))
                }
            })
            .collect();
        for n in lines {
            self.taken[n] = true;
        }
        self.list();
    }

    fn list(&mut self) {
        let taken = self.index.top.iter().zip(&self.taken);
        self.needed = taken.filter(|(_, t)| **t).map(|(s, _)| s.clone()).collect();
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
