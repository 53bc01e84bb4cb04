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
        let mut state = "new".to_owned();
        state.push_str(&self.get_http_request_header("x-state").unwrap_or_default());
        if state == "new" {
            return Action::Continue;
        }
        self.route = self.get_property(vec!["xds", "route_name"]); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header_bytes("x-route", self.route.as_deref());
        Action::Continue
    }
}
