//! What is not drawn.

use crate::grammar::BINDINGS;
use crate::spec::Field;

/// A line for the log between the value and its store comes along: whenever the route is asked for, the
/// log says which it was. The mock host would call that a difference.
const LOGGED_BEFORE_THE_STORE: &str = "log::debug!";

pub(crate) fn field(mut field: Field) -> Field {
    let binding = BINDINGS[field.binding];
    if binding.iter().any(|l| l.contains(LOGGED_BEFORE_THE_STORE)) {
        field.binding = 0;
    }
    field
}
