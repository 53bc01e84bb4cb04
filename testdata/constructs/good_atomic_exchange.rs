use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

static ADMIN: AtomicBool = AtomicBool::new(false);
static WARNED: AtomicBool = AtomicBool::new(false);
static HITS: AtomicU64 = AtomicU64::new(0);
static SINCE: AtomicUsize = AtomicUsize::new(0);

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        // What was there is dropped; what is there now is of this request.
        ADMIN.swap(route == b"admin", Ordering::Relaxed);
        if ADMIN.load(Ordering::Relaxed) {
            self.set_http_request_header("x-admin", Some("1"));
        }
        // A count, not a decision.
        if route == b"admin" {
            HITS.fetch_add(1, Ordering::Relaxed);
        }
        // Once, whichever request is the first.
        if route == b"legacy" && !WARNED.swap(true, Ordering::Relaxed) {
            log::warn!("the legacy route is in use");
        }
        SINCE.fetch_or(1, Ordering::Relaxed);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if HITS.load(Ordering::Relaxed) > 1000 && SINCE.swap(0, Ordering::Relaxed) > 0 {
            self.set_http_response_header("x-busy", Some("1"));
        }
        Action::Continue
    }
}
