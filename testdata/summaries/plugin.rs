//! Functions whose summaries are kept beside this file.

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use std::cell::RefCell;

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

struct Plugin {
    route: Option<String>,
    canary: bool,
}

impl Context for Plugin {}
impl HttpContext for Plugin {}

/// A wrapper: the path is filled in at the call.
fn property(path: &[&str]) -> Option<String> {
    let bytes = hostcalls::get_property(path.to_vec()).ok().flatten()?;
    String::from_utf8(bytes).ok()
}

/// A decision between constants.
fn stage(route: &str) -> &'static str {
    match route {
        "canary" => "new",
        _ => "old",
    }
}

/// Recursion passes taint through.
fn strip(name: &str) -> String {
    match name.strip_prefix('/') {
        Some(rest) => strip(rest),
        None => name.to_owned(),
    }
}

fn fill(out: &mut Option<String>, value: String) {
    *out = Some(value);
}

impl Plugin {
    fn route_name(&self) -> Option<String> {
        property(&["xds", "route_name"])
    }

    fn remember(&mut self) {
        self.route = self.route_name();
        if self.route.as_deref() == Some("canary") {
            self.canary = true;
        }
    }

    fn publish(&self) {
        let route = self.route_name().unwrap_or_default();
        LAST.with(|last| *last.borrow_mut() = route);
        self.set_http_request_header("x-seen", Some("1"));
    }

    fn same_either_way(&self) -> bool {
        if self.route_name().as_deref() == Some("canary") { true } else { true }
    }
}
