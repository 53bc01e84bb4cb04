//! Code that may use a field and that the analysis does not run: unit tests, and modules which a `cfg`
//! leaves out.

use std::collections::BTreeSet;
use std::fs;

use super::Context;
use super::caution::words_of;
use super::text::has_word;
use crate::rust::Outline;
use crate::source::Span;

/// A module in a file of its own that is not read.
struct LeftOut {
    test: bool,
    /// Its text; `None` when it can't be found.
    text: Option<String>,
}

/// The modules that a `cfg` leaves out.
fn left_out(cx: &Context<'_>) -> Vec<LeftOut> {
    let mut out = Vec::new();
    for file in cx.files_with("#[cfg") {
        let Some(outline) = cx.outline(file) else {
            continue;
        };
        let path = &cx.sources.file(file).path;
        let folder = path.with_extension("");
        let is_root = ["lib", "main", "mod"].iter().any(|n| folder.ends_with(n));
        let parent = path.parent().map(|p| p.to_path_buf());
        let folder = if is_root { parent } else { Some(folder) };
        for module in &outline.conditional {
            let places = folder.iter().flat_map(|f| {
                let name = &module.name;
                [f.join(format!("{name}.rs")), f.join(name).join("mod.rs")]
            });
            let places: Vec<_> = places.filter(|_| !module.placed).collect();
            let mut known = cx.sources.iter();
            if known.any(|(_, f)| places.contains(&f.path)) {
                continue;
            }
            out.push(LeftOut {
                test: module.test,
                text: places.iter().find_map(|p| fs::read_to_string(p).ok()),
            });
        }
    }
    out
}

/// Whether code that a `cfg` leaves out, tests apart, may name a field.
pub(super) fn is_named_elsewhere(cx: &Context<'_>, field: &str) -> bool {
    let names = |m: &LeftOut| m.text.as_ref().is_none_or(|t| has_word(t, field));
    left_out(cx).iter().any(|m| !m.test && names(m))
}

/// Whether a unit test names a field.
pub(super) fn is_named_in_tests(cx: &Context<'_>, field: &str) -> bool {
    let names = |m: &LeftOut| m.text.as_ref().is_none_or(|t| has_word(t, field));
    let inside = |outline: &Outline| {
        let mut tests = outline.tests.iter();
        tests.any(|test| has_word(cx.text(*test), field))
    };
    let mut files = cx.files_with(field).into_iter();
    files.any(|file| cx.outline(file).is_some_and(|o| inside(&o)))
        || left_out(cx).iter().any(|m| m.test && names(m))
}

/// A function of these names that unit tests lead to.
pub(super) fn tested<'n>(
    cx: &Context<'_>,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let mut words = BTreeSet::new();
    for file in cx.files_with("test") {
        let Some(outline) = cx.outline(file) else {
            continue;
        };
        let inside = |body: &Span| outline.tests.iter().any(|t| t.contains(*body));
        let bodies = outline.functions.iter().map(|f| f.body);
        let bodies: Vec<Span> = bodies.filter(inside).collect();
        words.extend(words_of(cx, &bodies));
    }
    let mut left_out = left_out(cx);
    left_out.retain(|m| m.test);
    let names_it = |m: &LeftOut, name| m.text.as_ref().is_none_or(|t| has_word(t, name));
    names
        .into_iter()
        .find(|name| words.contains(*name) || left_out.iter().any(|m| names_it(m, name)))
}
