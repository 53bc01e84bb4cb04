use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter::default()) }); }}
#[derive(Default)]
struct Filter {
    first: Option<Vec<u8>>,
}
impl Context for Filter {}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.first = self.get_property(vec!["xds", "cluster_name"]);
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let rerouted = match (
            self.first.as_ref(),
            self.get_property(vec!["xds", "cluster_name"]).as_ref(),
        ) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        };
        if rerouted {
            self.set_http_response_header("x-rerouted", Some("true"));
        }
        Action::Continue
    }
}
