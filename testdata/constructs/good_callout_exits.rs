use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::time::Duration;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default)]
struct F {
    cluster: String,
}
impl Context for F {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        let ok = self.get_http_call_response_header(":status").as_deref() == Some("200");
        if ok || self.cluster == "public" {
            self.resume_http_request()
        } else {
            self.send_http_response(401, vec![], None)
        }
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.cluster = String::from_utf8(
            self.get_property(vec!["xds", "cluster_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        if let Err(e) = self.dispatch_http_call(
            "authz",
            vec![(":method", "GET"), (":path", "/"), (":authority", "authz")],
            None,
            vec![],
            Duration::from_millis(500),
        ) {
            log::warn!("{e:?}");
            self.send_http_response(500, vec![], None);
        }
        Action::Pause
    }
}
