use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> {
        Box::new(Plugin { name: public, marks: None, strict: Box::new(|_| false) })
    });
}}

struct Plugin {
    name: fn() -> &'static str,
    marks: Option<fn(&Plugin)>,
    strict: Box<dyn Fn(usize) -> bool>,
}

fn admin() -> &'static str {
    "admin"
}

fn public() -> &'static str {
    "public"
}

fn mark(plugin: &Plugin) {
    plugin.set_http_response_header("x-mark", Some("1"));
}

fn pass(_: &Plugin) {}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let is_admin = route == b"admin";
        self.name = if is_admin { admin } else { public }; //~
        self.marks = Some(if is_admin { mark } else { pass }); //~
        if is_admin {
            self.strict = Box::new(|n| n > 10); //~
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, headers: usize, _: bool) -> Action {
        let name = (self.name)(); //<
        self.set_http_response_header("x-name", Some(name));
        if let Some(mark) = self.marks {
            mark(self); //<
        }
        if (self.strict)(headers) { //<
            return Action::Pause;
        }
        Action::Continue
    }
}
