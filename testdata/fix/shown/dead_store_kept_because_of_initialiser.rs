use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| -> Box<dyn HttpContext> { Box::new(Plugin::new(id)) });
}}

struct Plugin {
    id: u32,
    route: String,
}

impl Plugin {
    fn new(id: u32) -> Self {
        Self {
            id,
            route: String::with_capacity(64),
        }
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self
            .get_property(vec!["xds", "route_name"])
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let value = format!("{}/{}", self.id, self.route);
        self.set_http_response_header("x-route", Some(&value));
        Action::Continue
    }
}
