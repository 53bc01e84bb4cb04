use proxy_wasm::traits::{Context, StreamContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_stream_context(|_, _| -> Box<dyn StreamContext> { Box::new(Tcp::default()) });
}}

#[derive(Default)]
struct Tcp {
    protocol: String,
    sent: bool,
}

impl Tcp {
    // Absent before the TLS handshake with the upstream, and for ever the same after it: what is kept is
    // asked for again until it is there.
    fn ask(&mut self) {
        if self.protocol.is_empty() {
            let bytes = self.get_property(vec!["upstream", "negotiated_protocol"]).unwrap_or_default();
            self.protocol = String::from_utf8(bytes).unwrap_or_default();
        }
    }
}

impl Context for Tcp {}

impl StreamContext for Tcp {
    fn on_downstream_data(&mut self, _: usize, _: bool) -> Action {
        self.ask();
        if self.protocol == "exchange" && !self.sent {
            self.set_downstream_data(0, 0, b"meta");
            self.sent = true;
        }
        Action::Continue
    }

    fn on_upstream_data(&mut self, _: usize, _: bool) -> Action {
        self.ask();
        if self.protocol == "exchange" {
            self.set_upstream_data(0, 0, b"meta");
        }
        Action::Continue
    }
}
