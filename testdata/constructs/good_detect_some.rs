use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter::default()) }); }}
#[derive(Default)]
struct Filter {
    first: Option<String>,
}
impl Context for Filter {}
impl Filter {
    fn cluster(&self) -> Option<String> {
        String::from_utf8(self.get_property(vec!["xds", "cluster_name"])?).ok()
    }
    fn moved(&self) -> bool {
        self.first.is_some() && self.first != self.cluster()
    }
}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.first = self.cluster();
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.moved() {
            self.set_http_response_header("x-rerouted", Some("true"));
        }
        Action::Continue
    }
    fn on_http_response_body(&mut self, n: usize, _: bool) -> Action {
        if let Some(f) = &self.first {
            if Some(f.as_str()) != self.cluster().as_deref() {
                self.set_http_response_body(0, n, b"moved");
            }
        }
        Action::Continue
    }
}
