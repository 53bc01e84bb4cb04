use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F { v: None, rules: vec![Rule { route: "a".into(), header: "x".into() }] }) }); }}
#[derive(Clone, Debug)]
struct Rule {
    route: String,
    header: String,
}
#[allow(dead_code)]
struct F {
    v: Option<usize>,
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
        self.v = self //~
            .rules
            .binary_search_by(|r| r.route.as_str().cmp(&route))
            .ok();
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(i) = self.v {
            self.set_http_response_header("x", Some(&self.rules[i].header));
        }
        Action::Continue
    }
}
