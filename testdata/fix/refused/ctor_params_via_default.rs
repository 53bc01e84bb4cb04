use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; { let mut p = Plugin::default(); p.lim = 1; let _ = id; p } }));
}}

impl Default for Plugin {
    fn default() -> Self {
        Plugin { lim: 5, n: 0 }
    }
}
struct Plugin {
    lim: u64,
    n: u64,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_property(vec!["xds", "route_name"]).as_deref() == Some(b"x") {
            self.lim = 9;
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.lim > self.n {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
