//! Reroutes and asks for the new route at once.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_request_header("x-to", Some("paid"));
        let route = self
            .get_property(vec!["xds", "route_name"])
            .unwrap_or_default();
        // The upstream is told which route it serves.
        self.set_http_request_header("x-note", Some(&String::from_utf8_lossy(&route)));
        Action::Continue
    }
}
