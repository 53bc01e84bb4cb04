use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
struct Stats {
    weights: HashMap<String, u32>,
    served: u32,
}

#[derive(Default)]
struct Plugin {
    stats: Rc<RefCell<Stats>>,
    weight: u32,
}

impl Context for Plugin {}

impl Plugin {
    fn look_up_weight(&self) -> u32 {
        let route = String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default();
        self.stats.borrow().weights.get(&route).copied().unwrap_or(1)
    }

    fn weight(&self) -> u32 {
        self.weight
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.weight = self.look_up_weight();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let stats = Rc::clone(&self.stats);
        let mut stats = stats.borrow_mut();
        stats.served += self.weight();
        self.set_http_response_header("x-served", Some(&stats.served.to_string()));
        Action::Continue
    }
}
