use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Options {
    audit: bool,
}

impl Options {
    fn enable(&mut self) {
        self.audit = true; //~
    }
}

#[derive(Default)]
struct Plan {
    header: Option<&'static str>,
}

#[derive(Default)]
struct Builder {
    header: Option<&'static str>,
}

impl Builder {
    fn header(&mut self, name: &'static str) -> &mut Self {
        self.header = Some(name);
        self
    }

    fn build(self) -> Plan {
        Plan { header: self.header }
    }
}

#[derive(Default)]
struct Plugin {
    options: Options,
    plan: Plan,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let mut builder = Builder::default();
        if route == b"admin" {
            self.options.enable();
            builder.header("x-admin");
        }
        self.plan = builder.build(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.options.audit { //<
            self.set_http_response_header("x-audit", Some("1"));
        }
        if let Some(name) = self.plan.header { //<
            self.set_http_response_header(name, Some("1"));
        }
        Action::Continue
    }
}
