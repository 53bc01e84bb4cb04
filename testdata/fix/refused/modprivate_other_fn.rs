use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: None } }));
}}

mod head {
    use proxy_wasm::traits::Context;
    fn clean(v: Option<Vec<u8>>) -> Option<Vec<u8>> {
        v.filter(|v| !v.is_empty())
    }
    impl super::Plugin {
        pub fn keep(&mut self) {
            self.route = clean(self.get_property(vec!["xds", "route_name"]));
        }
    }
}
fn clean(v: Option<Vec<u8>>) -> Option<Vec<u8>> {
    v.map(|_| vec![1])
}
pub fn used() -> usize {
    clean(None).map_or(0, |v| v.len())
}
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.keep();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
