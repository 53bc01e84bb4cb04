use super::{Analysis, FileId, Problem, analysis, report};
use crate::source::Span;

#[test]
fn everything_that_is_shown() {
    insta::assert_snapshot!(report(&analysis(), true).human(false, true), @"");
}

#[test]
fn summaries() {
    let last = |analysis: &Analysis, pedantic| {
        let text = report(analysis, pedantic).human(false, true);
        text.lines().last().unwrap_or_default().to_owned()
    };
    let mut analysis = analysis();
    insta::assert_snapshot!(last(&analysis, true), @"");
    insta::assert_snapshot!(last(&analysis, false), @"");
    analysis.problems.clear();
    analysis.findings.truncate(1);
    analysis.files = 1;
    insta::assert_snapshot!(last(&analysis, false), @"");
    analysis.findings.clear();
    analysis.packages = 1;
    insta::assert_snapshot!(last(&analysis, false), @"");
    analysis
        .problems
        .push(Problem::error("no such manifest", "Cargo.toml"));
    insta::assert_snapshot!(last(&analysis, false), @"");
    assert_eq!(report(&Analysis::default(), false).human(true, false), "");
}

#[test]
fn styles_change_nothing_but_colours() {
    let analysis = analysis();
    let report = report(&analysis, true);
    let styled = report.human(true, true);
    assert!(styled.contains("\x1b["));
    let plain = anstream::adapter::strip_str(&styled).to_string();
    assert_eq!(plain, report.human(false, true));
}

/// Spans come from other parts of the tool and from files that change; a wrong one must not bring
/// the report down.
#[test]
fn every_span_can_be_drawn() {
    let mut analysis = analysis();
    let length = analysis.sources.file(FileId(0)).text.len() + 3;
    for lo in 0..length {
        for hi in [lo, lo + 1, lo + 2, lo + 30, length, lo.saturating_sub(1)] {
            let span = Span::new(FileId(0), lo, hi);
            analysis.problems = vec![Problem::at("here", span)];
            analysis.findings.truncate(1);
            analysis.findings[0].primary.span = span;
            let report = report(&analysis, true);
            let text = report.human(false, false);
            assert_eq!(text.matches("src/lib.rs").count(), 2, "{lo}..{hi}\n{text}");
            let place = analysis.sources.place(span);
            assert!(
                hi > length || text.contains(&place),
                "{place} {lo}..{hi}\n{text}"
            );
            assert!(report.short().contains(&place));
        }
    }
}

#[test]
fn long_lines_are_cut() {
    let text = report(&analysis(), false).human(false, true);
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest < Some(200), "{longest:?}");
}
