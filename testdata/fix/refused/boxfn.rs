use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: None, norm: Box::new({ let n = std::cell::Cell::new(0u8); move |mut v| { n.set(n.get() + 1); v.push(n.get()); v } }) } }));
}}


struct Plugin {
    route: Option<Vec<u8>>,
    norm: Box<dyn Fn(Vec<u8>) -> Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.route = Some((self.norm)(r));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
