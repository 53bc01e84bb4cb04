use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::cell::RefCell;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Root {
    last: Rc<RefCell<Option<String>>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        let _ = id;
        Some(Box::new(Plugin {
            last: self.last.clone(),
        }))
    }
}

struct Plugin {
    last: Rc<RefCell<Option<String>>>,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        *self.last.borrow_mut() = self.route_name();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", self.last.borrow().as_deref());
        Action::Continue
    }
}
