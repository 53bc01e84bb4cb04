//! `explain` and `rules`: what people are told who ask.

use snapbox::str;

use super::folder::Folder;

#[test]
fn every_rule_is_explained() {
    let folder = Folder::new();
    for rule in wasm_route_lint::checks::rules() {
        let name = rule.name;
        let run = folder.run(&format!("explain {name}"));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{name}");
        assert!(run.out.starts_with(&format!("{name}\n\n  Default level: ")));
        assert!(
            !run.out.contains('\u{1b}') && !run.out.contains("```"),
            "{name}"
        );
        let document = rule.document();
        for heading in document.body.lines().filter_map(|l| l.strip_prefix("## ")) {
            assert!(
                run.out.contains(&format!("\n\n{heading}\n\n")),
                "{name}: {heading}"
            );
        }
        // Code is as it is in the document, further in.
        for example in &document.examples {
            for line in example.code.lines().filter(|line| !line.is_empty()) {
                assert!(
                    run.out.contains(&format!("\n      {line}\n")),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn colours_come_when_asked_for() {
    let folder = Folder::new();
    let plain = folder.run("explain route-in-static").out;
    let coloured = folder.run("explain route-in-static --color always").out;
    assert!(coloured.starts_with("\u{1b}[1mroute-in-static\u{1b}[0m\n"));
    assert!(coloured.contains("\u{1b}[36m`"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    let list = folder.run("rules --color always --format json").out;
    assert!(!list.contains('\u{1b}'));
}

#[test]
fn names_that_mean_nothing() {
    let lines = [
        "explain route_in_statics",
        "explain nonsense",
        "explain higress@2.2.0",
        "explain --host higres",
        "explain --host higress@new",
        "explain",
        "explain route-in-static --host kong",
    ];
    Folder::new().transcript(&lines, str![]);
}

#[test]
fn hosts_with_ways_around_and_sources() {
    let lines = ["explain --host higress@2.2.0", "explain --host kong@3.4"];
    Folder::new().transcript(&lines, str![]);
    // Without a version it is all of them.
    let all = Folder::new().run("explain --host higress").out;
    for part in [
        "Higress before 2.2.0: the new route",
        "Higress 2.2.0 and later, before 2.2.1: the old route",
        "Higress 2.2.1 and later: the new route",
        "`clear_route_cache`",
        "issue #3571",
        "pull request #3576",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
}

#[test]
fn the_list_of_rules() {
    Folder::new().transcript(&["rules"], str![]);
}
