#![deny(warnings)]
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin::new(Vec::with_capacity(8)) }));
}}


struct Plugin {
    route: Vec<u8>,
}

impl Context for Plugin {}

impl Plugin {
    fn new(buf: Vec<u8>) -> Self {
        Plugin { route: buf }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route == b"x" {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
