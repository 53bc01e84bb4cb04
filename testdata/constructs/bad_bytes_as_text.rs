//! Kept bytes are looked at as text, and kept text as a copy, in a later callback.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Vec<u8>,
    cluster: Vec<u8>,
    vhost: Vec<u8>,
    upstream: Vec<u8>,
    name: String,
}

impl Plugin {
    fn ask(&self, path: Vec<&str>) -> Vec<u8> {
        self.get_property(path).unwrap_or_default()
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        self.route = self.ask(vec!["xds", "route_name"]); //~
        self.cluster = self.ask(vec!["xds", "cluster_name"]); //~
        self.vhost = self.ask(vec!["xds", "virtual_host_name"]); //~
        self.upstream = self.ask(vec!["upstream", "address"]); //~
        self.name = String::from_utf8(self.ask(vec!["route_name"])).unwrap_or_default(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = String::from_utf8_lossy(&self.route);
        if route == "beta" {
            self.set_http_response_header("x-beta", Some("1"));
        }
        self.set_http_response_header("x-cluster", std::str::from_utf8(&self.cluster).ok());
        if let Ok("internal") = std::str::from_utf8(&self.vhost) {
            self.set_http_response_header("server", None);
        }
        let upstream = str::from_utf8(&self.upstream).unwrap_or_default();
        match upstream {
            "10.0.0.1:80" => self.send_http_response(503, vec![], None),
            _ => log::debug!("served"),
        }
        let name = String::from(&self.name);
        if name.is_empty() {
            self.send_http_response(404, vec![], None);
        }
        Action::Continue
    }
}
