//! Asked whether it was ever filled, then whether the token is the same.
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}

struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin::default()))
    }
}

#[derive(Default)]
struct Plugin {
    token: String,
    greeting: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        self.get_property(vec!["xds", "route_name"])
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default()
    }

    fn renew(&mut self) {
        let now = self.route_name();
        if self.token.is_empty() || self.token != now {
            self.greeting = format!("welcome to {now}");
            self.token = now;
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.renew();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.renew();
        self.set_http_response_header("x-greeting", Some(&self.greeting));
        Action::Continue
    }
}
