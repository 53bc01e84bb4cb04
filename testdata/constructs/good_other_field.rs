use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default, Clone)]
struct Info {
    route: String,
    peer: String,
}
#[derive(Default)]
struct F {
    info: Option<Box<Info>>,
}
impl Context for F {}
impl F {
    fn get(&self, p: &str, q: &str) -> String {
        self.get_property(vec![p, q])
            .map(|b| String::from_utf8_lossy(&b).to_string())
            .unwrap_or_default()
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.info = Some(Box::new(Info {
            route: self.get("xds", "route_name"),
            peer: self.get("source", "address"),
        }));
        if self.info.as_ref().is_some_and(|i| i.route == "deny") {
            self.send_http_response(403, vec![], None);
            return Action::Pause;
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(i) = self.info.clone() {
            self.set_http_response_header("x", Some(&i.peer));
        }
        Action::Continue
    }
}
