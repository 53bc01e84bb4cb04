use std::collections::{BTreeMap, HashSet};

use cargo_metadata::Message;
use rustfix::diagnostics::{Diagnostic, DiagnosticSpan};
use rustfix::{CodeFix, Filter, Suggestion};
use serde_json::Value;

use super::{Analysis, analysis, analysis_with_fixes, report};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::source::{FileId, SourceFile, SourceMap, Span};

fn messages(analysis: &Analysis) -> Vec<Value> {
    let text = report(analysis, true).cargo_json();
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(parse).collect()
}

/// The diagnostics of the findings, as `rustfix` reads them.
fn diagnostics(analysis: &Analysis) -> Vec<Diagnostic> {
    let messages = messages(analysis).into_iter();
    let about_code = messages.filter(|m| m["message"]["code"].is_object());
    about_code
        .map(|m| serde_json::from_value(m["message"].clone()).unwrap_or_else(|e| panic!("{e}")))
        .collect()
}

fn suggestions(diagnostic: &Diagnostic, filter: Filter) -> Option<Suggestion> {
    rustfix::collect_suggestions(diagnostic, &HashSet::<String>::new(), filter)
}

/// The text of a file with the edits that are for it.
fn applied<'a>(file: &SourceFile, edits: impl Iterator<Item = &'a Edit>) -> String {
    let mut text = file.text.to_string();
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// What one round of applying safe fixes does to each file.
fn round(analysis: &Analysis) -> BTreeMap<String, String> {
    let best = |finding: &Finding| {
        let mut fixes = finding.fixes.iter();
        fixes.find(|fix| fix.safety == Safety::Safe).cloned()
    };
    let fixes: Vec<Fix> = analysis.findings.iter().filter_map(best).collect();
    let edits = || fixes.iter().flat_map(|fix| &fix.edits);
    let files = analysis.sources.iter();
    files
        .map(|(id, file)| {
            let edits = edits().filter(|edit| edit.span.file == id);
            (file.name.clone(), applied(file, edits))
        })
        .collect()
}

#[test]
fn rustfix_gives_the_bytes_of_the_fixes() {
    let analysis = analysis_with_fixes();
    let files = analysis.sources.iter().map(|(_, file)| file);
    let mut fixed: BTreeMap<String, CodeFix> = files
        .map(|file| (file.name.clone(), CodeFix::new(&file.text)))
        .collect();
    let diagnostics = diagnostics(&analysis);
    let filter = Filter::MachineApplicableOnly;
    let all: Vec<Suggestion> = diagnostics
        .iter()
        .filter_map(|diagnostic| suggestions(diagnostic, filter))
        .collect();
    assert_eq!(all.len(), 2, "one for each finding with a safe fix");
    for suggestion in &all {
        let name = &suggestion.solutions[0].replacements[0].snippet.file_name;
        let file = fixed.get_mut(name);
        let file = file.unwrap_or_else(|| panic!("no file {name}"));
        file.apply(suggestion).unwrap_or_else(|e| panic!("{e}"));
    }
    let expected = round(&analysis);
    assert_ne!(
        expected["src/lib.rs"],
        *analysis.sources.file(FileId(0)).text
    );
    for (name, fix) in fixed {
        let text = fix.finish().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(text, expected[&name], "{name}");
    }
}

#[test]
fn what_is_not_safe_is_offered_only() {
    let analysis = analysis_with_fixes();
    let with_two = |d: &&Diagnostic| {
        suggestions(d, Filter::Everything).is_some_and(|s| s.solutions.len() == 2)
    };
    let diagnostics = diagnostics(&analysis);
    let diagnostic = diagnostics.iter().find(with_two);
    let diagnostic = diagnostic.unwrap_or_else(|| panic!("a finding with two fixes"));
    let titles = |filter| {
        let suggestion = suggestions(diagnostic, filter);
        let solutions = suggestion.map(|s| s.solutions).unwrap_or_default();
        solutions.into_iter().map(|s| s.message).collect::<Vec<_>>()
    };
    let safe = "ask for the route where it is used".to_owned();
    assert_eq!(titles(Filter::MachineApplicableOnly), [safe.as_str()]);
    let other = "keep it under another name (unsafe: the name may be used elsewhere)".to_owned();
    assert_eq!(titles(Filter::Everything), [safe, other]);
}

/// Two safe fixes of one finding exclude each other, and `rustfix` would apply both.
#[test]
fn one_fix_of_a_finding_is_machine_applicable() {
    let mut analysis = analysis_with_fixes();
    for fix in analysis.findings.iter_mut().flat_map(|f| &mut f.fixes) {
        fix.safety = Safety::Safe;
    }
    for diagnostic in diagnostics(&analysis) {
        let suggestion = suggestions(&diagnostic, Filter::MachineApplicableOnly);
        let solutions = suggestion.map_or(0, |s| s.solutions.len());
        assert!(solutions <= 1, "{diagnostic:?}");
    }
}

/// An editor finds the place by line and column, with the text that comes along.
fn by_columns(text: &str, span: &DiagnosticSpan) -> std::ops::Range<usize> {
    let offset = |line: usize, column: usize| {
        let start: usize = text
            .split_inclusive('\n')
            .take(line - 1)
            .map(str::len)
            .sum();
        let shown = &span.text[line - span.line_start].text;
        let chars = shown.chars().take(column - 1);
        start + chars.map(char::len_utf8).sum::<usize>()
    };
    offset(span.line_start, span.column_start)..offset(span.line_end, span.column_end)
}

/// Any set of edits survives the way through the format.
#[test]
fn places_are_the_same_in_bytes_and_in_columns() {
    let analysis = analysis_with_fixes();
    let text = analysis.sources.file(FileId(0)).text.clone();
    let borders: Vec<usize> = (0..=text.len())
        .filter(|&at| text.is_char_boundary(at))
        // Not between the two bytes of a line ending.
        .filter(|&at| at == 0 || !text.as_bytes()[at - 1..].starts_with(b"\r\n"))
        .collect();
    for step in 1..20 {
        for offset in 0..step {
            let places = borders.iter().skip(offset).step_by(step);
            let places: Vec<usize> = places.copied().collect();
            let edits: Vec<Edit> = places
                .chunks_exact(2)
                .map(|pair| Edit {
                    span: Span::new(FileId(0), pair[0], pair[1]),
                    text: format!("<ü{step}>"),
                })
                .collect();
            check(&analysis, edits);
        }
    }
}

fn check(analysis: &Analysis, edits: Vec<Edit>) {
    if edits.is_empty() {
        return;
    }
    let file = analysis.sources.file(FileId(0));
    let expected = applied(file, edits.iter());
    let with = with_fix(analysis, edits);
    let diagnostics = diagnostics(&with);
    let suggestion = suggestions(&diagnostics[0], Filter::MachineApplicableOnly);
    let suggestion = suggestion.unwrap_or_else(|| panic!("a suggestion"));
    let mut fix = CodeFix::new(&file.text);
    fix.apply(&suggestion).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(fix.finish().unwrap_or_default(), expected);
    let children = diagnostics[0].children.iter();
    for span in children.flat_map(|child| &child.spans) {
        let range = span.byte_start as usize..span.byte_end as usize;
        assert_eq!(by_columns(&file.text, span), range);
    }
}

fn with_fix(analysis: &Analysis, edits: Vec<Edit>) -> Analysis {
    let mut sources = SourceMap::default();
    for (_, file) in analysis.sources.iter() {
        sources.add(file.clone());
    }
    let mut finding = analysis.findings[1].clone();
    finding.fixes = vec![Fix {
        title: "edit".to_owned(),
        safety: Safety::Safe,
        reason: None,
        edits,
    }];
    Analysis {
        sources,
        findings: vec![finding],
        ..Analysis::default()
    }
}

#[test]
fn cargos_own_reader_knows_every_line() {
    let text = report(&analysis_with_fixes(), true).cargo_json();
    let messages = Message::parse_stream(text.as_bytes());
    let messages: Vec<Message> = messages.map_while(Result::ok).collect();
    assert_eq!(messages.len(), text.lines().count());
    let last = messages.last();
    assert!(matches!(last, Some(Message::BuildFinished(end)) if !end.success));
    for message in &messages[..messages.len() - 1] {
        let Message::CompilerMessage(message) = message else {
            panic!("{message:?}");
        };
        assert!(message.message.rendered.is_some());
    }
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let analysis = analysis();
    let mut sources = SourceMap::default();
    let file = SourceFile::new("a.rs".into(), "a.rs".into(), "\u{feff}ab\n".into());
    let file = sources.add(file);
    let mut finding = analysis.findings[0].clone();
    finding.primary.span = Span::new(file, 4, 5);
    finding.secondary.clear();
    let analysis = Analysis {
        sources,
        findings: vec![finding],
        ..Analysis::default()
    };
    let span = &diagnostics(&analysis)[0].spans[0];
    assert_eq!((span.column_start, span.column_end), (2, 3));
    assert_eq!(span.text[0].text, "ab");
    assert_eq!(span.byte_start, 4);
}
