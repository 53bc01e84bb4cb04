//! Keeps the name of the upstream host that was picked first.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    host: Option<String>,
}

impl Context for Plugin {}

impl Plugin {
    fn host(&self) -> Option<String> {
        let path = vec!["xds", "upstream_host_metadata", "filter_metadata", "evidence", "host"];
        String::from_utf8(self.get_property(path)?).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        if self.host.is_none() {
            self.host = self.host();
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-host", self.host.as_deref());
        Action::Continue
    }
}
