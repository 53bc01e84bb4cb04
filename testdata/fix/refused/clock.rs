use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { kept: (0, vec![]) } }));
}}

struct Clock;
impl Clock {
    fn stamp(&self) -> u64 {
        std::time::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs())
    }
}
struct Plugin {
    kept: (u64, Vec<u8>),
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.kept = (Clock.stamp(), self.get_property(vec!["xds", "route_name"]).unwrap_or_default());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.kept.1 == b"x" && self.kept.0 > 4 {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
