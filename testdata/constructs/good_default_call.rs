use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| -> Box<dyn HttpContext> { Box::new(Plugin::new(id)) });
}}

#[derive(Default)]
struct Flags {
    seen: Option<(Vec<u8>, bool)>,
    calls: u32,
}

struct Plugin {
    id: u32,
    cache: Option<(Vec<u8>, bool)>,
    flags: Flags,
}

impl Plugin {
    fn new(id: u32) -> Self {
        Self {
            id,
            cache: Default::default(),
            flags: Flags {
                calls: 1,
                ..Default::default()
            },
        }
    }

    fn is_admin(&mut self) -> bool {
        let now = self.get_property(vec!["route_name"]).unwrap_or_default();
        if self.cache.as_ref().map(|c| c.0 != now).unwrap_or(true) {
            self.cache = Some((now.clone(), now == b"admin"));
        }
        self.cache.as_ref().is_some_and(|c| c.1)
    }

    fn is_seen(&mut self) -> bool {
        let now = self.get_property(vec!["route_name"]).unwrap_or_default();
        if self.flags.seen.as_ref().map(|c| c.0 != now).unwrap_or(true) {
            self.flags.seen = Some((now.clone(), now == b"seen"));
        }
        self.flags.seen.as_ref().is_some_and(|c| c.1)
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let (admin, seen) = (self.is_admin(), self.is_seen());
        log::debug!("{} {} {admin} {seen}", self.id, self.flags.calls);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.is_admin() {
            self.set_http_response_header("x-admin", Some("1"));
        }
        if self.is_seen() {
            self.set_http_response_header("x-seen", Some("1"));
        }
        Action::Continue
    }
}
