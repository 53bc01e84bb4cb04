use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

macro_rules! bump {
    ($this:expr) => {
        $this.level += 1
    };
}

#[derive(Default)]
struct Plugin {
    level: u32,
    label: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.label = format!("{:?}@{}", self.get_property(vec!["xds", "route_name"]), self.level);
        Action::Continue
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        bump!(self);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-label", Some(&self.label));
        Action::Continue
    }
}
