//! What code outside of the tree can write to by a shared reference.

use proxy_wasm::traits::{Context, HttpContext};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::Sender;

struct Plugin {
    limits: BTreeMap<String, u32>,
    names: Vec<String>,
    longest: AtomicUsize,
    outbox: Sender<String>,
}

impl Context for Plugin {}
impl HttpContext for Plugin {}

/// A look-up by a method that no model knows.
fn limit(limits: &BTreeMap<String, u32>, route: &str) -> Option<u32> {
    limits.range(route.to_owned()..).map(|(_, limit)| *limit).next()
}

impl Plugin {
    fn route(&self) -> String {
        let route = self.get_property(vec!["xds", "route_name"]);
        String::from_utf8(route.unwrap_or_default()).unwrap_or_default()
    }

    /// Nothing is left behind.
    fn look_up(&self) -> bool {
        let found = self.limits.range(self.route()..).count();
        found > 0 && limit(&self.limits, &self.route()).is_some()
    }

    /// The names of the methods say that they write.
    fn hand_on(&self) {
        self.longest.fetch_max(self.route().len(), std::sync::atomic::Ordering::Relaxed);
        self.outbox.send(self.route()).unwrap();
    }

    /// Here the reference is no shared one.
    fn fill_up(&mut self) {
        let route = self.route();
        self.names.resize(3, route);
    }
}
