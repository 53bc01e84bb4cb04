//! Before the upstream has sent something the host may still connect to another one.
use proxy_wasm::traits::{Context, StreamContext};
use proxy_wasm::types::{Action, PeerType};

proxy_wasm::main! {{
    proxy_wasm::set_stream_context(|_, _| -> Box<dyn StreamContext> { Box::new(Tcp::default()) });
}}

#[derive(Default)]
struct Tcp {
    cluster: Option<Vec<u8>>,
    peer: Option<Vec<u8>>,
}

impl Context for Tcp {}

impl StreamContext for Tcp {
    fn on_new_connection(&mut self) -> Action {
        self.cluster = self.get_property(vec!["xds", "cluster_name"]); //~
        Action::Continue
    }

    fn on_downstream_data(&mut self, _: usize, _: bool) -> Action {
        self.peer = self.get_property(vec!["upstream", "address"]); //~
        Action::Continue
    }

    fn on_upstream_data(&mut self, _: usize, _: bool) -> Action {
        if self.cluster.is_none() {
            self.close_upstream();
        }
        Action::Continue
    }

    fn on_upstream_close(&mut self, _: PeerType) {
        if self.peer.as_deref() == Some(b"10.0.0.1:80") {
            self.close_downstream();
        }
    }
}
