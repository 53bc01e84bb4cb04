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
        Some(Box::new(Plugin::default()))
    }
}
#[derive(Default)]
struct Plugin {
    route: String,
}
impl Context for Plugin {}
trait Ext: Context {
    fn rn(&self) -> String {
        self.get_property(vec!["xds", "route_name"])
            .map(|b| String::from_utf8_lossy(&b).into_owned())
            .unwrap_or_default()
    }
}
impl<T: Context> Ext for T {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.rn(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x", Some(&self.route));
        Action::Continue
    }
}
