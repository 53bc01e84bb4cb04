use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Clone, Copy, Default, PartialEq)]
enum Mode {
    #[default]
    Off,
    Audit,
    Enforce,
}

#[derive(Default)]
struct Plugin {
    mode: Mode,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        match self.route_name().as_deref() {
            Some("admin") => self.mode = Mode::Enforce,
            Some(name) if name.starts_with("api") => self.mode = Mode::Audit,
            _ => self.mode = Mode::Off,
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.mode == Mode::Enforce {
            self.set_http_response_header("x-mode", Some("enforce"));
        } else if self.mode == Mode::Audit {
            self.set_http_response_header("x-mode", Some("audit"));
        }
        Action::Continue
    }
}
