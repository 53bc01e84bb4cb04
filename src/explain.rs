//! Documents for people: what is known of a rule or a host as Markdown, and Markdown for a terminal.

mod host;
mod layout;
mod rule;
mod terminal;

pub use host::page as host_page;
pub use rule::{page as rule_page, table as rule_table};
pub use terminal::render;
