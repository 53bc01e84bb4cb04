//! The book in `docs/src` says what rules, README and the other documents say. `UPDATE=1` rewrites it.

mod links;
mod pages;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A file of the repository.
fn text(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// What is in a folder and below it, as paths with `/`.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten();
    for entry in entries.map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files.extend(listed(&entry));
        } else {
            files.push(entry);
        }
    }
    files
}

#[test]
fn the_book_is_fresh() {
    let folder = Path::new(ROOT).join("docs/src");
    let fresh: BTreeMap<PathBuf, String> = pages::all()
        .into_iter()
        .map(|(name, text)| (folder.join(name), text))
        .collect();
    let update = std::env::var_os("UPDATE").is_some();
    for file in listed(&folder) {
        if update && !fresh.contains_key(&file) {
            fs::remove_file(&file).expect("the page can be removed");
        }
    }
    for (file, text) in &fresh {
        if update {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("the page can be written");
        }
        let old = fs::read_to_string(file).unwrap_or_default();
        let name = file.display();
        assert!(old == *text, "{name}: run UPDATE=1 cargo test --test book");
    }
    let mut there = listed(&folder);
    there.sort();
    let expected: Vec<PathBuf> = fresh.into_keys().collect();
    assert_eq!(there, expected, "run UPDATE=1 cargo test --test book");
}

#[test]
fn links_lead_somewhere_and_every_page_is_in_the_summary() {
    let pages = pages::all();
    for (name, text) in &pages {
        for target in links::targets(text) {
            if target.contains("://") {
                continue;
            }
            let path = links::resolved(name, &target);
            assert!(pages.contains_key(&path), "{name}: {target}");
        }
    }
    let summary = links::targets(&pages["SUMMARY.md"]);
    for name in pages.keys().filter(|name| name.ends_with(".md")) {
        let times = summary.iter().filter(|target| *target == name).count();
        assert_eq!(times, usize::from(name != "SUMMARY.md"), "{name}");
    }
}

#[test]
fn mdbook_finds_its_way() {
    let book: toml::Table = text("docs/book.toml").parse().expect("TOML");
    assert_eq!(book["book"]["src"].as_str(), Some("src"));
    let package: toml::Table = text("Cargo.toml").parse().expect("TOML");
    assert_eq!(book["book"]["title"], package["package"]["name"]);
}
