use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::collections::HashMap;

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
struct Plugin {
    seen: HashMap<String, u64>,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        self.get_property(vec!["xds", "route_name"])
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default()
    }

    fn seen(&mut self) -> u64 {
        let now = self.route_name();
        match self.seen.get_mut(&now) {
            Some(n) => *n += 1,
            None => {
                self.seen.insert(now.clone(), 1);
            }
        }
        self.seen.get(&now).copied().unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let seen = self.seen();
        log::debug!("seen: {seen}");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.seen() > 5 {
            self.set_http_response_header("x-busy", Some("1"));
        }
        Action::Continue
    }
}
