use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { len: vec![] } }));
}}

macro_rules! push { ($v:expr, $x:expr) => { $v.push($x) }; }
struct Plugin {
    len: Vec<u8>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut r = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        push!(r, 3);
        let n = r.len();
        push!(r, n as u8);
        self.len = r;
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.len == b"x" {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
