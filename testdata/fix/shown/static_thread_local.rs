use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::cell::RefCell;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

thread_local! { static LAST: RefCell<Option<String>> = const { RefCell::new(None) }; }

impl Plugin {
    fn route_name(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        LAST.with_borrow_mut(|last| *last = self.route_name());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        LAST.with_borrow(|last| self.set_http_response_header("x-route", last.as_deref()));
        Action::Continue
    }
}
