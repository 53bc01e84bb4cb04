//! Reading what `git diff --unified=0` prints.

use std::path::PathBuf;

use super::Lines;

/// The changed lines of each file, by its path in the repository.
pub(super) fn parse(text: &[u8]) -> Vec<(PathBuf, Lines)> {
    let mut files: Vec<(PathBuf, Lines)> = Vec::new();
    // The file that the next hunks belong to is there no more.
    let mut is_gone = true;
    // Lines of the hunk that are still to come: their text must not be taken for a header.
    let mut left = 0;
    for line in text.split(|&byte| byte == b'\n') {
        if left > 0 && line.starts_with(b"\\") {
            continue;
        }
        if left > 0 {
            left -= 1;
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            let name = file_name(name);
            is_gone = name.is_none();
            files.extend(name.map(|name| (name, Lines::default())));
        } else if let Some((old, (start, count))) = hunk(line) {
            left = old + count;
            let lines = files.last_mut().map(|(_, lines)| lines);
            let Some(lines) = lines.filter(|_| !is_gone) else {
                continue;
            };
            if count > 0 {
                lines.new.push((start, start + count - 1));
            } else {
                lines.removals.push(start);
            }
        }
    }
    files
}

/// `@@ -a,b +c,d @@`: b, and c with d.
fn hunk(line: &[u8]) -> Option<(usize, (usize, usize))> {
    let line = std::str::from_utf8(line.get(..line.len().min(100))?)
        .or_else(|error| std::str::from_utf8(&line[..error.valid_up_to()]))
        .ok()?;
    let mut words = line.strip_prefix("@@ -")?.split(' ');
    let range = |word: &str| {
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
    };
    let (_, old) = range(words.next()?)?;
    let new = range(words.next()?.strip_prefix('+')?)?;
    Some((old, new))
}

/// The name in a header; nothing for `/dev/null`.
fn file_name(name: &[u8]) -> Option<PathBuf> {
    // A name with blanks is ended by a tab.
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    let plain = match name.strip_prefix(b"\"").and_then(|n| n.strip_suffix(b"\"")) {
        Some(quoted) => unquote(quoted),
        None => name.to_vec(),
    };
    plain.strip_prefix(b"b/").map(path)
}

/// The bytes that a C string stands for.
fn unquote(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'a') => out.push(0x07),
            Some(b'b') => out.push(0x08),
            Some(b't') => out.push(b'\t'),
            Some(b'n') => out.push(b'\n'),
            Some(b'v') => out.push(0x0b),
            Some(b'f') => out.push(0x0c),
            Some(b'r') => out.push(b'\r'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                while let Some(digit) = bytes.next_if(|b| (b'0'..=b'7').contains(b)) {
                    value = (value * 8 + u32::from(digit - b'0')) & 0xff;
                }
                out.extend(u8::try_from(value).ok());
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// A path as git writes it.
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        std::ffi::OsStr::from_bytes(bytes).into()
    }
    #[cfg(not(unix))]
    {
        String::from_utf8_lossy(bytes).into_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Lines, parse, unquote};

    #[test]
    fn a_patch() {
        let text = "\
diff --git a/src/lib.rs b/src/lib.rs
index 1..2 100644
--- a/src/lib.rs
+++ b/src/lib.rs
@@ -3 +3,2 @@ fn f() {
-a
+++ b/not/a/header
+@@ -1 +1 @@
@@ -9,2 +10,0 @@ fn \u{fc}() {
-x
-y
\\ No newline at end of file
diff --git a/gone.rs b/gone.rs
--- a/gone.rs
+++ /dev/null
@@ -1,2 +0,0 @@
-a
-b
diff --git \"a/t\\tb.rs\" \"b/t\\tb.rs\"
--- \"a/t\\tb.rs\"
+++ \"b/t\\tb.rs\"
@@ -0,0 +1 @@
+z
diff --git a/with blank.rs b/with blank.rs
--- a/with blank.rs\t
+++ b/with blank.rs\t
@@ -1 +1 @@
-z
+y
diff --git a/x.bin b/x.bin
Binary files a/x.bin and b/x.bin differ
";
        let files = parse(text.as_bytes());
        let lines = |new: &[(usize, usize)], removals: &[usize]| Lines {
            new: new.to_vec(),
            removals: removals.to_vec(),
        };
        let expected = [
            (Path::new("src/lib.rs"), lines(&[(3, 4)], &[10])),
            (Path::new("t\tb.rs"), lines(&[(1, 1)], &[])),
            (Path::new("with blank.rs"), lines(&[(1, 1)], &[])),
        ];
        let found: Vec<_> = files
            .iter()
            .map(|(p, l)| (p.as_path(), l.clone()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quoted_names() {
        assert_eq!(unquote(br#"a\"b\\c\303\274\n"#), "a\"b\\cü\n".as_bytes());
    }
}
