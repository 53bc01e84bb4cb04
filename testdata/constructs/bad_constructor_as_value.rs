use std::cell::RefCell;
use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root { last: <Rc<_>>::default() }) });
}}

#[derive(Default)]
struct Last {
    route: Option<Vec<u8>>,
}

struct Root {
    last: Rc<RefCell<Last>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(&self.last).map(Rc::clone).map(Plugin::new).map(Box::new).map(|plugin| plugin as _)
    }
}

struct Plugin {
    last: Rc<RefCell<Last>>,
}

impl Plugin {
    fn new(last: Rc<RefCell<Last>>) -> Self {
        Plugin { last }
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.last.borrow().route.as_deref() == Some(b"admin") { //<
            self.send_http_response(403, vec![], None);
        }
        self.last.borrow_mut().route = self.get_property(vec!["xds", "route_name"]); //~
        Action::Continue
    }
}
