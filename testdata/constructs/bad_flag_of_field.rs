use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Flags {
    internal: bool,
}

impl Flags {
    fn mark(&mut self) {
        self.internal = true; //~
    }
}

#[derive(Default)]
struct Plugin {
    flags: Flags,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        if route.starts_with(b"internal") {
            let flags = &mut self.flags;
            flags.mark();
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.flags.internal {
            self.set_http_response_header("x-internal", Some("1"));
        }
        Action::Continue
    }
}
