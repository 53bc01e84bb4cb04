use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) }); }}
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
    asked: String,
    route: String,
}
impl Plugin {
    fn route(&self) -> String {
        let bytes = self.get_property(vec!["xds", "route_name"]);
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.asked = self.route();
        let mut hint = None;
        hint.get_or_insert(1);
        if hint.is_none() {
            self.route = self.route();
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
