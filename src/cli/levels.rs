//! The level flags `-A`, `-W` and `-D`: one sequence, read from left to right.

use std::fmt;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::finding::Level;
use crate::similar;

/// The name that stands for every rule at warn level.
const WARNINGS: &str = "warnings";

const FLAGS: [(Level, char, &str); 3] = [
    (
        Level::Allow,
        'A',
        "Show findings of a rule with --pedantic only",
    ),
    (
        Level::Warn,
        'W',
        "Report findings of a rule, do not fail because of them",
    ),
    (
        Level::Deny,
        'D',
        "Report findings of a rule and fail the run",
    ),
];

/// The level flags in the order in which they were given.
///
/// Read by hand: clap's derive gives one list for each flag and the order between them is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelFlags(Vec<(Level, String)>);

impl LevelFlags {
    /// Level and rule name of each flag.
    pub fn flags(&self) -> &[(Level, String)] {
        &self.0
    }
}

impl Args for LevelFlags {
    fn augment_args(command: Command) -> Command {
        FLAGS
            .iter()
            .fold(command, |command, &(level, short, help)| {
                command.arg(
                    Arg::new(level.as_str())
                        .short(short)
                        .long(level.as_str())
                        .value_name("RULE")
                        .action(ArgAction::Append)
                        .help_heading("Levels")
                        .help(help),
                )
            })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LevelFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut found = Vec::new();
        for (level, _, _) in FLAGS {
            let names = matches.get_many::<String>(level.as_str());
            let indices = matches.indices_of(level.as_str());
            for (name, index) in names
                .into_iter()
                .flatten()
                .zip(indices.into_iter().flatten())
            {
                found.push((index, level, name.clone()));
            }
        }
        found.sort_by_key(|&(index, ..)| index);
        let flags = found.into_iter().map(|(_, level, name)| (level, name));
        Ok(Self(flags.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// A mistake in the command line that clap can't know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong.
    pub message: String,
    /// A way out.
    pub help: String,
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n  help: {}", self.message, self.help)
    }
}

impl std::error::Error for UsageError {}

/// The levels asked for on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(Vec<(Level, String)>);

impl Levels {
    /// From the flags in the order in which they were given.
    ///
    /// # Errors
    ///
    /// A name that is not a rule.
    pub fn from_flags(flags: &[(Level, String)], known: &[&str]) -> Result<Self, UsageError> {
        for (level, name) in flags {
            if name == WARNINGS {
                if *level == Level::Warn {
                    return Err(UsageError {
                        message: "`warnings` stands for the rules at warn level and can't be set \
                                  to warn"
                            .to_owned(),
                        help: "use it with `--deny` or `--allow`, or name a rule".to_owned(),
                    });
                }
            } else if !known.contains(&name.as_str()) {
                return Err(unknown_rule(name, known));
            }
        }
        Ok(Self(flags.to_vec()))
    }

    /// The level in force for a rule whose level is `default` without the flags.
    pub fn apply(&self, rule: &str, default: Level) -> Level {
        self.0.iter().fold(default, |level, (flag, name)| {
            let concerned = name == rule || (name == WARNINGS && level == Level::Warn);
            if concerned { *flag } else { level }
        })
    }

    /// Whether a flag names the rule itself.
    pub fn names(&self, rule: &str) -> bool {
        self.0.iter().any(|(_, name)| name == rule)
    }
}

impl UsageError {
    /// A name that is no rule, where nothing else than the name of a rule can stand.
    pub fn unknown_rule(name: &str, known: &[&str]) -> Self {
        Self {
            message: format!("unknown rule `{name}`"),
            help: similar::help(name, "rules", known),
        }
    }
}

/// The same where `warnings` can stand too.
fn unknown_rule(name: &str, known: &[&str]) -> UsageError {
    let words = known.iter().copied().chain([WARNINGS]);
    let mut error = UsageError::unknown_rule(name, known);
    if let Some(word) = similar::nearest(name, words) {
        error.help = format!("did you mean `{word}`?");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::{Level, Levels};

    const KNOWN: [&str; 2] = ["route-in-stream-context", "route-in-static"];

    fn levels(flags: &[(Level, &str)]) -> Result<Levels, String> {
        let flags: Vec<_> = flags.iter().map(|&(l, n)| (l, n.to_owned())).collect();
        Levels::from_flags(&flags, &KNOWN).map_err(|error| error.to_string())
    }

    fn applied(flags: &[(Level, &str)], default: Level) -> Level {
        levels(flags).map_or_else(|e| panic!("{e}"), |l| l.apply(KNOWN[0], default))
    }

    #[test]
    fn the_last_flag_for_a_rule_wins() {
        let (a, w, d) = (Level::Allow, Level::Warn, Level::Deny);
        let rule = KNOWN[0];
        assert_eq!(applied(&[], w), w);
        assert_eq!(applied(&[(d, rule), (a, rule)], w), a);
        assert_eq!(applied(&[(a, rule), (d, rule)], w), d);
        assert_eq!(applied(&[(a, KNOWN[1])], d), d);
    }

    #[test]
    fn warnings_are_the_rules_at_warn_by_then() {
        let (a, w, d) = (Level::Allow, Level::Warn, Level::Deny);
        let rule = KNOWN[0];
        assert_eq!(applied(&[(d, "warnings")], w), d);
        assert_eq!(applied(&[(d, "warnings")], a), a);
        assert_eq!(applied(&[(a, "warnings")], d), d);
        assert_eq!(applied(&[(a, "warnings")], w), a);
        assert_eq!(applied(&[(w, rule), (d, "warnings")], a), d);
        assert_eq!(applied(&[(d, "warnings"), (w, rule)], w), w);
    }

    #[test]
    fn unknown_names_are_refused_with_a_suggestion() {
        let message = |name| levels(&[(Level::Deny, name)]).err().unwrap_or_default();
        assert_eq!(
            message("route_in_stream_contxt"),
            "unknown rule `route_in_stream_contxt`\n\n  \
             help: did you mean `route-in-stream-context`?"
        );
        assert_eq!(
            message("warning"),
            "unknown rule `warning`\n\n  help: did you mean `warnings`?"
        );
        assert_eq!(
            message("unused"),
            "unknown rule `unused`\n\n  \
             help: the rules are `route-in-stream-context`, `route-in-static`"
        );
        assert!(levels(&[(Level::Warn, "warnings")]).is_err());
    }
}
