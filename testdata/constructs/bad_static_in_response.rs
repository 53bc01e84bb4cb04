use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::cell::RefCell;
proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
// The only callback of its phase, and the last one of the stream.
thread_local! { static LAST: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) }; }
#[derive(Default)]
struct Plugin;
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let last = LAST.with_borrow(Clone::clone);
        if last.as_deref() == Some(b"admin") {
            self.set_http_response_header("x-a", Some("1"));
        }
        LAST.with_borrow_mut(|l| *l = self.get_property(vec!["xds", "route_name"])); //~
        Action::Continue
    }
}
