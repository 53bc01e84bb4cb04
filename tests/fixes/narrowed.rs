//! What is not drawn because the fixes are known to go wrong there. Each goes when its mistake does.

use crate::grammar::BINDINGS;
use crate::spec::Field;

/// The variable goes and its attribute stays, on an assignment, where none may stand.
const ATTRIBUTE_OF_A_VARIABLE: &str = "#[allow(";

/// A log call between the value and its store comes along, and is made once more by each reader.
const LOGGED_BEFORE_THE_STORE: &str = "log::debug!";

pub(crate) fn field(mut field: Field) -> Field {
    let known = [ATTRIBUTE_OF_A_VARIABLE, LOGGED_BEFORE_THE_STORE];
    let binding = BINDINGS[field.binding];
    if binding.iter().any(|l| known.iter().any(|k| l.contains(k))) {
        field.binding = 0;
    }
    field
}
