use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
    cluster: String,
    vhost: String,
}

impl Context for Plugin {}

impl Plugin {
    fn prop(&self, name: &str) -> String {
        self.get_property(vec!["xds", name])
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_else(|| "-".to_string())
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {
        self.route = self.prop("route_name");
        self.cluster = self.prop("cluster_name");
        self.vhost = self.prop("virtual_host_name");
        Action::Continue
    }

    fn on_log(&mut self) {
        log::info!(
            "route={} cluster={} vhost={}",
            self.route,
            self.cluster,
            self.vhost
        );
    }
}
