//! What must hold of the fixes of a plugin.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use similar::TextDiff;
use tempfile::TempDir;
use wasm_route_lint::fix::apply::{Applied, Wanted, prove, rounds};
use wasm_route_lint::{AnalyseOptions, Analysis, analyse};

use crate::layout::Layout;
use crate::render::Plugin;

/// What does not hold: the name of the property, and how.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) property: &'static str,
    pub(crate) what: String,
    pub(crate) fixed: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.what)
    }
}

/// A package on the disk, whose only file every text stands for.
fn skeleton() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let manifest = "[package]\nname = \"plugin\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
                            [dependencies]\nproxy-wasm = \"0.2\"\nlog = \"0.4\"\n";
            let src = folder.path().join("src");
            std::fs::create_dir(&src).expect("a folder");
            std::fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
            std::fs::write(src.join("lib.rs"), "").expect("a library");
            folder
        })
        .path()
}

fn file() -> PathBuf {
    skeleton().join("src/lib.rs")
}

pub(crate) fn options(text: &str, threads: usize) -> AnalyseOptions {
    AnalyseOptions {
        cwd: skeleton().to_path_buf(),
        paths: vec![skeleton().to_path_buf()],
        threads: NonZeroUsize::new(threads),
        overlay: [(file(), text.into())].into(),
        ..AnalyseOptions::default()
    }
}

/// What fixes make of a text.
pub(crate) struct Fixed {
    pub(crate) text: String,
    pub(crate) count: usize,
    pub(crate) applied: Applied,
}

pub(crate) fn fix(text: &str, wanted: Wanted) -> Fixed {
    let options = options(text, 1);
    let mut analysis = analyse(&options);
    prove(&options, &mut analysis);
    let applied = rounds(&options, analysis, wanted);
    Fixed {
        text: applied
            .files
            .get(&file())
            .map_or_else(|| text.to_owned(), |t| t.to_string()),
        count: applied.fixed,
        applied,
    }
}

/// What is reported: rule, subject, function.
fn reported(analysis: &Analysis) -> Vec<(&'static str, String, String)> {
    let shown = analysis.findings.iter().filter(|f| f.is_shown(false));
    let mut out: Vec<_> = shown
        .map(|f| (f.rule, f.subject.clone(), f.item.clone()))
        .collect();
    out.sort();
    out
}

/// Whether a comment documents something, or stands on or above a field or its value in a literal.
fn is_of_field(text: &str, comment: &str) -> bool {
    let names = |code: &str| {
        let name = code.trim_start().trim_start_matches("pub ");
        let word = name.find(|c: char| !c.is_alphanumeric() && c != '_');
        word.is_some_and(|end| end > 0 && name[end..].starts_with(": "))
    };
    let mut lines = text.lines().skip_while(|l| !l.contains(comment));
    let own = lines.next().unwrap_or_default();
    let before = own.split(comment).next().unwrap_or_default();
    let below = lines.find(|l| !l.trim_start().starts_with("//"));
    comment.starts_with("///")
        || names(before)
        || before.trim().is_empty() && below.is_some_and(names)
}

/// The rules whose findings have an edit or a reason.
const CURED: [&str; 2] = ["route-in-stream-context", "stale-match-decision"];

struct Checker<'a> {
    plugin: &'a Plugin,
    failures: Vec<Failure>,
}

