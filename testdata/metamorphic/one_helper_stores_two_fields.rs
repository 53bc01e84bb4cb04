// expected: stale-match-decision 1
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    strict: bool,
    token: Option<Vec<u8>>,
}

impl Context for Plugin {}

fn store<T>(slot: &mut T, value: T) {
    *slot = value;
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.get_property(vec!["route_name"]);
        store(&mut self.token, now);
        let strict = self.token.as_deref() == Some(b"admin");
        store(&mut self.strict, strict);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.get_property(vec!["route_name"]);
        if self.token != now {
            store(&mut self.token, now);
        }
        if self.strict {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
