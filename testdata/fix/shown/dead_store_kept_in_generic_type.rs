use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin { namer: Lower, route: String::new() }) });
}}

trait Namer {
    fn name(&self, raw: Vec<u8>) -> String;
}

struct Lower;

impl Namer for Lower {
    fn name(&self, raw: Vec<u8>) -> String {
        String::from_utf8(raw).unwrap_or_default().to_lowercase()
    }
}

struct Plugin<N: Namer> {
    namer: N,
    route: String,
}

impl<N: Namer> Context for Plugin<N> {}

impl<N: Namer> HttpContext for Plugin<N> {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let raw = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.route = self.namer.name(raw);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
