use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    primary: String,
    hits: u32,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut name = String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default();
        name.make_ascii_lowercase();
        self.primary = name.clone();
        name.push_str("-seen");
        if name.ends_with("-seen") && name.starts_with("paid") {
            self.hits += 1;
            self.set_http_request_header("x-paid", Some(&name));
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.primary));
        self.set_http_response_header("x-hits", Some(&self.hits.to_string()));
        Action::Continue
    }
}
