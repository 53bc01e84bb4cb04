use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    internal: bool,
}

impl Context for Plugin {}

impl Plugin {
    fn count(&self) {
        let _ = hostcalls::increment_metric(7, 1);
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let cluster = self.get_property(vec!["xds", "cluster_name"]);
        self.internal = cluster.is_some_and(|name| name.starts_with(b"internal|")); //~ warn
        Action::Continue
    }

    fn on_log(&mut self) {
        if self.internal {
            self.count();
        }
        if self.internal {
            self.count();
        }
    }
}
