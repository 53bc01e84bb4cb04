//! Names for findings that stay the same while the code around them moves.

use rustc_hash::FxHashMap;

use super::Report;
use super::uri::plain_path;
use crate::baseline;
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

/// The findings of the reports that programs read, each with its fingerprint: those that are shown,
/// and those that were suppressed, but for the ones that a change does not touch.
pub(super) fn named<'a>(report: &Report<'a>) -> Vec<(&'a Finding, String)> {
    let mut seen: FxHashMap<baseline::Fingerprint, usize> = FxHashMap::default();
    let mut named = Vec::new();
    // The ones not shown count for the ordinals: `--pedantic` must not change fingerprints.
    for &finding in &report.findings {
        let parts = parts(report, finding);
        let ordinal = seen.entry(parts.clone()).or_default();
        let number = ordinal.to_string();
        *ordinal += 1;
        let is_wanted = report.pedantic || !finding.is_pedantic();
        if is_wanted && !finding.is_untouched() {
            let parts = parts.iter().map(String::as_str);
            named.push((finding, fnv1a(parts.chain([number.as_str()]))));
        }
    }
    named
}

/// What a line of a baseline says of a finding, too. Where the run was is no part of it.
fn parts(report: &Report<'_>, finding: &Finding) -> baseline::Fingerprint {
    let file = finding.primary.span.file;
    let path = &report.sources.file(file).path;
    if let Some((package, name)) = report.owners.home(path) {
        return baseline::fingerprint(finding, package, &name);
    }
    let name = report.owners.lone_name(file);
    let name = name.map_or_else(|| plain_path(path, report.cwd, report.root), str::to_owned);
    baseline::fingerprint(finding, baseline::NO_PACKAGE, &name)
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
