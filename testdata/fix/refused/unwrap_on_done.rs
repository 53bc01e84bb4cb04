use log::info;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    first: String,
    n: u32,
}
impl Context for Plugin {
    fn on_done(&mut self) -> bool {
        info!("{} {}", self.n, self.first);
        true
    }
}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.n += 1;
        self.first = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default()
        .split('-')
        .nth(1)
        .unwrap()
        .to_string();
        Action::Continue
    }
}
