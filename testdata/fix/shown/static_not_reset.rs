use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use std::cell::RefCell;

thread_local! {
    static LAST_ROUTE: RefCell<String> = RefCell::new(String::new());
}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(bytes) = self.get_property(vec!["xds", "route_name"]) {
            LAST_ROUTE.with(|last| *last.borrow_mut() = String::from_utf8_lossy(&bytes).into_owned());
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        LAST_ROUTE.with(|last| log::info!("route={}", last.borrow()));
    }
}
