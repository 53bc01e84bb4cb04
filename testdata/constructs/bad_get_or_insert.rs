use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default, Clone)]
struct Info {
    route: String,
}
#[derive(Default)]
struct F {
    info: Option<Box<Info>>,
}
impl Context for F {}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self
            .get_property(vec!["xds", "route_name"])
            .map(|b| String::from_utf8_lossy(&b).to_string())
            .unwrap_or_default();
        let i = self.info.get_or_insert_with(Default::default);
        i.route = r; //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let Some(Info { route }) = self.info.as_deref() else {
            return Action::Continue;
        };
        self.set_http_response_header("x", Some(route));
        Action::Continue
    }
}
