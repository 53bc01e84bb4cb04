use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use std::slice::Iter;

#[derive(Default)]
struct Plugin {
    parts: Vec<String>,
}

impl Context for Plugin {}

impl Plugin {
    fn route_parts(&self) -> Vec<String> {
        let name = String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default();
        name.split('-').map(str::to_owned).collect()
    }

    fn iter(&self) -> Iter<String> {
        self.parts.iter()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.parts = self.route_parts();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.iter().any(|p| p == "admin") {
            self.set_http_response_header("cache-control", Some("no-store"));
        }
        Action::Continue
    }
}
