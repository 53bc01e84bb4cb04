use std::cell::RefCell;
use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

// The runtime finds the start in a table.
#[used]
static START: fn(usize) = begin;

fn begin(arguments: usize) {
    if arguments > 0 {
        register(|_| Box::new(Root::default()));
    }
}

fn register(make: fn(u32) -> Box<dyn RootContext>) {
    proxy_wasm::set_root_context(make);
}

#[derive(Default)]
struct Root {
    last: Rc<RefCell<Option<Vec<u8>>>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin { last: self.last.clone() }))
    }
}

struct Plugin {
    last: Rc<RefCell<Option<Vec<u8>>>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.last.borrow().as_deref() == Some(b"admin") { //<
            self.send_http_response(403, vec![], None);
        }
        *self.last.borrow_mut() = self.get_property(vec!["xds", "route_name"]); //~
        Action::Continue
    }
}
