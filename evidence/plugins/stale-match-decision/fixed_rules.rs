//! Matches the rule where it applies it.

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::collections::HashMap;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Root {
    rules: Rc<HashMap<String, String>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let bytes = self.get_plugin_configuration().unwrap_or_default();
        let rules = String::from_utf8_lossy(&bytes)
            .split(';')
            .filter_map(|rule| rule.split_once('='))
            .map(|(route, value)| (route.to_owned(), value.to_owned()))
            .collect();
        self.rules = Rc::new(rules);
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin {
            rules: self.rules.clone(),
        }))
    }
}

struct Plugin {
    rules: Rc<HashMap<String, String>>,
}

impl Context for Plugin {}

impl Plugin {
    fn matched(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        let route = String::from_utf8(bytes).ok()?;
        self.rules.get(&route).cloned()
    }
}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let rule = self.matched();
        self.set_http_response_header("x-rule", rule.as_deref());
        Action::Continue
    }
}
