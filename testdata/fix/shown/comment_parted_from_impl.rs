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

// ---------------------------------------------------------------------
// HTTP callbacks
// ---------------------------------------------------------------------
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let bytes = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let route = String::from_utf8_lossy(&bytes);
        self.route = route.to_lowercase();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
