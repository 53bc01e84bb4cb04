//! A plugin with a policy for each route: who may call it, and what the answer says.

mod policy;
mod rules;

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use policy::PolicyFilter;
use rules::{Rule, Rules};

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(PolicyRoot::default()) });
}}

/// Holds the plugin's configuration.
#[derive(Default)]
struct PolicyRoot {
    rules: Rc<Rules>,
}

impl Context for PolicyRoot {}

impl RootContext for PolicyRoot {
    fn on_configure(&mut self, _size: usize) -> bool {
        let text = self.get_plugin_configuration().unwrap_or_default();
        self.rules = Rc::new(Rules::parse(&String::from_utf8_lossy(&text)));
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(RuleContext {
            rules: self.rules.clone(),
            rule: None,
            filter: PolicyFilter::default(),
        }))
    }
}

/// Finds the rule of the request's route and drives the filter with it.
struct RuleContext {
    rules: Rc<Rules>,
    rule: Option<Rc<Rule>>,
    filter: PolicyFilter,
}

impl Context for RuleContext {}

impl HttpContext for RuleContext {
    fn on_http_request_headers(&mut self, _count: usize, _end: bool) -> Action {
        // The bug: the rule belongs to the route of this moment, and is kept for later ones.
        self.rule = self.rules.find();
        match &self.rule {
            Some(rule) => self.filter.on_request(rule),
            None => Action::Continue,
        }
    }

    fn on_http_response_headers(&mut self, _count: usize, _end: bool) -> Action {
        if let Some(rule) = &self.rule {
            self.filter.on_response(rule);
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, _end: bool) -> Action {
        if let Some(rule) = &self.rule {
            self.filter.on_response_body(rule, size);
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        self.filter.on_log();
    }
}
