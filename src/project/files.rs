//! Reading files into the source map.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::finding::Problem;
use crate::source::Overlay;
use crate::source::{FileId, SourceFile, SourceMap};

/// A larger file is no source that a person wrote.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// The files read so far.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) map: SourceMap,
    /// `None` for a file that could not be read, so that it is reported once.
    ids: HashMap<PathBuf, Option<FileId>>,
    cwd: PathBuf,
    /// Texts that stand for files on the disk.
    overlay: Overlay,
}

impl Files {
    pub(crate) fn new(cwd: PathBuf, overlay: Overlay) -> Self {
        Self {
            cwd,
            overlay,
            ..Self::default()
        }
    }

    /// The name under which a path is shown.
    pub(crate) fn shown(&self, path: &Path) -> String {
        SourceMap::display_name(path, &self.cwd)
    }

    /// The text of a loaded file.
    pub(crate) fn text(&self, file: FileId) -> Arc<str> {
        Arc::clone(&self.map.file(file).text)
    }

    /// A file that was read before.
    pub(crate) fn id(&self, path: &Path) -> Option<FileId> {
        self.ids.get(path).copied().flatten()
    }

    /// Reads one file.
    pub(crate) fn read(&mut self, path: &Path, problems: &mut Vec<Problem>) -> Option<FileId> {
        self.read_all(std::iter::once(path), problems);
        self.id(path)
    }

    /// Reads those not read yet, in parallel. Ids follow the order of the paths.
    pub(crate) fn read_all<'p>(
        &mut self,
        paths: impl Iterator<Item = &'p Path>,
        problems: &mut Vec<Problem>,
    ) {
        let new: BTreeSet<&Path> = paths.filter(|p| !self.ids.contains_key(*p)).collect();
        let new: Vec<&Path> = new.into_iter().collect();
        let overlay = &self.overlay;
        let texts: Vec<Result<Arc<str>, String>> = new
            .par_iter()
            .map(|p| match overlay.get(*p) {
                Some(text) => Ok(Arc::clone(text)),
                None => read_text(p).map(Into::into),
            })
            .collect();
        for (path, text) in new.into_iter().zip(texts) {
            let id = match text {
                Ok(text) => Some(self.map.add(SourceFile::new(
                    path.to_owned(),
                    self.shown(path),
                    text,
                ))),
                Err(why) => {
                    problems.push(Problem::error(why, path));
                    None
                }
            };
            self.ids.insert(path.to_owned(), id);
        }
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let describe = |e: io::Error| format!("can't read the file: {}", reason(&e));
    let meta = fs::metadata(path).map_err(describe)?;
    if !meta.is_file() {
        return Err("can't read the file: it is no regular file".to_owned());
    }
    if meta.len() > MAX_BYTES {
        return Err(format!(
            "the file is larger than {} MiB and was not analysed",
            MAX_BYTES / 1024 / 1024
        ));
    }
    let bytes = fs::read(path).map_err(describe)?;
    String::from_utf8(bytes).map_err(|e| {
        format!(
            "the file is not valid UTF-8 (byte {})",
            e.utf8_error().valid_up_to()
        )
    })
}

/// The cause in the same words on every platform, where it is a common one.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// `a/./b/../c` is `a/c`. By text alone, so that a path is shown as its writer knows it.
pub(crate) fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            _ => out.push(part),
        }
    }
    out
}

/// A path to give to the operating system: the empty path is the working directory.
pub(crate) fn real(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

/// What two spellings of one place have in common.
pub(crate) fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(real(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalised() {
        for (from, to) in [
            ("./a/b", "a/b"),
            ("a/../../b", "../b"),
            ("/../a", "/a"),
            (".", ""),
            ("a/./b/..", "a"),
            ("../../x", "../../x"),
        ] {
            assert_eq!(normalise(Path::new(from)), Path::new(to), "{from}");
        }
    }
}
