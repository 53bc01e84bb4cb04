use proxy_wasm::traits::*;
use proxy_wasm::types::Action::{self, Continue, Pause as Hold};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        Hold
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        self.set_http_request_header_bytes("x-route", self.route.as_deref());
        Continue
    }
}
