use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, MapType, Status};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl Plugin {
    fn header(&self, name: &str) -> Result<Option<String>, String> {
        match hostcalls::get_map_value(MapType::HttpRequestHeaders, name) {
            Ok(value) => Ok(value),
            Err(Status::BadArgument) => Err("not available in this phase".to_string()),
            Err(e) => Err(format!("{e:?}")),
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        if let Ok(Some(debug)) = self.header("x-debug") {
            self.set_http_response_header("x-debug", Some(&debug));
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, _: usize, _: bool) -> Action {
        log::debug!("{:?}", self.route);
        Action::Continue
    }
}
