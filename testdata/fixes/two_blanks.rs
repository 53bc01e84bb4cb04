// holds
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    hits: u32,
    paid: Option<String>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let bytes = self.get_property(vec!["xds", "route_name"]);
        self.paid = bytes.and_then(|b| String::from_utf8(b).ok());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-paid", Some(self.paid.as_deref().unwrap_or("none")));
        Action::Continue
    }
}
