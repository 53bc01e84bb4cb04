use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let Some(bytes) = self.get_property(vec!["xds", "route_name"]) else {
            log::warn!("no route");
            return Action::Continue;
        };
        self.route = String::from_utf8_lossy(&bytes).into_owned();
        self.set_http_request_header("x-known", Some("1"));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
