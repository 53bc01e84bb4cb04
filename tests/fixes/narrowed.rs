//! What is not drawn because the fixes are known to go wrong there. Each goes when its mistake does.

use crate::comments::{Kind, Line};
use crate::grammar::{BINDINGS, SOURCES, STYLES};
use crate::layout::Layout;
use crate::spec::Field;

/// A statement that only the store and a variable need is removed although that variable stays.
const VARIABLE_USED_ELSEWHERE: &str = "log::debug!";

/// A blank is left at the end of the line on which the store stood behind another statement.
const STORE_ENDS_A_LINE: &str = "self.hits += 1; self.$f = $value;";

/// Some reads through a reference or a method are passed over where the field is read directly too, so
/// that the fix that is shown does not prove right.
const READ_BY_ANOTHER_NAME: &[&str] = &["= &self.$f", "self.tag_$n()", "self.is_$n()"];

/// A new method has four blanks for each step whatever the file has.
const STEP_OF_NEW_METHODS: &str = "  ";

/// Comments between the name that is given to the value and the value go with the statement, those around
/// the name of a field with the field.
const COMMENTS_AROUND_NAMES: &[&str] = &["=", ":", ";", "let", "mut", ".", "self", ","];

/// The new statement comes before a comment that stands behind the brace of a function.
const COMMENT_BEHIND_BRACE: &str = "fn ";

pub(crate) fn field(mut field: Field) -> Field {
    let binding = BINDINGS[field.binding];
    let several = !SOURCES[field.source].lets.is_empty();
    if several && binding.iter().any(|l| l.contains(VARIABLE_USED_ELSEWHERE)) {
        field.binding = 0;
    }
    if binding.contains(&STORE_ENDS_A_LINE) {
        field.binding = 0;
    }
    let style = |r: &crate::spec::Reader| STYLES[r.style].code;
    let hidden = |code: &str| READ_BY_ANOTHER_NAME.iter().any(|n| code.contains(n));
    if let Some(at) = field.readers.iter().position(|r| hidden(style(r))) {
        field.readers = vec![field.readers[at]];
    }
    field
}

pub(crate) fn layout(mut layout: Layout) -> Layout {
    if layout.unit == STEP_OF_NEW_METHODS {
        layout.unit = "    ";
    }
    layout
}

/// Whether a comment can stand at byte `at` of a line.
pub(crate) fn may_hold(lines: &[Line], line: usize, at: usize, kind: Kind) -> bool {
    let before = line.checked_sub(1).map_or("", |n| lines[n].text.as_str());
    let line = &lines[line];
    let head = line.text.trim_start().starts_with(COMMENT_BEHIND_BRACE);
    let opens = head && line.text.ends_with('{') && at == line.text.len();
    match kind {
        Kind::Line | Kind::Block => !before.ends_with('='),
        Kind::Trailing => !opens && !line.text.ends_with('='),
        Kind::Inline if line.part.is_some() => {
            let (before, behind) = (line.text[..at].trim_end(), line.text[at..].trim_start());
            !COMMENTS_AROUND_NAMES
                .iter()
                .any(|w| before.ends_with(w) || behind.starts_with(w))
        }
        Kind::Inline => !opens,
        Kind::Doc => true,
    }
}
