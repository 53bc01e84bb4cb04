//! Words and code fragments that findings share.

mod fresh;
mod help;

use crate::flow::UNNAMED;
use crate::sdk::PropertyClass;

pub(super) use fresh::fresh;
pub(super) use help::help;

/// A property or header for people, who may not know its name either.
pub(crate) fn property(name: &str, class: PropertyClass) -> String {
    match (name, class) {
        (UNNAMED, PropertyClass::Request) => {
            "a request header whose name is not known here".to_owned()
        }
        (UNNAMED, _) => "a property whose name is not known here".to_owned(),
        _ => format!("`{name}`"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// At most four names of callbacks, the rest counted.
pub(super) fn shortened(mut names: Vec<String>) -> Vec<String> {
    if names.len() > 4 {
        let more = names.len() - 3;
        names.truncate(3);
        names.push(format!("{more} more callbacks"));
    }
    names
}

/// The items in order, each at its first place only.
pub(super) fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for i in items {
        if !out.contains(&i) {
            out.push(i);
        }
    }
    out
}

/// `1 thing`, `2 things`.
pub(super) fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{plural, property};
    use crate::flow::UNNAMED;
    use crate::sdk::PropertyClass;

    #[test]
    fn a_name_that_is_not_known_is_said_in_words() {
        assert_eq!(
            property("xds.route_name", PropertyClass::Route),
            "`xds.route_name`"
        );
        for class in [PropertyClass::Request, PropertyClass::Unknown] {
            assert!(!property(UNNAMED, class).contains(UNNAMED));
        }
    }

    #[test]
    fn one_thing_and_several() {
        assert_eq!(plural(0, "read"), "0 reads");
        assert_eq!(plural(1, "read"), "1 read");
        assert_eq!(plural(2, "read"), "2 reads");
    }
}
