use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::{cell::RefCell, collections::VecDeque};
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(F) }); }}
thread_local! { static RECENT: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) }; }
struct F;
impl Context for F {}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let c = String::from_utf8(
            self.get_property(vec!["xds", "cluster_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        let burst = RECENT.with_borrow_mut(|q| {
            q.push_back(c.clone());
            if q.len() > 100 {
                q.pop_front();
            }
            q.iter().filter(|x| **x == c).count()
        });
        if burst > 50 {
            self.send_http_response(429, vec![], None);
            return Action::Pause;
        }
        Action::Continue
    }
}
