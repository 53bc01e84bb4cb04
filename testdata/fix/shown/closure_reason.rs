use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    on_response: Option<Box<dyn Fn(&Plugin)>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.on_response = Some(Box::new(move |plugin| {
            if route.starts_with(b"admin") {
                plugin.set_http_response_header("cache-control", Some("no-store"));
            }
        }));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(callback) = self.on_response.take() {
            callback(self);
        }
        Action::Continue
    }
}
