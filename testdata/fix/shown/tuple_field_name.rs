use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin(None)) });
}}

struct Plugin(Option<Vec<u8>>);

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.0 = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.0.as_deref() == Some(b"admin") {
            self.set_http_response_header("cache-control", Some("no-store"));
        }
        Action::Continue
    }
}
