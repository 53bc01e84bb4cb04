use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { m: Map::new() } }));
}}

use std::collections::HashMap;
type Map = HashMap<&'static str, Vec<u8>>;
struct Plugin {
    m: Map,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.m.insert("route", self.get_property(vec!["xds", "route_name"]).unwrap_or_default());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.m.get("route").is_some_and(|r| r == b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        self.m.retain(|_, v| v.len() > 3);
        Action::Continue
    }
}
