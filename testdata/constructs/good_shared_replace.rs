use std::cell::{Cell, RefCell};
use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Rc<RefCell<String>>,
    length: Rc<Cell<Option<usize>>>,
    marked: Rc<Cell<bool>>,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        let bytes = self.get_property(vec!["xds", "route_name"]);
        bytes.and_then(|b| String::from_utf8(b).ok()).unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route.replace(self.route_name());
        self.length.set(Some(self.route_name().len()));
        // What was there goes back out of the cell in the same callback.
        let length = self.length.take();
        // Once, whoever is the first.
        if self.route_name() == "admin" && !self.marked.replace(true) {
            self.set_http_request_header("x-first", Some("1"));
        }
        if length.is_some_and(|n| n > 3) {
            self.set_http_request_header("x-long", Some("1"));
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        // What was there is dropped; what is there now is read afresh.
        self.route.replace(self.route_name());
        let route = self.route.take();
        self.set_http_response_header("x-route", Some(&route));
        if self.route_name() == "other" && !self.marked.replace(true) {
            self.set_http_response_header("x-first", Some("1"));
        }
        if self.length.take().is_some() {
            self.set_http_response_header("x-never", Some("1"));
        }
        Action::Continue
    }
}
