use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new(Plugin { route: None, on: id > 3 }));
}}


struct Plugin {
    route: Option<Vec<u8>>,
    on: bool,
}

impl Context for Plugin {}

impl Plugin {
    fn step(&mut self) {
        if self.on {
            self.keep();
        }
    }

    fn keep(&mut self) {
        self.route = self.get_property(vec!["xds", "route_name"]);
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.step();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
