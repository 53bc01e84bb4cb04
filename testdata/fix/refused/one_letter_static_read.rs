use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use std::sync::atomic::{AtomicU32, Ordering};

static N: AtomicU32 = AtomicU32::new(0);

#[derive(Default)]
struct Plugin {
    label: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        N.store(N.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.label = format!("{:?}#{}", self.get_property(vec!["xds", "route_name"]), N.load(Ordering::Relaxed));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-label", Some(&self.label));
        Action::Continue
    }
}
