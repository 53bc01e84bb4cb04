//! One cell of the matrix: a storage, a way, a source and a pair of callbacks, as a package.

use std::fs;
use std::path::{Path, PathBuf};

use crate::template::Template;

/// Which of the two twins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twin {
    /// The stale value is used.
    Bad,
    /// The same plugin, safe.
    Good,
}

/// A generated plugin.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// `storage-way-source-pair-twin`, also the folder.
    pub(crate) name: String,
    /// Which twin.
    pub(crate) twin: Twin,
    /// The storage, the way, the source, the pair.
    pub(crate) axes: [String; 4],
    /// What has to be reported of the bad one.
    pub(crate) rule: String,
    /// The files of the package, by path.
    pub(crate) files: Vec<(&'static str, String)>,
}

/// The templates.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/matrix")
}

fn templates(axis: &str) -> Vec<(String, Template)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder().join(axis))
        .expect("the templates are there")
        .map(|e| e.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|p| {
            let name = p
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, Template::read(p))
        })
        .collect()
}

/// Every cell, sorted by name.
pub(crate) fn all() -> Vec<Cell> {
    let skeleton = Template::read(&folder().join("skeleton.txt"));
    let (storages, ways) = (templates("storages"), templates("ways"));
    let (sources, pairs) = (templates("sources"), templates("pairs"));
    let mut cells = Vec::new();
    for (storage_name, storage) in &storages {
        for (way_name, way) in &ways {
            if way.get("needs").is_some_and(|n| storage.get(n).is_none()) {
                continue;
            }
            for (source_name, source) in &sources {
                for pair_name in storage.need("pairs").split_whitespace() {
                    let (_, pair) = pairs
                        .iter()
                        .find(|(name, _)| name == pair_name)
                        .unwrap_or_else(|| panic!("{storage_name}: no pair {pair_name}"));
                    let mut merged = skeleton.clone();
                    for layer in [source, pair, way, storage] {
                        merged.layer(layer);
                    }
                    let axes =
                        [storage_name, way_name, source_name, pair_name].map(ToString::to_string);
                    cells.push(cell(merged.clone(), axes.clone(), Twin::Bad));
                    merged.turn_good();
                    cells.push(cell(merged, axes, Twin::Good));
                }
            }
        }
    }
    cells.sort_by(|a, b| a.name.cmp(&b.name));
    cells
}

fn cell(mut template: Template, axes: [String; 4], twin: Twin) -> Cell {
    let suffix = match twin {
        Twin::Bad => "bad",
        Twin::Good => "good",
    };
    let name = format!("{}-{suffix}", axes.join("-"));
    template.set("name", name.clone());
    let mut files = vec![
        ("Cargo.toml", template.expand("manifest")),
        ("src/lib.rs", template.expand("lib")),
    ];
    if template.get("routes").is_some() {
        files.push(("src/routes.rs", template.expand("routes")));
    }
    Cell {
        rule: template.expand(&format!("rule_{}", axes[2])),
        name,
        twin,
        axes,
        files,
    }
}

/// Writes all cells below `target`, each as a package, and the crate that they use beside them.
/// Files that have not changed keep their time, so that cargo need not check them again.
pub(crate) fn write(cells: &[Cell], target: &Path) {
    let put = |path: &Path, text: &str| {
        if fs::read_to_string(path).is_ok_and(|old| old == text) {
            return;
        }
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    for cell in cells {
        for (path, text) in &cell.files {
            put(&target.join(&cell.name).join(path), text);
        }
    }
    for file in ["Cargo.toml", "src/lib.rs", "src/property.rs"] {
        let text = fs::read_to_string(folder().join("hostkit").join(file)).expect("the crate");
        put(&target.join("hostkit").join(file), &text);
    }
}
