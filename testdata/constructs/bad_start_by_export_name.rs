use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::cell::RefCell;
use std::rc::Rc;

#[cfg_attr(
    all(target_arch = "wasm32", target_vendor = "unknown", target_os = "unknown"),
    export_name = "_start"
)]
extern "C" fn start() {
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Plugin::new()) });
}

struct Plugin {
    shared: Rc<RefCell<Option<Vec<u8>>>>,
}

impl Plugin {
    fn new() -> Self {
        Plugin { shared: Rc::new(RefCell::new(None)) }
    }
}

impl Context for Plugin {}

impl RootContext for Plugin {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin { shared: self.shared.clone() }))
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.shared.borrow().as_deref() == Some(b"admin") {
            self.send_http_response(403, vec![], None);
        }
        *self.shared.borrow_mut() = self.get_property(vec!["xds", "route_name"]); //~
        Action::Continue
    }
}
