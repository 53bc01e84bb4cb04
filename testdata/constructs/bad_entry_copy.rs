use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F { hit: None }) }); }}
thread_local! { static CACHE: RefCell<HashMap<String, Rc<str>>> = RefCell::default(); }
struct F {
    hit: Option<Rc<str>>,
}
impl Context for F {}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        self.hit = Some(CACHE.with_borrow_mut(|c| { //~
            c.entry(route.clone())
                .or_insert_with(|| Rc::from(route.to_uppercase()))
                .clone()
        }));
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x", self.hit.as_deref());
        Action::Continue
    }
}
