//! The kept value is what another one is asked for.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        self.route = String::from_utf8(route.unwrap_or_default()).unwrap_or_default(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let hidden = self.get_http_response_header("x-hidden").unwrap_or_default();
        if hidden.contains(self.route.as_str()) {
            self.set_http_response_header("x-route", None);
        }
        Action::Continue
    }
}
