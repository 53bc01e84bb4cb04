use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::cell::OnceCell;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F { seen: OnceCell::new() }) }); }}
struct F {
    seen: OnceCell<String>,
}
impl Context for F {}
impl F {
    fn look(&self) {
        let route = self.get_property(vec!["xds", "route_name"]);
        let name = String::from_utf8(route.unwrap_or_default()).unwrap_or_default();
        // Whoever comes second is turned away.
        let _ = self.seen.set(name); //~
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.look();
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.look();
        self.set_http_response_header("x-route", self.seen.get().map(String::as_str));
        Action::Continue
    }
}
