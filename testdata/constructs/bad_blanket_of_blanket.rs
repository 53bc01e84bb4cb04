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
    route: String,
}
trait Routed {
    fn route(&self) -> String;
}
impl<T: HttpContext> Routed for T {
    fn route(&self) -> String {
        let bytes = self.get_property(vec!["xds", "route_name"]);
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}
trait Shown {
    fn shown_route(&self) -> String;
}
impl<T: Routed> Shown for T {
    fn shown_route(&self) -> String {
        format!("route {}", self.route())
    }
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.shown_route(); //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
