use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use std::borrow::Cow;

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl Plugin {
    fn label(&self) -> Cow<str> {
        if self.route.is_empty() {
            Cow::Borrowed("unknown")
        } else {
            Cow::Borrowed(self.route.as_str())
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let label = self.label().into_owned();
        self.set_http_response_header("x-route", Some(&label));
        Action::Continue
    }
}
