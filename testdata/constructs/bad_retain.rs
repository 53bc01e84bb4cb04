use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter { add: vec![("a".into(), "x-a".into())] }) }); }}
struct Filter {
    add: Vec<(String, String)>,
}
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        self.add.retain(|(r, _)| *r == route); //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for (_, h) in &self.add {
            self.set_http_response_header(h, Some("1"));
        }
        Action::Continue
    }
}
