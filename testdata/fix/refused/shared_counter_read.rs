use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::cell::Cell;
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Root {
    requests: Rc<Cell<u32>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        self.requests.set(self.requests.get() + 1);
        Some(Box::new(Plugin {
            number: self.requests.clone(),
            label: String::new(),
        }))
    }
}

struct Plugin {
    number: Rc<Cell<u32>>,
    label: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.label = format!("{}-{}", self.route_name(), self.number.as_ref().clone().into_inner());
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-label", Some(&self.label));
        Action::Continue
    }
}
