use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin { limit: 1 << 10 }) });
}}

struct Plugin {
    limit: usize,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        if route.as_deref() == Some(b"upload") {
            self.limit = 1 << 20; //~
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, _: bool) -> Action {
        if size > self.limit {
            self.set_http_response_body(0, size, b"");
        }
        Action::Continue
    }
}
