use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: None } }));
}}

mod show {
    pub trait Name {
        fn name(&self) -> bool;
    }
    impl Name for super::Plugin {
        fn name(&self) -> bool {
            self.route.as_deref() == Some(b"x")
        }
    }
}
use show::Name;
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.name() {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
