use proxy_wasm::hostcalls;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) }); }}
struct Root;
impl Context for Root {}
impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        let route = hostcalls::get_property(vec!["xds", "route_name"]);
        if id % 100 == 0 {
            Some(Box::new(Traced {
                _route: route.ok().flatten(),
            }))
        } else {
            Some(Box::new(Plain { count: 0 }))
        }
    }
}
struct Traced {
    _route: Option<Bytes>,
}
impl Context for Traced {}
impl HttpContext for Traced {}
#[derive(Debug, Clone)]
struct Plain {
    count: u32,
}
impl Context for Plain {}
impl HttpContext for Plain {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let me = self.clone();
        self.set_http_response_header("x-state", Some(&format!("{me:?}")));
        Action::Continue
    }
}
