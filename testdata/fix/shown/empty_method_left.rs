use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
    }

    /// Remembers the route for later callbacks.
    fn remember_route(&mut self) {
        self.route = self.route_name();
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.remember_route();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
