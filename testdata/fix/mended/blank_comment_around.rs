use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: None } }));
}}


struct Plugin {
    route: Option<String>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        // Remember the route,
        // the response needs it.
        let raw = self.get_property(vec!["xds", "route_name"]); // raw bytes
        /* decode */
        let name = raw.and_then(|b| String::from_utf8(b).ok());
        // keep it
        self.route = name;

        // Let it pass.
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some("x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
