// expected: silent
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Names {
    order: VecDeque<String>,
    long: HashMap<String, u32>,
}

impl Names {
    fn count(&mut self, route: &str) {
        if self.order.len() > 64 {
            while let Some(old) = self.order.pop_front() {
                self.long.remove(&old);
                break;
            }
        }
        self.order.push_back(route.to_owned());
        *self.long.entry(route.to_owned()).or_insert(0) += 1;
    }
}

#[derive(Default)]
struct Root {
    names: Rc<RefCell<Names>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin {
            names: self.names.clone(),
        }))
    }
}

struct Plugin {
    names: Rc<RefCell<Names>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["route_name"]).unwrap_or_default();
        let route = String::from_utf8(route).unwrap_or_default();
        self.names.borrow_mut().count(&route);
        Action::Continue
    }
}
