//! Asks for the cluster in the stream.

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Root;

impl Context for Root {}

impl RootContext for Root {
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
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let zone = self.get_property(vec!["xds", "cluster_name"]);
        let zone = zone.as_deref().unwrap_or(b"none");
        let zone = String::from_utf8_lossy(zone);
        self.set_http_response_header("x-zone", Some(&zone));
        Action::Continue
    }
}
