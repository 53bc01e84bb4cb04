//! Following `mod` and `include!` from the roots of all crates, one wave of files after another.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::FrontEnd;
use super::cfg::CfgSet;
use super::files::{Files, real};
use super::macros::{self, Macros};
use super::place::{Home, inline_names};
use crate::finding::Problem;
use crate::ir::{Fragment, ModuleId, Symbol};
use crate::rust::{Lowered, ToolComment};
use crate::source::{FileId, Span};

/// No sane program nests deeper; an endless one (through links) does.
const MAX_DEPTH: usize = 128;

/// How often one file may be a module of one crate.
const MAX_USES: usize = 16;

/// A crate to load.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    pub(crate) cfg: CfgSet,
}

/// How a file hangs in its crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// The root.
    Root,
    /// `mod name;` in a module of the node with this index.
    Module(usize, ModuleId, Symbol),
    /// `include!` in a module of the node with this index.
    Include(usize, ModuleId),
}

/// One file of a crate.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// Index of the [`Root`].
    pub(crate) root: usize,
    pub(crate) file: FileId,
    pub(crate) link: Link,
    pub(crate) fragment: Fragment,
    path: PathBuf,
    home: Home,
    depth: usize,
}

/// Whether the package that a file belongs to has a build script, which may write the file.
fn has_build_script(path: &Path) -> bool {
    let mut folders = path.ancestors().skip(1);
    let package = folders.find(|folder| folder.join("Cargo.toml").is_file());
    package.is_some_and(|folder| folder.join("build.rs").is_file())
}

#[cfg(test)]
impl Leaf {
    /// A leaf for tests of linking.
    pub(crate) fn new(root: usize, path: &Path, link: Link, fragment: Fragment) -> Self {
        Self {
            root,
            file: FileId(0),
            link,
            fragment,
            path: path.to_owned(),
            home: Home::beside(path),
            depth: 0,
        }
    }
}

/// The files of all crates, parents before children.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) macros: Vec<(Symbol, Span)>,
    pub(crate) comments: Vec<ToolComment>,
}

struct Wanted {
    root: usize,
    path: PathBuf,
    home: Home,
    link: Link,
    depth: usize,
    /// For an include: the file's name as the macro writes it.
    written: Option<String>,
}

/// Loads all files of the crates from the index `from` on.
pub(crate) fn grow(
    forest: &mut Forest,
    roots: &[Root],
    from: usize,
    front: &dyn FrontEnd,
    files: &mut Files,
    problems: &mut Vec<Problem>,
) {
    let mut wave: Vec<Wanted> = roots
        .iter()
        .enumerate()
        .skip(from)
        .map(|(root, r)| Wanted {
            root,
            path: r.path.clone(),
            home: Home::beside(&r.path),
            link: Link::Root,
            depth: 0,
            written: None,
        })
        .collect();
    let mut seen: Vec<Macros> = Vec::new();
    while !wave.is_empty() {
        files.read_all(wave.iter().map(|w| w.path.as_path()), problems);
        let jobs: Vec<(Wanted, FileId, std::sync::Arc<str>)> = wave
            .into_iter()
            .filter_map(|w| {
                let file = files.id(&w.path)?;
                let text = files.text(file);
                Some((w, file, text))
            })
            .collect();
        // Collected in order, so the outcome does not depend on which thread was first.
        let lowered: Vec<Lowered> = jobs
            .par_iter()
            .map(|(w, file, text)| lower(front, w, *file, text, &roots[w.root].cfg))
            .collect();
        let first = forest.leaves.len();
        for ((wanted, file, _), lowered) in jobs.into_iter().zip(lowered) {
            problems.extend(lowered.problems);
            seen.push(Macros {
                leaf: forest.leaves.len(),
                defines: lowered.defines,
                unknown: lowered.macros,
            });
            forest.comments.extend(lowered.comments);
            forest.leaves.push(Leaf {
                root: wanted.root,
                file,
                link: wanted.link,
                fragment: lowered.fragment,
                path: wanted.path,
                home: wanted.home,
                depth: wanted.depth,
            });
        }
        wave = (first..forest.leaves.len())
            .flat_map(|leaf| forest.children(leaf, files, problems))
            .collect();
        forest.limit(&mut wave, problems);
    }
    macros::share(forest, &mut seen, roots, front, files);
    let unknown = seen.into_iter().flat_map(|m| m.unknown);
    forest.macros.extend(unknown);
}

