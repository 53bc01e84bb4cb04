use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter::default()) }); }}
#[derive(Default)]
struct Filter {
    meta: Option<Vec<u8>>,
}
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.meta = <Self as Context>::get_property(self, vec!["xds", "route_name"]); //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        HttpContext::set_http_response_header_bytes(self, "x-route", self.meta.as_deref());
        Action::Continue
    }
}
