use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { len: vec![] } }));
}}

macro_rules! lower { ($v:ident) => { $v.make_ascii_lowercase() }; }
struct Plugin {
    len: Vec<u8>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut r = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        lower!(r);
        self.len = r;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.len.len() > 3 {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
