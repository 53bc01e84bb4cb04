use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    paid: bool,
    route: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
    }

    fn is_paid(&self) -> bool { self.paid }

    fn route(&self) -> String {
        self.route.clone()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.paid = self.route_name().starts_with("paid");
        self.route = self.route_name();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.is_paid() {
            self.set_http_response_header("x-paid", Some(&self.route()));
        }
        Action::Continue
    }
}
