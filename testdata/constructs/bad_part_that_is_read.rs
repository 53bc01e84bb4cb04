use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct First {
    internal: bool,
    route: Vec<u8>,
}

struct Last {
    route: Vec<u8>,
    internal: bool,
}

#[derive(Default)]
struct Plugin {
    first: Option<First>,
    last: Option<Last>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let internal = route.starts_with(b"internal");
        let first = First { internal, route: route.clone() };
        self.first = Some(first); //~
        let last = Last { route, internal };
        self.last = Some(last); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let (Some(first), Some(last)) = (&self.first, &self.last) {
            if first.internal || last.internal {
                self.set_http_response_header("x-internal", Some("1"));
            }
        }
        Action::Continue
    }
}
