//! The template, and levels and excludes of one file.

use std::path::Path;

use super::{Choice, Configs, FILE_NAME, template};
use crate::finding::Level;
use crate::source::SourceMap;

fn configs(text: &str) -> (tempfile::TempDir, Configs) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(FILE_NAME), text).expect("a file");
    let names: Vec<&'static str> = crate::rules().iter().map(|rule| rule.name).collect();
    let configs = Configs::new(folder.path(), &Choice::Nearest, &names);
    (folder, configs)
}

fn problems(configs: &Configs) -> Vec<String> {
    let problems = configs.take_problems(&mut SourceMap::default());
    problems
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

#[test]
fn the_template_says_what_holds_without_it() {
    let rules = crate::rules();
    let text = template(&rules);
    let (_folder, plain) = configs(&text);
    assert!(plain.governing(Path::new("x")).is_some());
    assert!(problems(&plain).is_empty());

    // With the sign of the comment taken away from what is no prose.
    let is_code =
        |line: &str| line.contains(" = ") && !line.contains('`') || line.starts_with("[[overrides");
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|code| is_code(code))
                .unwrap_or(line)
        })
        .filter(|line| !line.starts_with("extends"))
        .collect();
    let (_folder, all) = configs(&uncommented.join("\n"));
    for rule in &rules {
        let level = all.level(Path::new("src/lib.rs"), rule.name);
        assert_eq!(level, Some(rule.default_level), "{}", rule.name);
    }
    let legacy = all.level(Path::new("plugins/legacy/a.rs"), "stale-match-decision");
    assert_eq!(legacy, Some(Level::Warn));
    assert!(all.is_excluded(Path::new("a/generated/b.rs")));
    assert!(problems(&all).is_empty());
    for key in super::read::KEYS {
        assert!(
            text.contains(&format!("# {key} =")) || text.contains(&format!("[{key}]")),
            "{key}"
        );
    }
}

#[test]
fn patterns_are_relative_and_cover_what_is_below() {
    let (_folder, configs) = configs("exclude = ['a', './b/', '*.gen.rs', 'c/**', 'd/*/e']");
    let is = |path: &str| configs.is_excluded(Path::new(path));
    for path in [
        "a",
        "a/x.rs",
        "b/x/y.rs",
        "x.gen.rs",
        "c/x",
        "c/x/y.rs",
        "d/x/e/y.rs",
    ] {
        assert!(is(path), "{path}");
    }
    for path in ["x/a", "ab", "x/y.gen.rs", "c", "d/x/y/e", "../a"] {
        assert!(!is(path), "{path}");
    }
}
