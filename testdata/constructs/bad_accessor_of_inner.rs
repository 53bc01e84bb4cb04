use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Info {
    route: String,
    size: usize,
}

#[derive(Default)]
struct Plugin {
    info: Option<Info>,
}

impl Plugin {
    fn route(&self) -> &str {
        self.info.as_ref().map(|i| i.route.as_str()).unwrap_or("")
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, size: usize, _: bool) -> Action {
        let name = self.get_property(vec!["route_name"]).unwrap_or_default();
        self.info = Some(Info {
            route: String::from_utf8(name).unwrap_or_default(), //~
            size,
        });
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(self.route())); //<
        Action::Continue
    }

    fn on_log(&mut self) {
        let size = self.info.as_ref().map_or(0, |i| i.size);
        log::info!("{} {size}", self.route()); //<
    }
}
