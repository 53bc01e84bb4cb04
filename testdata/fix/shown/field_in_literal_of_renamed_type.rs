use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(build::new_filter()) });
}}

mod build {
    use super::Plugin as Filter;

    pub fn new_filter() -> Filter {
        Filter { hits: 0, route: None }
    }
}

struct Plugin {
    hits: u32,
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.hits += 1;
        self.route = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"admin") {
            self.set_http_response_header("x-hits", Some(&self.hits.to_string()));
        }
        Action::Continue
    }
}