fn lower(front: &dyn FrontEnd, wanted: &Wanted, file: FileId, text: &str, cfg: &CfgSet) -> Lowered {
    let lowered = front.lower(file, text, cfg);
    if matches!(wanted.link, Link::Include(..)) && !lowered.problems.is_empty() {
        // A file of expressions is none of the crate's items and no mistake.
        let as_expr = front.lower_expr(file, wanted.written.as_deref().unwrap_or(""), text, cfg);
        if as_expr.problems.is_empty() {
            return as_expr;
        }
    }
    lowered
}

impl Forest {
    /// The files that a file names.
    fn children(&self, index: usize, files: &Files, problems: &mut Vec<Problem>) -> Vec<Wanted> {
        let leaf = &self.leaves[index];
        let fragment = &leaf.fragment;
        let mut wanted = Vec::new();
        for decl in &fragment.mods {
            let name = decl.name.as_str();
            let inline = inline_names(&fragment.modules, decl.parent);
            let candidates = leaf.home.candidates(name, decl.path.as_deref(), &inline);
            let places: Vec<String> = candidates
                .iter()
                .map(|p| format!("`{}`", files.shown(p)))
                .collect();
            let found: Vec<&PathBuf> = candidates.iter().filter(|p| real(p).is_file()).collect();
            let Some(&path) = found.first() else {
                problems.push(
                    Problem::at(format!("file not found for module `{name}`"), decl.span)
                        .with_help(format!("create {}", places.join(" or "))),
                );
                continue;
            };
            if found.len() > 1 {
                problems.push(
                    Problem::at(format!("two files found for module `{name}`"), decl.span)
                        .with_help(format!("delete {}", places.join(" or ")))
                        .warning(),
                );
            }
            let home = if decl.path.is_some() {
                Home::beside(path)
            } else {
                Home::of_module(path)
            };
            wanted.extend(self.want(
                index,
                path,
                home,
                Link::Module(index, decl.parent, decl.name),
                decl.span,
                files,
                problems,
            ));
        }
        for decl in &fragment.includes {
            let Some(path) = &decl.path else {
                continue;
            };
            let path = leaf.home.included(path);
            if !real(&path).is_file() {
                let place = files.shown(&path);
                let missing = Problem::at("included file not found", decl.span);
                problems.push(if has_build_script(&path) {
                    // Like those below `OUT_DIR`: nobody wrote it, and a fresh checkout has none.
                    missing.warning().with_help(format!(
                        "if the build script writes `{place}`, build the package first"
                    ))
                } else {
                    missing.with_help(format!("create `{place}`"))
                });
                continue;
            }
            let home = Home::beside(&path);
            let link = Link::Include(index, decl.parent);
            let included = self.want(index, &path, home, link, decl.span, files, problems);
            wanted.extend(included.map(|w| Wanted {
                written: decl.path.clone(),
                ..w
            }));
        }
        wanted
    }

    #[expect(clippy::too_many_arguments, reason = "called twice, right above")]
    fn want(
        &self,
        parent: usize,
        path: &Path,
        home: Home,
        link: Link,
        span: Span,
        files: &Files,
        problems: &mut Vec<Problem>,
    ) -> Option<Wanted> {
        let leaf = &self.leaves[parent];
        if leaf.depth >= MAX_DEPTH {
            problems.push(Problem::at("modules are nested too deeply", span));
            return None;
        }
        let mut at = Some(parent);
        while let Some(index) = at {
            if self.leaves[index].path == path {
                problems.push(Problem::at(
                    format!("`{}` contains itself", files.shown(path)),
                    span,
                ));
                return None;
            }
            at = match self.leaves[index].link {
                Link::Root => None,
                Link::Module(up, ..) | Link::Include(up, _) => Some(up),
            };
        }
        Some(Wanted {
            root: leaf.root,
            path: path.to_owned(),
            home,
            link,
            depth: leaf.depth + 1,
            written: None,
        })
    }

    /// Drops files that are used over and over: a file may legally be a module twice, but each
    /// level of that doubles what is below.
    fn limit(&self, wave: &mut Vec<Wanted>, problems: &mut Vec<Problem>) {
        let mut uses: std::collections::HashMap<(usize, PathBuf), usize> =
            std::collections::HashMap::new();
        for leaf in &self.leaves {
            *uses.entry((leaf.root, leaf.path.clone())).or_default() += 1;
        }
        wave.retain(|w| {
            let n = uses.entry((w.root, w.path.clone())).or_default();
            *n += 1;
            if *n == MAX_USES + 1 {
                problems.push(
                    Problem::error(
                        format!("the file is used as a module more than {MAX_USES} times"),
                        w.path.clone(),
                    )
                    .with_help("the further uses were not analysed"),
                );
            }
            *n <= MAX_USES
        });
    }
}
