//! The second `bad` example, mended: asks for the cluster where it uses it.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let cluster = self
            .get_property(vec!["xds", "cluster_name"])
            .unwrap_or_default();
        if cluster.starts_with(b"canary") {
            self.set_http_response_header("x-canary", Some("1"));
        }
        Action::Continue
    }
}
