//! What a suppression says: `wasm-route-lint: allow(rule, ...) reason`.

use std::ops::Range;

use crate::similar;

/// How a suppression is written, for those who wrote another one.
pub(super) const FORM: &str = "write `// wasm-route-lint: allow(rule, ...) reason`";

/// How far a suppression reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// A line, or the item that begins on it.
    Here,
    /// The file.
    File,
}

const SCOPES: [(&str, Scope); 2] = [("allow", Scope::Here), ("allow-file", Scope::File)];

/// A suppression as written. Ranges are bytes of the text from the tool's name on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive<'t> {
    pub(super) scope: Scope,
    /// Names of rules, known or not.
    pub(super) rules: Vec<(&'t str, Range<usize>)>,
    /// What is between the parentheses.
    pub(super) list: Range<usize>,
    /// Why the finding is fine.
    pub(super) reason: Option<&'t str>,
}

/// Why a comment is no suppression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Reads a comment from the tool's name on.
pub(super) fn parse(text: &str) -> Result<Directive<'_>, Malformed> {
    let malformed = |range: Range<usize>, message: &str, help: &str| Malformed {
        range,
        message: message.to_owned(),
        help: help.to_owned(),
    };
    let name_end = text.find([':', ' ', '\t']).unwrap_or(text.len());
    if text[..name_end].contains('_') {
        let message = "the tool is called `wasm-route-lint`";
        return Err(malformed(0..name_end, message, FORM));
    }
    let Some(colon) = text[name_end..].find(|c: char| !c.is_whitespace()) else {
        return Err(malformed(0..name_end, "it says nothing", FORM));
    };
    let colon = name_end + colon;
    if !text[colon..].starts_with(':') {
        let message = "a colon is missing after `wasm-route-lint`";
        return Err(malformed(0..name_end, message, FORM));
    }
    let verb_at = colon + 1 + blanks(&text[colon + 1..]);
    let verb_len = text[verb_at..]
        .find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
        .unwrap_or(text.len() - verb_at);
    let (verb, after) = text[verb_at..].split_at(verb_len);
    let verb_range = verb_at..verb_at + verb.len();
    let Some(&(_, scope)) = SCOPES.iter().find(|(word, _)| *word == verb) else {
        let words = SCOPES.map(|(word, _)| word);
        let help = match similar::nearest(verb, words) {
            Some(word) => format!("did you mean `{word}`?"),
            None => FORM.to_owned(),
        };
        let message = match verb {
            "" => "`allow(..)` is missing".to_owned(),
            _ => format!("unknown request `{verb}`"),
        };
        return Err(malformed(verb_range, &message, &help));
    };
    let open = verb_range.end + blanks(after);
    if !text[open..].starts_with('(') {
        let message = format!("`{verb}` names no rules");
        return Err(malformed(verb_range, &message, FORM));
    }
    let Some(length) = text[open..].find(')') else {
        let message = "the list of rules has no end";
        return Err(malformed(open..text.len(), message, "close it with `)`"));
    };
    let list = open + 1..open + length;
    let rules = names(text, list.clone());
    if rules.is_empty() {
        let message = format!("`{verb}` names no rules");
        return Err(malformed(open..list.end + 1, &message, FORM));
    }
    Ok(Directive {
        scope,
        rules,
        reason: reason(&text[list.end + 1..]),
        list,
    })
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn names(text: &str, list: Range<usize>) -> Vec<(&str, Range<usize>)> {
    let mut at = list.start;
    let mut out = Vec::new();
    for part in text[list].split(',') {
        let name = part.trim();
        let from = at + blanks(part);
        if !name.is_empty() {
            out.push((name, from..from + name.len()));
        }
        at += part.len() + 1;
    }
    out
}

/// What follows the list, without a sign that may part the two.
fn reason(text: &str) -> Option<&str> {
    let reason = text
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | ','))
        .trim_end();
    (!reason.is_empty()).then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::{FORM, Scope, parse};

    fn mistake(text: &str) -> (String, String, String) {
        let mistake = parse(text).expect_err(text);
        let place = text[mistake.range].to_owned();
        (place, mistake.message, mistake.help)
    }

    #[test]
    fn well_formed() {
        let text = "wasm-route-lint: allow(a-b, c ,) -- it is a key";
        let read = parse(text).expect("it is well formed");
        assert_eq!(read.scope, Scope::Here);
        let names: Vec<&str> = read.rules.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["a-b", "c"]);
        assert!(
            read.rules
                .iter()
                .all(|(n, range)| text[range.clone()] == **n)
        );
        assert_eq!(&text[read.list], "a-b, c ,");
        assert_eq!(read.reason, Some("it is a key"));

        let read = parse("wasm-route-lint :allow-file (a)").expect("it is well formed");
        assert_eq!((read.scope, read.reason), (Scope::File, None));
    }

    #[test]
    fn mistakes() {
        let cases = [
            ("wasm_route_lint: allow(a)", "wasm_route_lint", FORM),
            ("wasm-route-lint allow(a)", "wasm-route-lint", FORM),
            ("wasm-route-lint: ", "", FORM),
            ("wasm-route-lint: alow(a)", "alow", "did you mean `allow`?"),
            (
                "wasm-route-lint: allow_files(a)",
                "allow_files",
                "did you mean `allow-file`?",
            ),
            ("wasm-route-lint: quiet(a)", "quiet", FORM),
            ("wasm-route-lint: allow a", "allow", FORM),
            ("wasm-route-lint: allow( , ) why", "( , )", FORM),
            ("wasm-route-lint: allow(a", "(a", "close it with `)`"),
        ];
        for (text, place, help) in cases {
            let (at, _, way_out) = mistake(text);
            assert_eq!((at.as_str(), way_out.as_str()), (place, help), "{text}");
        }
    }
}
