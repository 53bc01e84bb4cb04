use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new(Plugin { route: None, peer: Peer { on: id > 3 } }));
}}

struct Peer {
    on: bool,
}

impl Peer {
    fn feed(&self, p: &mut Plugin) {
        if self.on {
            p.keep();
        }
    }
}

struct Plugin {
    route: Option<Vec<u8>>,
    peer: Peer,
}

impl Context for Plugin {}

impl Plugin {
    fn keep(&mut self) {
        self.route = self.get_property(vec!["xds", "route_name"]);
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let peer = std::mem::replace(&mut self.peer, Peer { on: false });
        peer.feed(self);
        self.peer = peer;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
