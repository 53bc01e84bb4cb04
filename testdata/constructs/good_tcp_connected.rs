//! Once the upstream has sent something a connection keeps it to its end.
use proxy_wasm::traits::{Context, StreamContext};
use proxy_wasm::types::{Action, PeerType};

proxy_wasm::main! {{
    proxy_wasm::set_stream_context(|_, _| -> Box<dyn StreamContext> { Box::new(Tcp::default()) });
}}

#[derive(Default)]
struct Tcp {
    peer: Option<String>,
    internal: bool,
    cluster: Option<Vec<u8>>,
    received: usize,
}

impl Context for Tcp {
    fn on_done(&mut self) -> bool {
        if self.cluster.as_deref() == Some(b"spare") {
            let _ = self.set_shared_data("spare-used", Some(b"1"), None);
        }
        true
    }
}

impl StreamContext for Tcp {
    fn on_upstream_data(&mut self, size: usize, _: bool) -> Action {
        if self.peer.is_none() {
            let address = self.get_property(vec!["upstream", "address"]);
            self.peer = address.and_then(|bytes| String::from_utf8(bytes).ok());
            self.internal = self.peer.as_deref().is_some_and(|peer| peer.starts_with("10."));
        }
        self.received += size;
        if !self.internal && self.received > 1 << 20 {
            self.close_downstream();
        }
        Action::Continue
    }

    fn on_upstream_close(&mut self, _: PeerType) {
        self.cluster = self.get_property(vec!["xds", "cluster_name"]);
        if self.peer.is_none() {
            self.close_downstream();
        }
    }
}
