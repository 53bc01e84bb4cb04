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
    v: Option<String>,
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
        let mut it = self.rules.iter();
        self.v = loop { //~
            match it.next() {
                None => break None,
                Some(r) if r.route == route => break Some(r.header.clone()),
                Some(_) => {}
            }
        };
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x", self.v.as_deref());
        Action::Continue
    }
}
#[derive(Default, Clone)]
#[allow(dead_code)]
struct Rule2 {
    name: String,
    hits: u32,
}
impl Rule2 {
    #[allow(dead_code)]
    fn name_mut(&mut self) -> &mut String {
        &mut self.name
    }
}
