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
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let r = self.get_property(vec!["xds", "route_name"]);
        Some(Box::new(Q::new(r)))
    }
}
#[derive(Default)]
struct Plugin {}
impl Context for Plugin {}
struct Q {
    r: Option<Vec<u8>>,
}
impl Context for Q {}
impl HttpContext for Q {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.r.is_some() {
            self.set_http_response_header("a", Some("b"));
        }
        Action::Continue
    }
}
impl Q {
    fn new(r: Option<Vec<u8>>) -> Self {
        Self { r } //~
    }
}
impl HttpContext for Plugin {}
