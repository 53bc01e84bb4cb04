use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<String>,
    body: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        // don't touch 6" screens
        if end_of_stream {
            return Action::Continue;
        }
        self.body.clear();
        self.route = self.route_name();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(name) = &self.route {
            self.set_http_response_header("x-route", Some(name));
        }
        Action::Continue
    }
}
