use std::time::Duration;

use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) }); }}
// The request went on: the answer to the second callout comes when it may have another route.
#[derive(Default)]
struct Plugin {
    first: Option<u32>,
    route: Option<Vec<u8>>,
}
impl Plugin {
    fn ask(&self, path: &str) -> Option<u32> {
        let headers = vec![(":path", path), (":authority", "quota")];
        let asked = self.dispatch_http_call("quota", headers, None, vec![], Duration::from_secs(1));
        asked.ok()
    }
}
impl Context for Plugin {
    fn on_http_call_response(&mut self, token: u32, _: usize, _: usize, _: usize) {
        if self.first == Some(token) {
            self.route = self.get_property(vec!["xds", "route_name"]); //~
            self.ask("/second");
        } else if let Some(route) = &self.route { //<
            self.set_property(vec!["quota", "route"], Some(route));
        }
    }
}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.first = self.ask("/first");
        Action::Continue
    }
}
