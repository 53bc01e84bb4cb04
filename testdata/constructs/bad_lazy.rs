use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::sync::Mutex;
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
impl Context for Plugin {}
impl Plugin {
    fn route_name(&self) -> Option<String> {
        self.get_property(vec!["route_name"])
            .and_then(|b| String::from_utf8(b).ok())
    }
}
lazy_static::lazy_static! { static ref L: Mutex<String> = Mutex::new(String::new()); }
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut g = L.lock().unwrap();
        *g = self.route_name().unwrap_or_default(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let v = L.lock().unwrap().clone();
        self.set_http_response_header("x", Some(&v));
        Action::Continue
    }
}
