// expected: silent
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        match route.is_some() {
            true => {
                let route = route.unwrap();
                self.set_http_request_header_bytes("x-route", Some(&route));
            }
            false => {}
        }
        Action::Continue
    }
}
