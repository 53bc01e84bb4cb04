use proxy_wasm::traits::*;
use proxy_wasm::types::*;
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

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route_name().unwrap_or_default();
        self.id = self
            .dispatch_http_call(&r, vec![], None, vec![], std::time::Duration::from_secs(1))
            .unwrap_or(0);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.id == 3 {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
