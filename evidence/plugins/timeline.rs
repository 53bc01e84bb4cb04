//! The first `bad` example of `route-in-stream-context`, which also says in every callback what it
//! holds and what the host has.

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, LogLevel};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<String>,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }

    fn say(&self, callback: &str) {
        let held = self.route.as_deref().unwrap_or("-");
        let host = self.route_name();
        let host = host.as_deref().unwrap_or("-");
        let line = format!("EVIDENCE callback {callback} {held} {host}");
        let _ = hostcalls::log(LogLevel::Warn, &line);
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.route_name();
        self.say("on_http_request_headers");
        Action::Continue
    }

    fn on_http_request_body(&mut self, _: usize, end: bool) -> Action {
        if end {
            self.say("on_http_request_body");
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.say("on_http_response_headers");
        self.set_http_response_header("x-route", self.route.as_deref());
        Action::Continue
    }

    fn on_http_response_body(&mut self, _: usize, end: bool) -> Action {
        if end {
            self.say("on_http_response_body");
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        self.say("on_log");
    }
}
