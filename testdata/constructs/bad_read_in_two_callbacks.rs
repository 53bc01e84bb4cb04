use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| -> Box<dyn HttpContext> { Box::new(Plugin { at: id }) });
}}

struct Plugin {
    at: u32,
}

impl Plugin {
    fn run(&mut self, phase: u32) -> Action {
        if self.at != phase {
            return Action::Continue;
        }
        let path = self.get_http_request_header(":path").unwrap_or_default(); //~
        if path == "/wait" {
            return Action::Pause;
        }
        Action::Continue
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.run(1)
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.run(2)
    }
    fn on_http_response_body(&mut self, _: usize, _: bool) -> Action {
        self.run(3)
    }
}
