use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::sync::atomic::{AtomicBool, Ordering};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

static CANARY: AtomicBool = AtomicBool::new(false);

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        CANARY.store(route == b"canary", Ordering::Relaxed);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if CANARY.load(Ordering::Relaxed) {
            self.set_http_response_header("x-canary", Some("1"));
        }
        Action::Continue
    }
}
