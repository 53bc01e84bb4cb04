//! The same text with another indentation, other line breaks, another start and end.

/// A layout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) unit: &'static str,
    pub(crate) crlf: bool,
    pub(crate) bom: bool,
    pub(crate) open_end: bool,
}

impl Layout {
    /// `text`, which has four blanks for each step, in this layout.
    pub(crate) fn apply(self, text: &str) -> String {
        let line = |l: &str| {
            let rest = l.trim_start_matches(' ');
            let blanks = l.len() - rest.len();
            format!(
                "{}{}{rest}",
                self.unit.repeat(blanks / 4),
                " ".repeat(blanks % 4)
            )
        };
        let mut out = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
        if self.open_end {
            out.truncate(out.trim_end_matches('\n').len());
        }
        if self.crlf {
            out = out.replace('\n', "\r\n");
        }
        if self.bom {
            out.insert(0, '\u{feff}');
        }
        out
    }
}
