// expected: stale-match-decision 1
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Kept {
    route: Vec<u8>,
    strict: bool,
}

#[derive(Default)]
struct Plugin {
    kept: Option<Kept>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        let strict = route == b"admin";
        let kept = Some(Kept { route, strict });
        self.kept = kept;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.get_property(vec!["route_name"]).unwrap_or_default();
        if let Some(kept) = &self.kept {
            if kept.route != now {
                self.set_http_response_header("x-moved", Some("1"));
            }
            if kept.strict {
                self.set_http_response_header("x", Some("1"));
            }
        }
        Action::Continue
    }
}
