use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::{cell::RefCell, collections::HashMap};
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Stream { limited: false }) }); }}
struct Bucket {
    left: i64,
}
impl Bucket {
    fn allow(&mut self) -> bool {
        self.left -= 1;
        self.left >= 0
    }
}
thread_local! { static LIMITS: RefCell<HashMap<String, Bucket>> = RefCell::new(HashMap::new()); }
struct Stream {
    limited: bool,
}
impl Context for Stream {}
impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        let ok = LIMITS.with_borrow_mut(|l| l.entry(route).or_insert(Bucket { left: 100 }).allow());
        self.limited = !ok; //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.limited {
            self.set_http_response_header("x-limited", Some("1"));
        }
        Action::Continue
    }
}
