use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin { policy: Rc::new(Public) }) });
}}

trait Policy {
    fn header(&self) -> &'static str;
}
struct Admin;
struct Public;
impl Policy for Admin {
    fn header(&self) -> &'static str {
        "no-store"
    }
}
impl Policy for Public {
    fn header(&self) -> &'static str {
        "public"
    }
}

struct Plugin {
    policy: Rc<dyn Policy>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let policy: Rc<dyn Policy> = match route.as_slice() {
            b"admin" => Rc::new(Admin),
            _ => Rc::new(Public),
        };
        self.policy = policy; //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("cache-control", Some(self.policy.header())); //<
        Action::Continue
    }
}
