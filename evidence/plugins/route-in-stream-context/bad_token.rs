//! A token that does not cover the value: the route name stays while the cluster moves.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
    cluster: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl Plugin {
    fn refresh(&mut self) {
        let now = self.get_property(vec!["xds", "route_name"]);
        if self.route != now {
            self.route = now;
            self.cluster = self.get_property(vec!["xds", "cluster_name"]);
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.refresh();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.refresh();
        if self.cluster.as_deref() == Some(b"canary") {
            self.set_http_response_header("x-canary", Some("1"));
        }
        Action::Continue
    }
}
