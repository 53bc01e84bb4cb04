//! Asks by the short names of older Envoys.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl Plugin {
    fn text(&self, path: &[&str]) -> Option<String> {
        String::from_utf8(self.get_property(path.to_vec())?).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.text(&["route_name"]);
        let cluster = self.text(&["cluster_name"]);
        self.set_http_response_header("x-route", route.as_deref());
        self.set_http_response_header("x-cluster", cluster.as_deref());
        Action::Continue
    }
}
