//! "Did you mean": the known name that a mistyped one was probably meant to be.

/// How alike two names must be (1 is equal) for one to be suggested for the other.
const ALIKE: f64 = 0.8;

/// The known name most like `name`, if one is like it at all.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Case and `_` for `-` are the mistakes that people make with such names.
    let normal = name.to_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&normal, known), known))
        // Of two that are equally alike the first one.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .filter(|&(likeness, _)| likeness >= ALIKE)
        .map(|(_, known)| known)
}

/// The way out for a name that is not known: the nearest one, else all of them.
pub(crate) fn help(name: &str, what: &str, known: &[&str]) -> String {
    nearest(name, known.iter().copied()).map_or_else(
        || {
            let names: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("the {what} are {}", names.join(", "))
        },
        |known| format!("did you mean `{known}`?"),
    )
}

#[cfg(test)]
mod tests {
    use super::{help, nearest};

    #[test]
    fn the_nearest_name() {
        let known = ["route-in-static", "route-in-stream-context"];
        assert_eq!(nearest("Route_in_statics", known), Some(known[0]));
        assert_eq!(nearest("route-in-stream", known), Some(known[1]));
        assert_eq!(nearest("unused", known), None);
        assert_eq!(
            help("unused", "rules", &known),
            "the rules are `route-in-static`, `route-in-stream-context`"
        );
    }
}
