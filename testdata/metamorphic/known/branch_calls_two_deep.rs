// expected: stale-match-decision 1
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Options {
    audit: bool,
}

impl Options {
    fn enable(&mut self) {
        self.audit = true;
    }
}

#[derive(Default)]
struct Plugin {
    options: Options,
}

impl Context for Plugin {}

impl Plugin {
    fn set_up(&mut self) {
        self.options.enable();
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if route == b"admin" {
            self.set_up();
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.options.audit {
            self.set_http_response_header("x-audit", Some("1"));
        }
        Action::Continue
    }
}
