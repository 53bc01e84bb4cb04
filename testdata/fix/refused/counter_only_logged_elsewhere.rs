use log::info;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    gold: bool,
    misses: u32,
}
impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default()
            == "gold"
        {
            self.gold = true;
        } else {
            self.misses += 1;
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.gold {
            info!("gold");
        }
        Action::Continue
    }
    fn on_log(&mut self) {
        info!("{}", self.misses);
    }
}
