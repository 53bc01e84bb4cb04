use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> {
        Box::new(Plugin { name: public, last: public, strict: |n| n > 10 })
    });
}}

struct Plugin {
    name: fn() -> &'static str,
    last: fn() -> &'static str,
    strict: fn(usize) -> bool,
}

fn admin() -> &'static str {
    "admin"
}

fn public() -> &'static str {
    "public"
}

impl Context for Plugin {}

impl Plugin {
    fn choose(&self) -> fn() -> &'static str {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if route == b"admin" { admin } else { public }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.choose();
        self.name = self.choose();
        self.last = self.choose();
        // Chosen and called in one callback.
        self.set_http_request_header("x-now", Some(now()));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, headers: usize, _: bool) -> Action {
        // Chosen again before it is called; the other one is never called.
        self.name = self.choose();
        self.set_http_response_header("x-name", Some((self.name)()));
        // No route chose it.
        if (self.strict)(headers) {
            return Action::Pause;
        }
        Action::Continue
    }
}
