//! Asks for the upstream host when the answer is there.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl Plugin {
    fn host(&self) -> Option<String> {
        let path = vec!["xds", "upstream_host_metadata", "filter_metadata", "evidence", "host"];
        String::from_utf8(self.get_property(path)?).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let host = self.host();
        self.set_http_response_header("x-host", host.as_deref());
        Action::Continue
    }
}
