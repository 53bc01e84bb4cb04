use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
    is_admin: bool,
}

impl Context for Plugin {}

impl Plugin {
    fn prop(&self, name: &str) -> String {
        self.get_property(vec!["xds", name])
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        self.route = self.prop("route_name");
        self.is_admin = self.route.starts_with("admin");
        if self.is_admin {
            self.set_http_request_header("x-admin", Some("1"));
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        if self.is_admin {
            self.set_http_response_header("x-route", Some(&self.route));
        }
        Action::Continue
    }
}
