use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use uuid::Uuid;

#[derive(Default)]
struct Plugin {
    tag: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.tag = format!("{}-{}", self.route_name(), Uuid::new_v4());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-trace", Some(&self.tag));
        Action::Continue
    }

    fn on_log(&mut self) {
        log::info!("trace={}", self.tag);
    }
}
