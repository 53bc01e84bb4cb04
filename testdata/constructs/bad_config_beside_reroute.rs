use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::sync::OnceLock;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}

static CONFIG: OnceLock<Vec<u8>> = OnceLock::new();

struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let _ = CONFIG.set(self.get_plugin_configuration().unwrap_or_default()); //~
        true
    }
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin))
    }
}

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_request_header("x", Some("1"));
        if CONFIG.get().is_some_and(|c| c == b"deny") {
            self.send_http_response(403, vec![], None);
        }
        Action::Continue
    }
}
