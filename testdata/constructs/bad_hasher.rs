use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter::default()) }); }}
#[derive(Default)]
struct Filter {
    bucket: u64,
}
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut h = DefaultHasher::new();
        self.get_property(vec!["xds", "route_name"]).hash(&mut h);
        self.bucket = h.finish() % 100; //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.bucket < 10 {
            self.set_http_response_header("x-exp", Some("b"));
        }
        Action::Continue
    }
}
