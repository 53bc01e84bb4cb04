//! Finds Proxy-Wasm plugins that act on a stale route.

pub mod finding;
pub mod ir;
pub mod rust;
pub mod source;
