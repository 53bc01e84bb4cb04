use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl Plugin {
    fn load(&mut self, field: &str) {
        let bytes = self.get_property(vec!["xds", field]).unwrap_or_default();
        match String::from_utf8(bytes) {
            Ok(value) => self.route = value,
            Err(_) => self.route.clear(),
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.load("route_name");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
