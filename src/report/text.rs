//! Text from elsewhere made fit for a terminal.

use std::borrow::Cow;

/// What is shown in place of a character that would not be seen but act: control characters would
/// move the cursor or change colours, direction marks would show the source in a false order.
pub(super) fn substitute(c: char) -> Option<char> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some(char::REPLACEMENT_CHARACTER),
        _ => None,
    }
}

/// One line of text that can be printed.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| substitute(c).is_some()) {
        Cow::Owned(text.chars().map(|c| substitute(c).unwrap_or(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_acts_is_made_visible() {
        assert_eq!(printable("a\x1b[31mb\nc\x7f"), "a␛[31mb␊c␡");
        assert_eq!(printable("if x \u{202e}y"), "if x \u{fffd}y");
        assert_eq!(printable("Grüße 🦀"), "Grüße 🦀");
    }
}
