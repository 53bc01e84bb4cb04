//! Keeps, and does not doubt, the route while it holds the request: no later filter has seen it.

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
            self.send_http_response(403, vec![], None);
        } else {
            self.resume_http_request();
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        let sent = self.dispatch_http_call(
            "auth",
            vec![(":method", "GET"), (":path", "/"), (":authority", "auth")],
            None,
            vec![],
            Duration::from_secs(1),
        );
        match sent {
            Ok(_) => Action::Pause,
            Err(_) => Action::Continue,
        }
    }
}
