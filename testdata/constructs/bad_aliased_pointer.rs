//! State that streams share by a pointer whose type has a name of its own.
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::cell::RefCell;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

type Counted<T> = Rc<RefCell<T>>;
type Last = Counted<String>;

#[derive(Default)]
struct Root {
    last: Last,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin { last: self.last.clone() }))
    }

    fn on_tick(&mut self) {
        let last = self.last.borrow();
        if last.as_str() == "maintenance" {
            let _ = self.set_shared_data("maintenance", Some(b"1"), None);
        }
    }
}

struct Plugin {
    last: Last,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        *self.last.borrow_mut() = String::from_utf8(route).unwrap_or_default(); //~
        Action::Continue
    }
}
