use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    rank: usize,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let mut order: Vec<&[u8]> = vec![b"b", b"a", b"c"];
        order.sort();
        self.rank = order.iter().position(|name| *name == route).unwrap_or(9);
        let first = String::from_utf8_lossy(order[0]).into_owned();
        self.set_http_request_header("x-first", Some(&first));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-rank", Some(&self.rank.to_string()));
        Action::Continue
    }
}