impl Checker<'_> {
    fn hold(
        &mut self,
        property: &'static str,
        fixed: &str,
        right: bool,
        what: impl FnOnce() -> String,
    ) {
        if !right {
            self.failures.push(Failure {
                property,
                what: what(),
                fixed: fixed.to_owned(),
            });
        }
    }

    fn clean(&mut self, before: &Analysis, fixed: &Fixed) {
        let text = &fixed.text;
        let error = syn::parse_file(text).err();
        self.hold("parses", text, error.is_none(), || format!("{error:?}"));
        let after = analyse(&options(text, 1));
        let problem = after.problems.first();
        self.hold("no problem", text, problem.is_none(), || {
            format!("{problem:?}")
        });
        let (old, mut new) = (reported(before), reported(&after));
        let told = reported(&fixed.applied.analysis);
        self.hold("told truly", text, told == new, || {
            format!("{told:?} but {new:?}")
        });
        let left = old.len() - fixed.count.min(old.len());
        self.hold("fixed", text, new.len() <= left, || {
            format!("{} of {} fixed, {new:?} left", fixed.count, old.len())
        });
        new.retain(|n| !old.contains(n));
        self.hold("nothing new", text, new.is_empty(), || format!("{new:?}"));
    }

    fn comments(&mut self, fixed: &str) {
        let mut last = (None, "");
        for (comment, within) in &self.plugin.comments {
            let found = fixed.find(comment.as_str());
            // What is said of a field goes with it.
            let goes = *within && is_of_field(&self.plugin.text, comment);
            self.hold("comments stay", fixed, found.is_some() || goes, || {
                comment.clone()
            });
            if let (Some(at), false) = (found, *within) {
                self.hold("comments in order", fixed, Some(at) > last.0, || {
                    format!("{comment} before {}", last.1)
                });
                last = (found, comment);
            }
        }
    }

    /// Lines that have no part in a fixed field stay.
    fn lines(&mut self, fixed: &str) {
        let mut new = fixed.lines();
        let old = self.plugin.text.lines().zip(&self.plugin.parts);
        for (line, _) in old.filter(|(l, part)| !**part && !l.trim().is_empty()) {
            let found = new.any(|l| l == line);
            self.hold("lines stay", fixed, found, || line.to_owned());
            if !found {
                break;
            }
        }
        let old: BTreeSet<&str> = self.plugin.text.lines().collect();
        for line in fixed.lines().filter(|l| l.ends_with([' ', '\t'])) {
            let old = old.contains(line);
            self.hold("no blanks at the end", fixed, old, || format!("{line:?}"));
        }
    }

    fn layout(&mut self, layout: Layout, fixed: &str) {
        let other = fix(&layout.apply(&self.plugin.text), Wanted::Safe).text;
        let wanted = layout.apply(fixed);
        let breaks = other.matches('\n').count();
        let returns = other.matches("\r\n").count();
        self.hold(
            "line breaks of one kind",
            &other,
            returns == if layout.crlf { breaks } else { 0 },
            || format!("{returns} of {breaks}"),
        );
        self.hold("layout", &other, other == wanted, || {
            let diff = TextDiff::from_lines(&wanted, &other);
            format!("{layout:?}\n{}", diff.unified_diff().context_radius(1))
        });
    }

    /// The same is said and offered each time.
    fn same(&mut self, first: &Analysis) {
        let text = &self.plugin.text;
        let offers = |a: &Analysis| -> Vec<String> {
            let all = a.findings.iter();
            all.map(|f| format!("{} {} {:?} {:?}", f.rule, f.subject, f.notes, f.fixes))
                .collect()
        };
        for threads in [1, 4] {
            let again = analyse(&options(text, threads));
            let (a, b) = (offers(first), offers(&again));
            self.hold("deterministic", text, a == b, || format!("{a:?}\n{b:?}"));
        }
    }

    fn reasons(&mut self, analysis: &Analysis) {
        for f in analysis.findings.iter().filter(|f| CURED.contains(&f.rule)) {
            let reason = f
                .notes
                .iter()
                .any(|n| n.starts_with("no edit is offered: "));
            let right = reason == f.fixes.is_empty();
            self.hold("a fix or a reason", "", right, || {
                format!("{}: {:?}", f.message, f.notes)
            });
            let reasons = f.fixes.iter().all(|x| {
                x.reason.is_some() == (x.safety == wasm_route_lint::finding::Safety::Unsafe)
            });
            self.hold("unsafe with a reason", "", reasons, || {
                format!("{:?}", f.fixes)
            });
        }
    }
}

/// What came of the checks.
pub(crate) struct Verdict {
    pub(crate) failures: Vec<Failure>,
    /// How many safe fixes there were.
    pub(crate) safe: usize,
    /// How many with the unsafe ones.
    pub(crate) all: usize,
    /// How many findings have no fix.
    pub(crate) refused: usize,
}

/// Everything that must hold.
pub(crate) fn check(plugin: &Plugin, layout: Layout) -> Verdict {
    let text = &plugin.text;
    let mut before = analyse(&options(text, 1));
    assert!(before.problems.is_empty(), "{:?}\n{text}", before.problems);
    let mut checker = Checker {
        plugin,
        failures: Vec::new(),
    };
    checker.same(&before);
    prove(&options(text, 1), &mut before);
    checker.reasons(&before);
    let safe = fix(text, Wanted::Safe);
    let all = fix(text, Wanted::All);
    for (fixed, wanted) in [(&safe, Wanted::Safe), (&all, Wanted::All)] {
        if fixed.text == *text {
            continue;
        }
        checker.clean(&before, fixed);
        let again = fix(&fixed.text, wanted).text;
        checker.hold("idempotent", &fixed.text, again == fixed.text, || {
            again.clone()
        });
        checker.comments(&fixed.text);
        checker.lines(&fixed.text);
    }
    checker.layout(layout, &safe.text);
    let refused = before.findings.iter().filter(|f| f.fixes.is_empty());
    Verdict {
        failures: checker.failures,
        safe: safe.count,
        all: all.count,
        refused: refused.count(),
    }
}
