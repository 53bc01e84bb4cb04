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
    parts: Rc<RefCell<Vec<String>>>,
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
        self.route.replace(self.route_name()); //~
        self.length.set(Some(self.route_name().len())); //~
        self.parts.borrow_mut().push(self.route_name()); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let old = self.route.replace(String::new()); //<
        self.set_http_response_header("x-route", Some(&old));
        if self.length.take().is_some_and(|n| n > 3) { //<
            self.set_http_response_header("x-long", Some("1"));
        }
        for part in self.parts.take() { //<
            self.set_http_response_header("x-part", Some(&part));
        }
        Action::Continue
    }
}
