use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::collections::HashMap;
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
static CNT: Mutex<Option<HashMap<String, u64>>> = Mutex::new(None);
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route_name().unwrap_or_default();
        let mut g = CNT.lock().unwrap();
        let m = g.get_or_insert_with(HashMap::new);
        let n = m.get(&r).copied().unwrap_or(0);
        m.insert(r.clone(), n + 1);
        if n > 10 {
            self.send_http_response(429, vec![], None);
        }
        Action::Continue
    }
}
