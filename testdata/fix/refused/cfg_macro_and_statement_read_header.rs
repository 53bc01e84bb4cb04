use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    key: String,
}

impl Context for Plugin {}

impl Plugin {
    fn key(&self) -> String {
        let mut key = self
            .get_property(vec!["xds", "route_name"])
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default();
        if cfg!(feature = "extra") {
            key.push_str(&self.get_http_request_header(":authority").unwrap_or_default());
        }
        #[cfg(feature = "extra")]
        key.push_str(&self.get_http_request_header(":path").unwrap_or_default());
        key.push('!');
        key
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.key = self.key();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-key", Some(&self.key));
        Action::Continue
    }
}
