use log::info;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    key: String,
    n: u32,
}
struct Host;
impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let h = proxy_wasm::hostcalls::get_map_value(MapType::HttpRequestHeaders, ":authority")
            .unwrap()
            .unwrap_or_default();
        f.write_str(&h)
    }
}
impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.n += 1;
        let name = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default();
        self.key = format!("{}@{}", name, Host);
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x", Some(&self.key));
        Action::Continue
    }
}
