//! Names for findings that stay the same while the code around them moves.

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

/// The fingerprint of a finding in the file `name`, the `ordinal`th of those that are the same in
/// everything else.
pub(super) fn fingerprint(finding: &Finding, name: &str, ordinal: usize) -> String {
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
