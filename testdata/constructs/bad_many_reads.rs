use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header_bytes("x-1", self.route.as_deref());
        self.set_http_response_header_bytes("x-2", self.route.as_deref());
        self.set_http_response_header_bytes("x-3", self.route.as_deref());
        self.set_http_response_header_bytes("x-4", self.route.as_deref());
        self.set_http_response_header_bytes("x-5", self.route.as_deref());
        self.set_http_response_header_bytes("x-6", self.route.as_deref());
        self.set_http_response_header_bytes("x-7", self.route.as_deref());
        self.set_http_response_header_bytes("x-8", self.route.as_deref());
        self.set_http_response_header_bytes("x-9", self.route.as_deref());
        self.set_http_response_header_bytes("x-10", self.route.as_deref());
        self.set_http_response_header_bytes("x-11", self.route.as_deref());
        self.set_http_response_header_bytes("x-12", self.route.as_deref());
        self.set_http_response_header_bytes("x-13", self.route.as_deref());
        self.set_http_response_header_bytes("x-14", self.route.as_deref());
        Action::Continue
    }
}
