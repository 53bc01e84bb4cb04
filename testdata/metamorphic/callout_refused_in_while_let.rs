// expected: silent
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        if self.route.as_deref() == Some(b"admin") {
            self.set_http_request_header("x", Some("1"));
        }
        self.resume_http_request();
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["route_name"]);
        let headers = vec![(":method", "GET"), (":path", "/"), (":authority", "a")];
        while let Err(_) =
            self.dispatch_http_call("a", headers.clone(), None, vec![], Duration::from_secs(1))
        {
            self.send_http_response(500, vec![], None);
            break;
        }
        Action::Pause
    }
}
