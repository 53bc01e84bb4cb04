//! A conversion from whatever turns into text takes text.
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Name {
    text: String,
}

impl<S: Into<String>> From<S> for Name {
    fn from(text: S) -> Self {
        Name { text: text.into() }
    }
}

impl Name {
    fn read(&self) -> Option<Vec<u8>> {
        hostcalls::get_property(self.text.split('.').collect()).ok().flatten()
    }
}

fn read(name: impl Into<Name>) -> Option<Vec<u8>> {
    let name: Name = name.into();
    name.read()
}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
    peer: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = read("xds.route_name"); //~
        self.peer = read("source.address");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header_bytes("x-route", self.route.as_deref());
        self.set_http_response_header_bytes("x-peer", self.peer.as_deref());
        Action::Continue
    }
}
