use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::time::Duration;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Filter::default()) }); }}
#[derive(Default)]
struct Filter {
    policy: Option<&'static str>,
}
impl Context for Filter {
    fn on_http_call_response(&mut self, _: u32, _: usize, n: usize, _: usize) {
        if n == 0 && self.policy == Some("strict") {
            self.send_http_response(403, vec![], None);
            return;
        }
        self.resume_http_request();
    }
}
impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self
            .get_property(vec!["xds", "route_name"])
            .unwrap_or_default();
        self.policy = match route.as_slice() {
            b"admin" => Some("strict"),
            b"" => None,
            _ => Some("lax"),
        };
        match self.dispatch_http_call(
            "authz",
            vec![(":method", "GET"), (":path", "/"), (":authority", "authz")],
            None,
            vec![],
            Duration::from_millis(500),
        ) {
            Ok(_) => Action::Pause,
            Err(_) => Action::Continue,
        }
    }
}
