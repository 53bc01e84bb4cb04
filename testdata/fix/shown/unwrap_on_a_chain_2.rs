use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        let route = self
            .get_property(vec!["xds", "route_name"])
            .expect("a route name");
        if route == b"admin" {
            self.set_http_request_header("x-admin", Some("1"));
        }
        Action::Continue
    }
}
