use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; S { route: None } }));
}}

mod st {
    use std::option::Option as Maybe;
    pub struct S {
        pub(super) route: Maybe<Vec<u8>>,
    }
}
use st::S;

impl Context for S {}

impl HttpContext for S {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]).filter(|r| !r.is_empty());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
