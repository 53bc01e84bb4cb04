use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        self.resume_http_request();
        if self.route.as_deref() == Some(b"internal") {
            self.set_property(vec!["zone"], self.route.as_deref());
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]); //~
        let sent = self.dispatch_http_call("auth", vec![], None, vec![], Default::default());
        if sent.is_err() {
            return Action::Continue;
        }
        Action::Pause
    }
}
