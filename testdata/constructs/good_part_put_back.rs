use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Info {
    route: String,
}

#[derive(Default)]
struct Plugin {
    info: Info,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let mut info = Info::default();
        info.route = String::from_utf8(route).unwrap_or_default();
        self.info = info;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.info.route = self.info.route.trim().to_owned();
        Action::Continue
    }
}
