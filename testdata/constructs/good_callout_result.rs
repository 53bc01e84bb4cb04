use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::time::Duration;
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
    cluster: String,
}
impl Plugin {
    fn route(&self) -> String {
        let bytes = self.get_property(vec!["xds", "route_name"]);
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}
impl Plugin {
    fn start(&mut self) -> Action {
        let headers = vec![(":method", "GET"), (":path", "/"), (":authority", "s")];
        let sent = self.dispatch_http_call("auth", headers, None, vec![], Duration::from_secs(1));
        if sent.is_err() {
            return Action::Continue;
        }
        self.cluster = self.route();
        Action::Pause
    }
}
impl Context for Plugin {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        if self.cluster == "public" {
            self.resume_http_request();
        } else {
            self.send_http_response(401, vec![], None);
        }
    }
}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let action = self.start();
        self.add_http_request_header("x-seen", "1");
        action
    }
}
