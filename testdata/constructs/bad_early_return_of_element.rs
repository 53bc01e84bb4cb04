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
    hosts: Vec<String>,
    host: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        self.get_property(vec!["xds", "route_name"])
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default()
    }

    fn host(&self) -> String {
        if self.route_name() == "admin" {
            return self.hosts[0].clone();
        }
        self.hosts[1].clone()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let headers = self.get_http_request_headers();
        self.hosts = headers.into_iter().map(|(_, value)| value).collect();
        self.host = self.host(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-host", Some(&self.host));
        Action::Continue
    }
}
