use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: None } }));
}}


struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl Plugin {
    fn ask(&mut self) -> Option<Vec<u8>> {
        self.get_property(vec!["xds", "route_name"])
    }

    fn allowed(&self) -> bool {
        self.route.is_some()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.ask();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.allowed() {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
