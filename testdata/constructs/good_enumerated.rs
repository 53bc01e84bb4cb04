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
        self.parts.push(Part { route, size });
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for (n, part) in self.parts.iter().enumerate() {
            self.set_http_response_header(&format!("x-size-{n}"), Some(&part.size.to_string()));
        }
        Action::Continue
    }
}
