use super::{Analysis, analysis, report};
use crate::finding::Problem;
use crate::source::{FileId, Span};

#[test]
fn everything_that_is_shown() {
    let text = report(&analysis(), true).human(false, true);
    // The renderer ends some lines with spaces.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    error: expected an item
      --> src/lib.rs:4:1
      |
    4 |     }
      | ^^^^^
      |
      = help: close the block

    error: no such file
     --> src/missing.rs
      = help: check the path

    warning: no package holds a plugin
     --> /other

    note[route-decision-kept]: `Filter.route` keeps the `route_name` of an earlier callback
      --> src/lib.rs:1:1
      |
    1 | / impl HttpContext for Filter {
    2 | |     fn on_http_request_headers(&mut self) {
      | \------^ all of it

    warning[route-decision-kept]: `Filter.route` keeps the `route_name` of an earlier callback
      --> src/lib.rs:1:1
      |
    1 | / impl HttpContext for Filter {
    2 | |     fn on_http_request_headers(&mut self) {
      | \------^ all of it

    error[route-in-stream-context]: `Filter.route` keeps the `route_name` of an earlier callback
      --> src/lib.rs:3:17
      |
    3 |         /* Größe 🦀 */ self.route = route::name(self); // gemerkt
      |                        ^^^^^^^^^^ stored here too

    error[route-in-stream-context]: `Filter.route` keeps the `route_name` of an earlier callback
      --> src/lib.rs:3:17
      |
    2 |     fn on_http_request_headers(&mut self) {
      |        ----------------------- in this callback
    3 |         /* Größe 🦀 */ self.route = route::name(self); // gemerkt
      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ stored here
      |
      --> /shared/route ü.rs:2:445
      |
    2 | ... _ = 0; let _ = 0; let _ = 0; let _ = 0; let _ = 0; cx.get_property(vec!["route_name"]); let _ = 1; let _ = 1; let _ = 1; let _ = 1; let _ =...
      |                                                        ----------------------------------- obtained here
      |
      = path of the value:
          1. obtained        /shared/route ü.rs:2:445  `get_property(["route_name"])` in `name`
          2. passed through  src/lib.rs:3:30           `route::name`
          3. stored          src/lib.rs:3:17           `Filter.route`
          4. window                                    the route is chosen again when headers change
      = no callback reads the property again
      = help: read the property where it is used
            let route =
                self.get_property(vec!["route_name"]);

    1 error (2 places), 1 warning, 1 note in 2 packages (14 files); 2 files were not analysed
    "#);
}

#[test]
fn summaries() {
    let last = |analysis: &Analysis, pedantic| {
        let text = report(analysis, pedantic).human(false, true);
        text.lines().last().unwrap_or_default().to_owned()
    };
    let mut analysis = analysis();
    insta::assert_snapshot!(last(&analysis, true), @"1 error (2 places), 1 warning, 1 note in 2 packages (14 files); 2 files were not analysed");
    insta::assert_snapshot!(last(&analysis, false), @"1 error (2 places), 1 warning in 2 packages (14 files); 1 more with --pedantic; 2 files were not analysed");
    analysis.problems.clear();
    analysis.findings.truncate(1);
    analysis.files = 1;
    insta::assert_snapshot!(last(&analysis, false), @"no stale route values found in 2 packages (1 file); 1 note with --pedantic");
    analysis.findings.clear();
    analysis.packages = 1;
    insta::assert_snapshot!(last(&analysis, false), @"no stale route values found in 1 package (1 file)");
    analysis
        .problems
        .push(Problem::error("no such manifest", "Cargo.toml"));
    insta::assert_snapshot!(last(&analysis, false), @"no stale route values found in 1 package (1 file); the run is not complete");
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
            // An offset within a character or line ending is shown where that starts.
            let (line, _) = place.rsplit_once(':').unwrap_or_default();
            assert!(text.contains(line), "{place} {lo}..{hi}\n{text}");
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
