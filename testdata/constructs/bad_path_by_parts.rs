//! A property path that is cut, copied part by part, kept, and handed on as references.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Path {
    parts: Vec<String>,
}

impl Path {
    fn new(dotted: &str) -> Self {
        let owned = dotted.split('.').map(|part| part.to_string()).collect::<Vec<String>>();
        Self { parts: owned }
    }

    fn cluster() -> Self {
        Self { parts: vec!["xds".to_string(), String::from("cluster_name")] }
    }

    fn read(&self, context: &dyn Context) -> Option<Vec<u8>> {
        context.get_property(self.parts.iter().map(|part| part.as_str()).collect())
    }
}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
    cluster: Option<Vec<u8>>,
    vhost: Option<Vec<u8>>,
}

impl Plugin {
    fn ask(&self, dotted: &str) -> Option<Vec<u8>> {
        let parts: Vec<String> = dotted.split('.').map(String::from).collect();
        self.get_property(parts.iter().map(AsRef::as_ref).collect())
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = Path::new("xds.route_name").read(self); //~
        self.cluster = Path::cluster().read(self); //~
        self.vhost = self.ask("xds.virtual_host_name"); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.is_some() && self.cluster != self.vhost {
            self.set_http_response_header("x-seen", Some("1"));
        }
        Action::Continue
    }
}
