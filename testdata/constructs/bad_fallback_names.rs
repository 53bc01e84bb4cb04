use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default)]
struct F {
    r: Option<Vec<u8>>,
}
impl Context for F {}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.r = [vec!["xds", "route_name"], vec!["route_name"]] //~
            .into_iter()
            .find_map(|p| self.get_property(p));
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header_bytes("x-route", self.r.as_deref());
        Action::Continue
    }
}
