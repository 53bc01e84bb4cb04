use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::time::Duration;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default)]
struct F {
    cluster: Option<Vec<u8>>,
}
impl Context for F {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        self.set_http_request_header_bytes("x", self.cluster.as_deref());
        self.resume_http_request();
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.cluster = self.get_property(vec!["xds", "cluster_name"]);
        let _ = self.dispatch_http_call(
            "authz",
            vec![(":method", "GET"), (":path", "/"), (":authority", "authz")],
            None,
            vec![],
            Duration::from_millis(500),
        );
        Action::Pause
    }
}
