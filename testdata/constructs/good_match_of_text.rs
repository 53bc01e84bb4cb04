use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    name: Option<Vec<u8>>,
}

impl Plugin {
    fn ask(&self, what: &str) -> Option<Vec<u8>> {
        if what == "route" {
            return self.get_property(vec!["xds", "route_name"]);
        }
        match what {
            "cluster" => self.get_property(vec!["xds", "cluster_name"]),
            _ => self.get_property(vec!["plugin_name"]),
        }
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.name = self.ask("plugin");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header_bytes("x-name", self.name.as_deref());
        Action::Continue
    }
}
