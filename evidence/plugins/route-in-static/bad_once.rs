//! The first stream fills a cell for all that follow.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::sync::OnceLock;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

static ROUTE: OnceLock<Vec<u8>> = OnceLock::new();

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = ROUTE.get_or_init(|| {
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default()
        });
        let route = String::from_utf8_lossy(route);
        self.set_http_response_header("x-route", Some(&route));
        Action::Continue
    }
}
