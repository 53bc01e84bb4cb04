use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
struct Plugin {
    table: Rc<RefCell<HashMap<Vec<u8>, u32>>>,
    weight: u32,
}

impl Context for Plugin {}

impl Plugin {
    fn look_up_weight(&self) -> u32 {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.table.borrow().get(&route).copied().unwrap_or(1)
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.weight = self.look_up_weight();
        Action::Continue
    }

    fn on_http_request_body(&mut self, size: usize, _: bool) -> Action {
        let table = Rc::clone(&self.table);
        for value in table.borrow_mut().values_mut() {
            *value = size as u32;
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-weight", Some(&self.weight.to_string()));
        Action::Continue
    }
}
