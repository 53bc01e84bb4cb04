use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::rc::Rc;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) }); }}
#[derive(Default)]
struct Root {
    rules: Rc<Vec<Rule>>,
}
#[derive(Clone, Default)]
struct Rule {
    route: String,
    config: Rc<Conf>,
}
#[derive(Clone, Default)]
struct Conf {
    name: String,
}
impl Context for Root {}
impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin {
            rules: self.rules.clone(),
            ..Plugin::default()
        }))
    }
}
#[derive(Default)]
struct Plugin {
    conf: Option<Rc<Conf>>,
    rules: Rc<Vec<Rule>>,
}
impl Context for Plugin {}
impl Plugin {
    fn route_name(&self) -> Option<String> {
        self.get_property(vec!["route_name"])
            .and_then(|b| String::from_utf8(b).ok())
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route_name().unwrap_or_default();
        self.conf = self //~
            .rules
            .iter()
            .find(|x| x.route == r)
            .map(|x| x.config.clone());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(c) = &self.conf {
            self.set_http_response_header("x", Some(&c.name));
        }
        Action::Continue
    }
}
