use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { line: vec![] } }));
}}

use std::cell::RefCell;
use std::rc::Rc;
struct Plugin {
    line: Vec<u8>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = Rc::new(RefCell::new(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()));
        let q = Rc::clone(&r);
        q.borrow_mut().push(1);
        self.line = r.borrow().clone();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.line == b"x" {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
