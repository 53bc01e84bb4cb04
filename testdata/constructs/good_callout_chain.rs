use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::time::Duration;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F::default()) }); }}
#[derive(Default)]
enum St {
    #[default]
    Idle,
    Token {
        cluster: String,
    },
    Check {
        cluster: String,
    },
}
#[derive(Default)]
struct F {
    st: St,
}
impl F {
    fn call(&self, p: &str) -> bool {
        self.dispatch_http_call(
            "a",
            vec![(":method", "GET"), (":path", p), (":authority", "s")],
            None,
            vec![],
            Duration::from_secs(1),
        )
        .is_ok()
    }
}
impl Context for F {
    fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {
        match std::mem::take(&mut self.st) {
            St::Token { cluster } => {
                if self.call(&cluster) {
                    self.st = St::Check { cluster };
                } else {
                    self.resume_http_request();
                }
            }
            St::Check { cluster } => {
                self.set_http_request_header("x-c", Some(&cluster));
                self.resume_http_request();
            }
            St::Idle => {}
        }
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let cluster = String::from_utf8(
            self.get_property(vec!["xds", "cluster_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        if self.call("/token") {
            self.st = St::Token { cluster };
            return Action::Pause;
        }
        Action::Continue
    }
}
