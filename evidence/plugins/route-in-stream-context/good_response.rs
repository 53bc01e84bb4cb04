//! Keeps the route from response headers on, when it is final.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Vec<u8>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self
            .get_property(vec!["xds", "route_name"])
            .unwrap_or_default();
        // The body's length is another one now.
        self.set_http_response_header("content-length", None);
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, end: bool) -> Action {
        let body: &[u8] = if end { &self.route } else { b"" };
        self.set_http_response_body(0, size, body);
        Action::Continue
    }
}
