use std::ops::Bound::{Excluded, Unbounded};

use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    labels: Vec<String>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.labels.push("all".to_owned());
        self.labels.push(String::from_utf8(route).unwrap_or_default()); //~
        let first: Vec<String> = self.labels.drain((Unbounded, Excluded(1))).collect();
        self.set_http_request_header("x-first", first.first().map(String::as_str));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for label in &self.labels {
            self.add_http_response_header("x-label", label);
        }
        Action::Continue
    }
}
