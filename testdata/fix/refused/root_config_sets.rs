use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(Root { limit: 0 }));
}}

struct Root {
    limit: usize,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, n: usize) -> bool {
        self.limit = n;
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let mut p = Plugin::default();
        p.configure(self.limit);
        Some(Box::new(p))
    }
}

#[derive(Default)]
struct Plugin {
    limit: usize,
}

impl Plugin {
    fn configure(&mut self, limit: usize) {
        self.limit = limit;
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_property(vec!["xds", "route_name"]).as_deref() == Some(b"x") {
            self.limit = 9;
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.limit > 3 {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
