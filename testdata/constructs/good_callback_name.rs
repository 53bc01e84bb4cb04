//! A method that is called like a callback of another SDK is none.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Plugin {
    fn on_response_headers(&self) {
        if self.route.is_some() {
            self.set_http_response_header("x-routed", self.route.as_ref().map(|_| "1"));
        }
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        self.on_response_headers();
        Action::Continue
    }
}
