use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Root {
    table: Rc<RefCell<HashMap<String, String>>>,
}

impl Context for Root {
    fn on_http_call_response(&mut self, _: u32, _: usize, size: usize, _: usize) {
        let body = self.get_http_call_response_body(0, size).unwrap_or_default();
        let text = String::from_utf8(body).unwrap_or_default();
        let mut table = self.table.borrow_mut();
        table.clear();
        for line in text.lines() {
            if let Some((k, v)) = line.split_once('=') {
                table.insert(k.to_owned(), v.to_owned());
            }
        }
    }
}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        self.set_tick_period(Duration::from_secs(30));
        true
    }

    fn on_tick(&mut self) {
        let _ = self.dispatch_http_call("rules", vec![(":path", "/")], None, vec![], Duration::from_secs(1));
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin {
            rules: self.table.clone(),
            header: None,
        }))
    }
}

struct Plugin {
    rules: Rc<RefCell<HashMap<String, String>>>,
    header: Option<String>,
}

impl Context for Plugin {}

impl Plugin {
    fn lookup(&self) -> Option<String> {
        let route = String::from_utf8(self.get_property(vec!["xds", "route_name"])?).ok()?;
        self.rules.borrow().get(&route).cloned()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.header = self.lookup();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-rule", self.header.as_deref());
        Action::Continue
    }
}
