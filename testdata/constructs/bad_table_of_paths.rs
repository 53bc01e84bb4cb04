use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default)]
struct F {
    all: Vec<Vec<u8>>,
}
impl Context for F {}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        for p in ["route_name", "cluster_name"] {
            if let Some(b) = self.get_property(vec!["xds", p]) {
                self.all.push(b); //~
            }
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for r in &self.all {
            self.set_http_response_header_bytes("x-route", Some(r));
        }
        Action::Continue
    }
}
