//! Where the file of a module lies, by the rules of the compiler.

use std::path::{Path, PathBuf};

use super::files::normalise;
use crate::ir::{Module, ModuleId};

/// A file as the starting point of module declarations.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    /// The folder of the file.
    pub(crate) dir: PathBuf,
    /// For `name.rs` reached as `mod name;` the name: its modules lie in a folder of that name.
    /// Crate roots, `mod.rs`, files given by `#[path]` and included ones have none.
    pub(crate) stem: Option<String>,
}

impl Home {
    /// The home of a file whose modules lie beside it.
    pub(crate) fn beside(file: &Path) -> Self {
        Self {
            dir: file.parent().unwrap_or(Path::new("")).to_owned(),
            stem: None,
        }
    }

    /// The home of a file found for `mod name;` without `#[path]`.
    pub(crate) fn of_module(file: &Path) -> Self {
        let stem = file
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .filter(|s| s != "mod");
        Self {
            stem,
            ..Self::beside(file)
        }
    }

    /// The files that `mod name;` can mean inside the inline modules `inline`, outermost first.
    pub(crate) fn candidates(
        &self,
        name: &str,
        path: Option<&str>,
        inline: &[&str],
    ) -> Vec<PathBuf> {
        let mut dir = self.dir.clone();
        // `#[path]` directly in a file starts at the file's folder, elsewhere at the module's.
        if path.is_none() || !inline.is_empty() {
            dir.extend(&self.stem);
            dir.extend(inline.iter().map(|n| plain(n)));
        }
        if let Some(path) = path {
            return vec![normalise(&dir.join(path))];
        }
        let name = plain(name);
        vec![
            normalise(&dir.join(format!("{name}.rs"))),
            normalise(&dir.join(name).join("mod.rs")),
        ]
    }

    /// The file that `include!("path")` means.
    pub(crate) fn included(&self, path: &str) -> PathBuf {
        normalise(&self.dir.join(path))
    }
}

/// `r#type` lies in `type.rs`.
fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Names of the inline modules from the file's own (exclusive) down to `module`. Block modules
/// have no folder.
pub(crate) fn inline_names(modules: &[Module], module: ModuleId) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut at = module;
    // Bounded, lest a malformed fragment lead in circles.
    for _ in 0..modules.len() {
        if at.index() == 0 {
            break;
        }
        let Some(m) = modules.get(at.index()) else {
            break;
        };
        if !m.is_block {
            names.push(m.name.as_str());
        }
        match m.parent {
            Some(parent) => at = parent,
            None => break,
        }
    }
    names.reverse();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(home: &Home, name: &str, path: Option<&str>, inline: &[&str]) -> Vec<String> {
        home.candidates(name, path, inline)
            .iter()
            .map(|p| p.to_string_lossy().replace('\\', "/"))
            .collect()
    }

    #[test]
    fn beside_the_root() {
        let home = Home::beside(Path::new("src/lib.rs"));
        assert_eq!(names(&home, "a", None, &[]), ["src/a.rs", "src/a/mod.rs"]);
        assert_eq!(
            names(&home, "r#type", None, &["r#in"]),
            ["src/in/type.rs", "src/in/type/mod.rs"]
        );
        assert_eq!(names(&home, "a", Some("x/y.rs"), &[]), ["src/x/y.rs"]);
        assert_eq!(names(&home, "a", Some("../y.rs"), &["m"]), ["src/y.rs"]);
    }

    #[test]
    fn below_a_named_file() {
        let home = Home::of_module(Path::new("src/a.rs"));
        assert_eq!(
            names(&home, "b", None, &[]),
            ["src/a/b.rs", "src/a/b/mod.rs"]
        );
        assert_eq!(
            names(&home, "b", None, &["m"]),
            ["src/a/m/b.rs", "src/a/m/b/mod.rs"]
        );
        assert_eq!(names(&home, "b", Some("y.rs"), &[]), ["src/y.rs"]);
        assert_eq!(names(&home, "b", Some("y.rs"), &["m"]), ["src/a/m/y.rs"]);
    }

    #[test]
    fn below_a_mod_rs() {
        let home = Home::of_module(Path::new("src/a/mod.rs"));
        assert_eq!(
            names(&home, "b", None, &[]),
            ["src/a/b.rs", "src/a/b/mod.rs"]
        );
        assert_eq!(names(&home, "b", Some("y.rs"), &["m"]), ["src/a/m/y.rs"]);
        assert_eq!(home.included("../x.in"), Path::new("src/x.in"));
    }
}
