//! How reports and lists are written.

use clap::ValueEnum;

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: the code, the path of each value and a way out
    #[default]
    Human,
    /// One line for each finding
    Short,
    /// JSON Lines, for programs
    Json,
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif,
    /// Annotations in GitHub Actions
    Github,
    /// What `cargo check --message-format=json` prints, for rust-analyzer
    CargoJson,
}

impl Format {
    /// Whether each byte of the output is for a program to read, so that nothing else may be in it.
    pub fn is_data(self) -> bool {
        match self {
            Self::Human | Self::Short => false,
            Self::Json | Self::Sarif | Self::Github | Self::CargoJson => true,
        }
    }
}
