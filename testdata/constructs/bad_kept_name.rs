//! A kept value names what the host is asked for later.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
    cluster: String,
    vhost: String,
    note: String,
}

impl Plugin {
    fn ask(&self, name: &str) -> String {
        let value = self.get_property(vec!["xds", name]).unwrap_or_default();
        String::from_utf8_lossy(&value).into_owned()
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.ask("route_name"); //~
        self.cluster = self.ask("cluster_name"); //~
        self.vhost = self.ask("virtual_host_name"); //~
        self.note = format!("note-{}", self.ask("route_name")); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let (Some(limit), _) = self.get_shared_data(&self.route) {
            self.set_http_response_header("x-limit", std::str::from_utf8(&limit).ok());
        }
        let _ = self.set_shared_data(&self.note, Some(b"1"), None);
        let version = self.get_http_response_header(&self.vhost);
        let state = self.get_property(vec!["filter_state", &self.cluster]);
        if version.is_none() && state.is_none() {
            self.send_http_response(502, vec![], None);
        }
        Action::Continue
    }
}
