use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

thread_local! {
    static SEEN: RefCell<HashSet<Vec<u8>>> = RefCell::new(HashSet::new());
}

#[derive(Default)]
struct Plugin {
    flags: HashSet<&'static str>,
    paths: BTreeSet<String>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if route == b"admin" {
            self.set_http_request_header("x-admin", Some("1"));
        }
        // Set whatever the route is.
        self.flags.insert("asked");
        // A set of those that stay in this callback.
        let mut wanted = HashSet::new();
        if route == b"admin" {
            wanted.insert("audit");
        }
        if wanted.contains("audit") {
            self.set_http_request_header("x-audit", Some("1"));
        }
        // What is there is right for the route that it is asked for.
        let new = SEEN.with(|seen| !seen.borrow().contains(&route));
        if new {
            SEEN.with(|seen| seen.borrow_mut().insert(route.clone()));
            self.set_http_request_header("x-first", Some("1"));
        }
        // What the host gave is no flag.
        if route.starts_with(b"a") {
            self.paths.insert(self.get_http_request_header(":path").unwrap_or_default());
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if self.flags.contains("asked") && SEEN.with(|seen| seen.borrow().contains(&route)) {
            self.set_http_response_header("x-asked", Some("1"));
        }
        if self.paths.len() > 1 {
            self.set_http_response_header("x-paths", Some("1"));
        }
        Action::Continue
    }
}
