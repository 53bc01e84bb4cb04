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
    weights: HashMap<String, u64>,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        self.get_property(vec!["xds", "route_name"])
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default()
    }

    fn weight(&mut self) -> u64 {
        let now = self.route_name();
        if self.weights.get(&now).is_none() {
            self.weights.entry(now.clone()).or_insert(7);
        }
        self.weights[&now]
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let weight = self.weight();
        log::debug!("weight: {weight}");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.weight() > 5 {
            self.set_http_response_header("x-heavy", Some("1"));
        }
        Action::Continue
    }
}
