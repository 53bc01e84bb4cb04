use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::cell::RefCell;
use std::collections::HashMap;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) }); }}
#[derive(Default)]
struct Root;
impl Context for Root {}
impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin { id }))
    }
}
#[derive(Default)]
struct Plugin {
    id: u32,
}
impl Context for Plugin {}
impl Plugin {
    fn route_name(&self) -> Option<String> {
        self.get_property(vec!["route_name"])
            .and_then(|b| String::from_utf8(b).ok())
    }
}
thread_local! { static S: RefCell<HashMap<u32, String>> = RefCell::new(HashMap::new()); }
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route_name().unwrap_or_default();
        S.with(|c| c.borrow_mut().insert(self.id, r));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let r = S.with(|c| c.borrow_mut().remove(&self.id));
        self.set_http_response_header("x", r.as_deref());
        Action::Continue
    }
}
