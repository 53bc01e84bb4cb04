use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

static ADMIN: AtomicBool = AtomicBool::new(false);
static FLAGS: AtomicU32 = AtomicU32::new(0);
static LIMIT: AtomicU32 = AtomicU32::new(0);

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if ADMIN.swap(route == b"admin", Ordering::Relaxed) { //~
            self.set_http_request_header("x-after-admin", Some("1"));
        }
        let bits = if route.starts_with(b"a") { 1 } else { 2 };
        FLAGS.fetch_or(bits, Ordering::Relaxed); //~
        let _ = LIMIT.compare_exchange(0, route.len() as u32, Ordering::SeqCst, Ordering::SeqCst); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if FLAGS.load(Ordering::Relaxed) & 1 != 0 {
            self.set_http_response_header("x-a", Some("1"));
        }
        if LIMIT.load(Ordering::Relaxed) > 3 {
            self.set_http_response_header("x-long", Some("1"));
        }
        Action::Continue
    }
}
