// expected: silent
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    seen: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        self.seen = Some(route);
        Action::Continue
    }

    fn on_log(&mut self) {
        let now = self.get_property(vec!["route_name"]).unwrap_or_default();
        if *self.seen.as_ref().unwrap() != now {
            proxy_wasm::hostcalls::log(proxy_wasm::types::LogLevel::Warn, "rerouted").ok();
        }
    }
}
