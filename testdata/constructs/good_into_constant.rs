use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}

struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin::default()))
    }
}

struct Asked {
    name: String,
    version: u32,
}

#[derive(Default)]
struct Kept {
    route: String,
}

impl From<Asked> for Kept {
    fn from(asked: Asked) -> Self {
        log::debug!("{}", asked.name);
        Self {
            route: format!("v{}", asked.version),
        }
    }
}

#[derive(Default)]
struct Plugin {
    kept: Kept,
    seen: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        self.get_property(vec!["xds", "route_name"])
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let asked = Asked {
            name: self.route_name(),
            version: 2,
        };
        self.kept = asked.into();
        self.seen = self.route_name();
        log::info!("{}", self.seen);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.kept.route));
        Action::Continue
    }
}
