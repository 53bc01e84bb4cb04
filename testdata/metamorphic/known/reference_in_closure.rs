// expected: route-in-stream-context 1
//! The conversion of the reference keeps the name, the other one does not.
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

#[derive(Default)]
struct Kept {
    route: String,
    size: usize,
}

struct Asked {
    name: String,
    size: usize,
}

impl From<Asked> for Kept {
    fn from(asked: Asked) -> Self {
        Self { route: String::new(), size: asked.size }
    }
}

impl From<&Asked> for Kept {
    fn from(asked: &Asked) -> Self {
        Self { route: asked.name.clone(), size: 0 }
    }
}

#[derive(Default)]
struct Plugin {
    kept: Kept,
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
        let asked = Asked { name: self.route_name(), size: 1 };
        let lent = &asked;
        self.kept = (|| Kept::from(lent))();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        log::info!("{}", self.kept.size);
        self.set_http_response_header("x-route", Some(&self.kept.route));
        Action::Continue
    }
}
