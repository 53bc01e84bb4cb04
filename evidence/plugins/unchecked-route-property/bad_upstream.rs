//! Takes for granted that the upstream host is picked already.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let address = self.get_property(vec!["upstream", "address"]).unwrap();
        self.set_http_request_header("x-host", Some(&String::from_utf8_lossy(&address)));
        Action::Continue
    }
}
