use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    tenant: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut labels = vec![];
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let route = String::from_utf8_lossy(&route);
        labels.push(route.to_string());
        self.tenant = labels.join("/");
        labels.push("request".to_string());
        let all = labels.join("/");
        self.set_http_request_header("x-labels", Some(&all));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-tenant", Some(&self.tenant));
        Action::Continue
    }
}
