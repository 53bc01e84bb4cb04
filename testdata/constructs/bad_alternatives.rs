use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

enum Kind {
    Route,
    Cluster,
    Plugin,
}

#[derive(Default)]
struct Plugin {
    first: Option<Vec<u8>>,
    last: Option<Vec<u8>>,
    plugin: Option<Vec<u8>>,
}

impl Plugin {
    fn ask(&self, kind: Kind) -> Option<Vec<u8>> {
        if matches!(kind, Kind::Route | Kind::Cluster) {
            self.get_property(vec!["xds", "route_name"])
        } else {
            self.get_property(vec!["plugin_name"])
        }
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.first = self.ask(Kind::Route); //~
        self.last = self.ask(Kind::Cluster); //~
        self.plugin = self.ask(Kind::Plugin);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for value in [&self.first, &self.last, &self.plugin] {
            self.set_http_response_header_bytes("x-value", value.as_deref());
        }
        Action::Continue
    }
}
