// expected: silent
use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {
    { proxy_wasm::set_root_context(| _ | -> Box < dyn RootContext > {
    Box::new(Root::default()) }); }
}
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
struct Plugin {
    cache: Option<Option<(String, bool)>>,
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
        let now = self.route_name().unwrap_or_default();
        if (*self.cache.as_ref().unwrap())
            .as_ref()
            .map(|c| c.0 != now)
            .unwrap_or(true)
        {
            self.cache = Some(Some((now.clone(), now == "a")));
        }
        if (*self.cache.as_ref().unwrap()).as_ref().unwrap().1 {
            self.set_http_request_header("x", Some("1"));
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let now = self.route_name().unwrap_or_default();
        if (*self.cache.as_ref().unwrap())
            .as_ref()
            .map(|c| c.0 != now)
            .unwrap_or(true)
        {
            self.cache = Some(Some((now.clone(), now == "a")));
        }
        if (*self.cache.as_ref().unwrap()).as_ref().unwrap().1 {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
impl Default for Plugin {
    fn default() -> Self {
        Self {
            cache: Some(Default::default()),
        }
    }
}
