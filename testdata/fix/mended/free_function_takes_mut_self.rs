use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

fn current<C: Context + ?Sized>(context: &mut C) -> String {
    String::from_utf8(context.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
}

impl Plugin {
    fn is_admin(&self) -> bool {
        self.route.starts_with("admin")
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = current(self);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.is_admin() {
            self.set_http_response_header("cache-control", Some("no-store"));
        }
        Action::Continue
    }
}
