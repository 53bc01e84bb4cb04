//! Finds Proxy-Wasm plugins that act on a stale route.

pub mod finding;
pub mod flow;
pub mod ir;
pub mod project;
pub mod rust;
pub mod sdk;
pub mod source;
