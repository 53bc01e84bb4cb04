// expected: route-in-stream-context 1
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::hostcalls::get_property;
use proxy_wasm::types::Action;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> {
        let route = get_property(vec!["route_name"]).unwrap();
        Box::new(Plugin { route: Rc::new(route) })
    });
}}

struct Plugin {
    route: Rc<Option<Vec<u8>>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.is_some() {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
