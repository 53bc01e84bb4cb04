use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]); //~ warn
        Action::Continue
    }

    fn on_log(&mut self) {
        match self.route.as_deref() {
            Some(b"admin") => {
                let _ = hostcalls::increment_metric(1, 1);
            }
            Some(_) => {
                let _ = hostcalls::increment_metric(2, 1);
            }
            None => unreachable!("there is a route"),
        }
    }
}
