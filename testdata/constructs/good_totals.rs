//! Streams leave their routes in a set; the root context counts them one by one.
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

type Seen = Rc<RefCell<Vec<String>>>;

#[derive(Default)]
struct Root {
    seen: Seen,
    totals: HashMap<String, u64>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin { seen: self.seen.clone() }))
    }

    fn on_tick(&mut self) {
        for route in self.seen.borrow_mut().drain(..) {
            *self.totals.entry(route).or_insert(0) += 1;
        }
    }
}

struct Plugin {
    seen: Seen,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.seen.borrow_mut().push(String::from_utf8_lossy(&route).into_owned());
        Action::Continue
    }
}
