use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
    admin: bool,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self
            .get_property(vec!["xds", "route_name"])
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default();
        self.admin = route.starts_with("admin");
        self.route = route;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.admin {
            self.set_http_response_header("x-route", Some(&self.route));
        }
        Action::Continue
    }
}
