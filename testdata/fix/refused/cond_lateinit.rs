use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin::new() }));
}}


struct Plugin {
    flag: bool,
}

impl Context for Plugin {}

impl Plugin {
    fn new() -> Self {
        let mut this = Plugin { flag: false };
        this.flag = true;
        this
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_property(vec!["xds", "route_name"]).as_deref() == Some(b"x") {
            self.flag = false;
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.flag {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
