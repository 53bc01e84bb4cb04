//! What a company puts between its plugins and the SDK.

mod property;

pub use property::text;

/// What the host knows of the request.
pub struct Stream;

impl Stream {
    /// The stream that is being served.
    pub fn current() -> Self {
        Self
    }

    /// One of its properties.
    pub fn get(&self, group: &str, name: &str) -> Option<String> {
        text(&[group, name])
    }
}
