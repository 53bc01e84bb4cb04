use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { line: String::new() } }));
}}

use std::fmt::Write;
struct Plugin {
    line: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut s = self.get_property(vec!["xds", "route_name"]).and_then(|b| String::from_utf8(b).ok()).unwrap_or_default();
        write!(s, ";v=1").unwrap();
        self.line = s;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x", Some(&self.line));
        Action::Continue
    }
}
