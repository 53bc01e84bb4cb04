use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { pending: false } }));
}}


struct Plugin {
    pending: bool,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.pending = self.get_property(vec!["xds", "route_name"]).as_deref() == Some(b"x");
        Action::Continue
    }

    fn on_http_response_body(&mut self, _: usize, _: bool) -> Action {
        if std::mem::replace(&mut self.pending, false) {
            self.set_http_response_body(0, 0, b"banner");
        }
        Action::Continue
    }
}
