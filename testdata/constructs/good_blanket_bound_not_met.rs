//! What is given to all that are marked is not given to a plugin that is not, through however many traits.
use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

trait Marked {}

trait Routed {
    fn route(&self) -> Option<Vec<u8>>;
}

impl<T: Marked + Context> Routed for T {
    fn route(&self) -> Option<Vec<u8>> {
        self.get_property(vec!["xds", "route_name"])
    }
}

trait ByRoute {
    fn label(&self) -> Option<Vec<u8>>;
}

impl<T: Routed> ByRoute for T {
    fn label(&self) -> Option<Vec<u8>> {
        self.route()
    }
}

trait ByPlugin {
    fn label(&self) -> Option<Vec<u8>>;
}

impl<T: Context> ByPlugin for T {
    fn label(&self) -> Option<Vec<u8>> {
        self.get_property(vec!["plugin_name"])
    }
}

#[derive(Default)]
struct Plugin {
    label: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.label = self.label();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header_bytes("x-label", self.label.as_deref());
        Action::Continue
    }
}
