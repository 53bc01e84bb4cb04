//! Paths as URIs.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// A file as SARIF names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// Percent-encoded.
    pub(super) uri: String,
    /// Whether `uri` is relative to the root of the report.
    pub(super) relative: bool,
}

/// Where `path` is, which the working directory `cwd` completes: relative to `root` when it lies
/// below, a `file:` URI otherwise.
pub(super) fn locate(path: &Path, cwd: &Path, root: &Path) -> Location {
    let absolute = absolute(path, cwd);
    match absolute.strip_prefix(normal(root)) {
        Ok(below) => {
            let mut uri = encode(below);
            if uri.is_empty() {
                "./".clone_into(&mut uri);
            } else if first_segment(&uri).contains(':') {
                // Or what stands before the colon would be a scheme.
                uri.insert_str(0, "./");
            }
            Location {
                uri,
                relative: true,
            }
        }
        Err(_) => Location {
            uri: file_uri(&absolute),
            relative: false,
        },
    }
}

/// `path` for readers that know no URIs: relative to `root` when it lies below, absolute
/// otherwise, with `/`.
pub(super) fn plain_path(path: &Path, cwd: &Path, root: &Path) -> String {
    let absolute = absolute(path, cwd);
    let shown = absolute.strip_prefix(normal(root)).unwrap_or(&absolute);
    shown.to_string_lossy().replace('\\', "/")
}

/// `path`, completed by the working directory, without `.` and `..`.
pub(super) fn absolute(path: &Path, cwd: &Path) -> PathBuf {
    normal(&cwd.join(path))
}

/// The `file:` URI of a directory, with the slash that makes it a base.
pub(super) fn directory_uri(path: &Path) -> String {
    let mut uri = file_uri(&normal(path));
    if !uri.ends_with('/') {
        uri.push('/');
    }
    uri
}

/// The `file:` URI of an absolute path.
pub(super) fn file_uri(path: &Path) -> String {
    let encoded = encode(path);
    let slash = if encoded.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{encoded}")
}

fn first_segment(uri: &str) -> &str {
    uri.split('/').next().unwrap_or(uri)
}

/// Without `.` and `..`. By text alone: the names in a report are those that were found, and links
/// are not followed.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

fn encode(path: &Path) -> String {
    let mut uri = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => uri.push('/'),
            Component::Prefix(prefix) => {
                let text = prefix.as_os_str().to_string_lossy().replace('\\', "/");
                encode_segment(text.trim_start_matches("//?/"), &mut uri);
            }
            other => {
                if !uri.is_empty() && !uri.ends_with('/') {
                    uri.push('/');
                }
                encode_segment(&other.as_os_str().to_string_lossy(), &mut uri);
            }
        }
    }
    uri
}

fn encode_segment(segment: &str, uri: &mut String) {
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::{directory_uri, locate, plain_path};

    fn uri(path: &str) -> String {
        let cwd = Path::new("/plugin/a b");
        let location = locate(Path::new(path), cwd, cwd);
        assert_eq!(location.relative, !location.uri.starts_with("file:"));
        location.uri
    }

    #[test]
    fn paths_below_are_relative() {
        assert_eq!(uri("src/lib.rs"), "src/lib.rs");
        assert_eq!(uri("./src/../src/lib.rs"), "src/lib.rs");
        assert_eq!(uri("/plugin/a b/src/ü%#?.rs"), "src/%C3%BC%25%23%3F.rs");
        assert_eq!(uri("a:b.rs"), "./a:b.rs");
        assert_eq!(uri("."), "./");
    }

    #[test]
    fn paths_start_at_the_root_wherever_the_run_was() {
        let (cwd, root) = (Path::new("/repo/a b"), Path::new("/repo"));
        for (path, expected) in [
            ("src/ü.rs", "a b/src/ü.rs"),
            ("../c/lib.rs", "c/lib.rs"),
            ("/repo/lib.rs", "lib.rs"),
            ("../../x/lib.rs", "/x/lib.rs"),
        ] {
            assert_eq!(plain_path(Path::new(path), cwd, root), expected);
            let location = locate(Path::new(path), cwd, root);
            assert_eq!(location.relative, !expected.starts_with('/'), "{path}");
        }
        let location = locate(Path::new("src/ü.rs"), cwd, root);
        assert_eq!(location.uri, "a%20b/src/%C3%BC.rs");
    }

    #[test]
    fn other_paths_are_file_uris() {
        assert_eq!(uri("../c/lib.rs"), "file:///plugin/c/lib.rs");
        assert_eq!(uri("/x/y z.rs"), "file:///x/y%20z.rs");
        assert_eq!(
            directory_uri(Path::new("/plugin/a b")),
            "file:///plugin/a%20b/"
        );
        assert_eq!(directory_uri(Path::new("/")), "file:///");
    }
}
