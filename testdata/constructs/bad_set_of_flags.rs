use std::collections::{BTreeSet, HashSet};

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    flags: HashSet<&'static str>,
    marks: BTreeSet<u8>,
    steps: Vec<&'static str>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if route == b"admin" {
            self.flags.insert("admin"); //~
            self.marks.insert(1); //~
            self.steps.push("audit"); //~
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.flags.contains("admin") { //<
            self.set_http_response_header("x-admin", Some("1"));
        }
        if !self.marks.is_empty() { //<
            self.set_http_response_header("x-marked", Some("1"));
        }
        if self.steps.contains(&"audit") { //<
            self.set_http_response_header("x-audit", Some("1"));
        }
        Action::Continue
    }
}
