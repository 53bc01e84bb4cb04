//! Words and code fragments that findings share.

mod fresh;
mod help;

pub(super) use fresh::fresh;
pub(super) use help::help;

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// `1 thing`, `2 things`.
pub(super) fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn one_thing_and_several() {
        assert_eq!(plural(0, "read"), "0 reads");
        assert_eq!(plural(1, "read"), "1 read");
        assert_eq!(plural(2, "read"), "2 reads");
    }
}
