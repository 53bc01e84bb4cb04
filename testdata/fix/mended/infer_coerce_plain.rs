use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { t: Box::new(0) } }));
}}

trait T {
    fn ok(&self) -> bool;
}
impl T for usize {
    fn ok(&self) -> bool {
        *self > 3
    }
}
use proxy_wasm::hostcalls;
fn make() -> Box<usize> {
    let r = hostcalls::get_property(vec!["xds", "route_name"]).ok().flatten();
    Box::new(r.map_or(0, |r| r.len()))
}
fn test(t: &Box<dyn T>) -> bool {
    t.ok()
}
struct Plugin {
    t: Box<dyn T>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.t = make();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if test(&self.t) {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
