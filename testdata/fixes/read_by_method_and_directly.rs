// holds
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}

pub struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        let _ = id;
        Some(Box::new(Plugin::default()))
    }
}

#[derive(Default)]
struct Plugin {
    hits: u32,
    route: String,
    cluster: String,
}

impl Context for Plugin {}

impl Plugin {
    fn read_route(&self) -> Option<String> { self.get_property(vec!["xds", "route_name"]).and_then(|b| String::from_utf8(b).ok()) }

    fn tag_route(&self) -> String {
        String::from(self.route.as_str())
    }

    fn read_cluster(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, end: bool) -> Action {
        self.route = self.read_route().unwrap_or_default();
        self.cluster = self.read_cluster().unwrap_or_default();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(self.route.as_str()));
        let tag = self.tag_route();
        self.set_http_response_header("x-route", Some(&tag));
        self.set_http_response_header("x-cluster", Some(self.cluster.as_str()));
        Action::Continue
    }
}
