use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
static mut SEQUENCE: u32 = 0;

#[derive(Default)]
struct Plugin {
    label: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        unsafe { SEQUENCE += 1 };
        self.label = format!("{}-{}", self.route_name(), unsafe { SEQUENCE });
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-label", Some(&self.label));
        Action::Continue
    }
}
