//! Names for findings that stay the same while the code around them moves.

use rustc_hash::FxHashMap;

use super::Report;
use super::uri::locate;
use crate::finding::Finding;

/// The 64 bit FNV-1a hash, in hexadecimal: fixed by its specification, unlike the hashers of the
/// standard library, so a fingerprint means the same in every version of the tool.
fn fnv1a<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut feed = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0100_0000_01b3);
    };
    for part in parts {
        part.bytes().for_each(&mut feed);
        // No part holds this byte, so `ab, c` and `a, bc` differ.
        feed(0xff);
    }
    format!("{hash:016x}")
}

/// The findings that are shown, each with its fingerprint.
pub(super) fn named<'a>(report: &Report<'a>) -> Vec<(&'a Finding, String)> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    let mut named = Vec::new();
    // The ones not shown count for the ordinals: `--pedantic` must not change fingerprints.
    for &finding in &report.findings {
        let file = report.sources.file(finding.primary.span.file);
        let name = locate(&file.path, report.cwd, report.root).uri;
        let ordinal = seen.entry(fingerprint(finding, &name, 0)).or_default();
        let print = fingerprint(finding, &name, *ordinal);
        *ordinal += 1;
        if finding.is_shown(report.pedantic) {
            named.push((finding, print));
        }
    }
    named
}

/// The fingerprint of a finding in the file `name`, the `ordinal`th of those that are the same in
/// everything else.
fn fingerprint(finding: &Finding, name: &str, ordinal: usize) -> String {
    let ordinal = ordinal.to_string();
    let properties = finding.properties.iter().map(String::as_str);
    let head = [finding.rule, name, &finding.subject];
    fnv1a(head.into_iter().chain(properties).chain([ordinal.as_str()]))
}

#[cfg(test)]
mod tests {
    use super::fnv1a;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(fnv1a(["ab", "c"]), fnv1a(["a", "bc"]));
        assert_eq!(fnv1a([]), "cbf29ce484222325");
    }
}
