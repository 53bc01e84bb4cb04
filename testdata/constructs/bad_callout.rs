use proxy_wasm::traits::*;
use proxy_wasm::types::*;
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
struct Plugin {
    pend: HashMap<u32, String>,
}
impl Context for Plugin {
    fn on_http_call_response(&mut self, t: u32, _: usize, _: usize, _: usize) {
        if let Some(r) = self.pend.remove(&t) {
            self.set_http_request_header("x", Some(&r));
        }
    }
}
impl Plugin {
    fn route_name(&self) -> Option<String> {
        self.get_property(vec!["route_name"])
            .and_then(|b| String::from_utf8(b).ok())
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if let (Some(r), Ok(t)) = (
            self.route_name(),
            self.dispatch_http_call("c", vec![], None, vec![], std::time::Duration::from_secs(1)),
        ) {
            self.pend.insert(t, r); //~
        }
        Action::Continue
    }
}
