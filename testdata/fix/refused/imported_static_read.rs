use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use gateway_kit::GENERATION;
use std::sync::atomic::Ordering;

#[derive(Default)]
struct Plugin {
    key: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.key = format!("{:?}/{}", self.get_property(vec!["xds", "route_name"]), GENERATION.load(Ordering::Relaxed));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-key", Some(&self.key));
        Action::Continue
    }
}
