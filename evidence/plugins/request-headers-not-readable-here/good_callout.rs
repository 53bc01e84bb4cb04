//! Holds the request for a callout, and reads a header when the answer comes.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        if self.get_http_request_header("x-debug").is_some() {
            self.set_http_request_header("x-note", Some("debug"));
        }
        self.resume_http_request();
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
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
