// Who also asks in the way of Envoy is on Envoy.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let path = self.get_property(vec!["request.path"]).unwrap_or_default();
        let host = self.get_property(vec!["request", "host"]).unwrap_or_default();
        log::info!("{path:?} {host:?}");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_http_request_header("x-convert").is_some() { //~
            self.set_http_response_header("x-converted", Some("1"));
        }
        Action::Continue
    }
}
