use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|id, _| -> Box<dyn HttpContext> { Box::new(F { id, v: String::new(), n: 0, rules: vec![Rule { route: "a".into(), header: "x".into() }] }) }); }}
#[derive(Clone, Debug, Default)]
#[allow(dead_code)]
struct Rule {
    route: String,
    header: String,
}
#[allow(dead_code)]
struct F {
    id: u32,
    v: String,
    n: u64,
    rules: Vec<Rule>,
}
impl Context for F {}
impl F {
    fn route(&self) -> String {
        String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default()
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.route();
        self.v = route;
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.route();
        let old = std::mem::replace(&mut self.v, now);
        let _ = old;
        self.set_http_response_header("x", Some(&self.v));
        Action::Continue
    }
    fn on_http_response_body(&mut self, n: usize, _: bool) -> Action {
        let _ = n;
        Action::Continue
    }
}
