use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| -> Box<dyn HttpContext> {
        if id == 1 { Box::new(a::Plugin::new()) } else { Box::new(b::Plugin { route: None, hits: 0 }) }
    });
}}

mod a {
    use super::*;
    pub struct Plugin {
        n: u32,
    }
    impl Context for Plugin {}
    impl Plugin {
        pub fn new() -> Self {
            Plugin { n: 0 }
        }
    }
    impl HttpContext for Plugin {
        fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
            self.n += 1;
            Action::Continue
        }
    }
}

mod b {
    use super::*;
    pub struct Plugin {
        pub route: Option<Vec<u8>>,
        pub hits: u32,
    }
    impl Context for Plugin {}
    impl HttpContext for Plugin {
        fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
            let raw = self.get_property(vec!["xds", "route_name"]);
            self.route = if raw.is_some() { raw } else { Some(vec![]) };
            Action::Continue
        }
        fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
            if self.route.is_some() {
                self.set_http_response_header("x", Some("1"));
            }
            Action::Continue
        }
    }
}
