use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::sync::Mutex;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

static LAST: Mutex<Option<Vec<u8>>> = Mutex::new(None);
static OTHER: Mutex<u32> = Mutex::new(0);

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        *OTHER.lock().unwrap() += 1;
        *LAST.lock().unwrap() = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let last = LAST.lock().unwrap();
        if last.as_deref() == Some(b"admin") {
            let count = OTHER.lock().unwrap();
            self.set_http_response_header("x-count", Some(&count.to_string()));
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        log::info!("{:?}", *LAST.lock().unwrap());
    }
}
