use log::info;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
    n: u32,
}
impl Plugin {
    fn fresh(n: u32) -> Self {
        Self {
            n,
            ..Default::default()
        }
    }
}
impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        *self = Self::fresh(self.n + 1);
        self.route = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        info!("{} {}", self.n, self.route);
        Action::Continue
    }
}
