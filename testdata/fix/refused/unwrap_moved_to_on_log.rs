use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use log::info;

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        let bytes = self.get_property(vec!["xds", "route_name"]).unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.route_name();
        Action::Continue
    }

    fn on_log(&mut self) {
        info!("route={}", self.route);
    }
}
