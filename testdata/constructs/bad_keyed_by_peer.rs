use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::{
    cell::{Cell, RefCell},
    collections::*,
    rc::Rc,
    time::Duration,
};
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) }); }}
#[derive(Default)]
struct Sh {
    by: HashMap<Vec<u8>, String>,
}
type V = u8;
#[derive(Default)]
struct Root {
    sh: Rc<RefCell<Sh>>,
    _c: Cell<u8>,
}
impl Context for Root {}
impl RootContext for Root {
    fn on_tick(&mut self) {}
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(F {
            id,
            sh: self.sh.clone(),
            v: Default::default(),
        }))
    }
}
#[allow(dead_code)]
struct F {
    id: u32,
    sh: Rc<RefCell<Sh>>,
    v: V,
}
#[allow(dead_code)]
impl F {
    fn route(&self) -> String {
        String::from_utf8(
            self.get_property(vec!["xds", "route_name"])
                .unwrap_or_default(),
        )
        .unwrap_or_default()
    }
    fn call(&self) -> Option<u32> {
        self.dispatch_http_call(
            "a",
            vec![(":method", "GET"), (":path", "/"), (":authority", "s")],
            None,
            vec![],
            Duration::from_secs(1),
        )
        .ok()
    }
}
impl Context for F {
    fn on_http_call_response(&mut self, token: u32, _: usize, n: usize, _: usize) {
        let _ = (token, n);
    }
    fn on_done(&mut self) -> bool {
        true
    }
}
impl HttpContext for F {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let p = self
            .get_property(vec!["source", "address"])
            .unwrap_or_default();
        if let Some(c) = self.sh.borrow().by.get(&p) {
            self.set_http_request_header("x-prev", Some(c));
        }
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let p = self
            .get_property(vec!["source", "address"])
            .unwrap_or_default();
        let r = self.route();
        self.sh.borrow_mut().by.insert(p, r); //~
        Action::Continue
    }
    fn on_log(&mut self) {}
}
