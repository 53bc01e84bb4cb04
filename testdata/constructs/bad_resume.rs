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
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin::default()))
    }
}
#[derive(Default)]
struct Plugin {}
impl Context for Plugin {
    fn on_http_call_response(&mut self, t: u32, _: usize, _: usize, _: usize) {
        if let Some(r) = WAIT.with(|w| w.borrow_mut().remove(&t)) {
            self.set_http_response_header("x", Some(&r));
        }
    }
}
impl Plugin {
    fn route_name(&self) -> Option<String> {
        self.get_property(vec!["route_name"])
            .and_then(|b| String::from_utf8(b).ok())
    }
}
thread_local! { static WAIT: RefCell<HashMap<u32, String>> = RefCell::new(HashMap::new()); }
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route_name().unwrap_or_default();
        if let Ok(t) =
            self.dispatch_http_call("c", vec![], None, vec![], std::time::Duration::from_secs(1))
        {
            WAIT.with(|w| w.borrow_mut().insert(t, r)); //~
        }
        Action::Continue
    }
}
