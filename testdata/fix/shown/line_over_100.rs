use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    backend_cluster_name: Option<String>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.backend_cluster_name =
            self.get_property(vec!["xds", "cluster_name"]).map(|b| String::from_utf8_lossy(&b).into());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        match self.backend_cluster_name {
            Some(ref name) => self.set_http_response_header("x-cluster", Some(name)),
            None => self.set_http_response_header("x-cluster", Some("-")),
        }
        Action::Continue
    }
}
