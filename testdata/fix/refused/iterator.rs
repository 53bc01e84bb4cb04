use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { parts: vec![].into_iter() } }));
}}


struct Plugin {
    parts: std::vec::IntoIter<u8>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.parts = self.get_property(vec!["xds", "route_name"]).unwrap_or_default().into_iter();
        Action::Continue
    }

    fn on_http_response_body(&mut self, _: usize, _: bool) -> Action {
        if let Some(b) = self.parts.next() {
            self.set_http_response_body(0, 0, &[b]);
        }
        Action::Continue
    }
}
