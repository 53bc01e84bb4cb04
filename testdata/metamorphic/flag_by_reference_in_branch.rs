// expected: stale-match-decision 1
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    strict: bool,
}

impl Context for Plugin {}

fn store<T>(slot: &mut T, value: T) {
    *slot = value;
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        if route == b"admin" {
            store(&mut self.strict, true);
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.strict {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
