use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Part {
    route: Option<Vec<u8>>,
    size: usize,
}

#[derive(Default)]
struct Plugin {
    parts: Vec<Part>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, size: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        self.parts.push(Part { route, size }); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for (n, part) in self.parts.iter().enumerate() {
            let name = format!("x-{n}-{}", part.size);
            self.set_http_response_header_bytes(&name, part.route.as_deref());
        }
        Action::Continue
    }
}
