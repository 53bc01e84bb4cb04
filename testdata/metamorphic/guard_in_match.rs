// expected: silent
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    strict: bool,
    token: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl Plugin {
    fn refresh(&mut self) {
        let now = self.get_property(vec!["route_name"]);
        match self.token != now {
            true => {
                self.strict = now.as_deref() == Some(b"admin");
                self.token = now;
            }
            false => {}
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.refresh();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.refresh();
        if self.strict {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
