// A name with dots in one part is none of Envoy's: on the hosts that have it request headers stay readable.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin { seen: None }) });
}}

struct Plugin {
    seen: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_http_request_header("x-convert").is_some() {
            self.seen = self.get_property(vec!["request.path"]);
            self.set_http_response_header_bytes("x-path", self.seen.as_deref());
        }
        Action::Continue
    }
}
