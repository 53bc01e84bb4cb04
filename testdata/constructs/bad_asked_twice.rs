//! One store from two reads of one property.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    tenant: Vec<u8>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let first = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let again = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.tenant = [first, again].concat(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-tenant", std::str::from_utf8(&self.tenant).ok());
        Action::Continue
    }
}
