//! Keeps the client's address, which no reroute changes.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    address: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.address = self.get_property(vec!["source", "address"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.get_property(vec!["source", "address"]);
        let peer = match now.is_some() && now == self.address {
            true => "the same",
            false => "another",
        };
        self.set_http_response_header("x-peer", Some(peer));
        Action::Continue
    }
}
