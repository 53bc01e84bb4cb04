use log::info;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    key: Key,
    n: u32,
}
#[derive(Default)]
struct Key(String);
impl std::str::FromStr for Key {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let h = proxy_wasm::hostcalls::get_map_value(MapType::HttpRequestHeaders, ":authority")
            .unwrap()
            .unwrap_or_default();
        Ok(Key(h + s))
    }
}
impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.n += 1;
        self.key = String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default()
        .parse()
        .unwrap_or_default();
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x", Some(&self.key.0));
        Action::Continue
    }
}
