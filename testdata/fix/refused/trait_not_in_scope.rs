use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: None } }));
}}

mod head {
    use proxy_wasm::traits::Context;
    pub trait Keep {
        fn keep(&mut self);
    }
    impl Keep for super::Plugin {
        fn keep(&mut self) {
            match self.get_property(vec!["xds", "route_name"]) {
                Some(r) => self.route = Some(r),
                None => self.route = None,
            }
        }
    }
}
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        head::Keep::keep(self);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
