//! Tells the client in response headers which route has served it.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self
            .get_property(vec!["xds", "route_name"])
            .unwrap_or_default();
        self.set_http_response_header("x-route", Some(&String::from_utf8_lossy(&route)));
        Action::Continue
    }
}
