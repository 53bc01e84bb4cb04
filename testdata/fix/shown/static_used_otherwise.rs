use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::sync::Mutex;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

static LAST: Mutex<Option<Vec<u8>>> = Mutex::new(None);

struct Plugin;

impl Context for Plugin {}

fn show() -> bool {
    LAST.lock().unwrap().is_some()
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        *LAST.lock().unwrap() = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if show() {
            self.set_http_response_header("x-route", Some("known"));
        }
        Action::Continue
    }
}
