//! When colours are used.

use std::ffi::OsString;

use clap::ValueEnum;

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that shows them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// What `--color` says, else what cargo was told in `CARGO_TERM_COLOR`. Left to it, `Auto` looks
    /// at the terminal and at `NO_COLOR` and `CLICOLOR_FORCE`.
    pub fn choose(flag: Option<Self>, cargo: Option<&str>) -> Self {
        flag.unwrap_or(match cargo {
            Some("always") => Self::Always,
            Some("never") => Self::Never,
            _ => Self::Auto,
        })
    }

    /// What the terminal library calls the choice.
    pub fn stream_choice(self) -> anstream::ColorChoice {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }
}

/// What `--color` says, read before the command line is: mistakes in it are told in colours too.
pub(super) fn asked(args: &[OsString]) -> Option<Color> {
    let words = args.iter().take_while(|arg| *arg != "--");
    let mut words = words.map(|arg| arg.to_str().unwrap_or_default());
    let mut asked = None;
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        asked = value.and_then(|v| Color::from_str(v, false).ok()).or(asked);
    }
    asked
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Color, asked};

    #[test]
    fn the_color_flag_is_found_wherever_it_stands() {
        let found = |line: &str| {
            let args: Vec<OsString> = line.split('|').map(Into::into).collect();
            asked(&args)
        };
        assert_eq!(found("x|--bad|--color|always"), Some(Color::Always));
        assert_eq!(found("x|check|--color=never|--bad"), Some(Color::Never));
        assert_eq!(found("x|--color"), None);
        assert_eq!(found("x|--color=blue"), None);
        assert_eq!(found("x|--colors=never"), None);
        assert_eq!(found("x|--|--color=never"), None);
    }

    #[test]
    fn the_color_flag_outweighs_the_environment() {
        let choice = Color::choose;
        assert_eq!(choice(Some(Color::Never), Some("always")), Color::Never);
        assert_eq!(choice(Some(Color::Auto), Some("always")), Color::Auto);
        assert_eq!(choice(None, Some("always")), Color::Always);
        assert_eq!(choice(None, Some("never")), Color::Never);
        assert_eq!(choice(None, Some("auto")), Color::Auto);
        assert_eq!(choice(None, None), Color::Auto);
    }
}
