use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::{
    cell::{Cell, RefCell},
    collections::*,
    rc::Rc,
    time::Duration,
};
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) }); }}
struct Lru {
    order: VecDeque<String>,
    map: HashMap<String, Rc<str>>,
}
impl Default for Lru {
    fn default() -> Self {
        Lru {
            order: VecDeque::new(),
            map: HashMap::new(),
        }
    }
}
impl Lru {
    fn get_or<Fx: FnOnce(&str) -> Rc<str>>(&mut self, k: &str, f: Fx) -> Rc<str> {
        if let Some(v) = self.map.get(k) {
            return v.clone();
        }
        if self.order.len() > 64 {
            if let Some(old) = self.order.pop_front() {
                self.map.remove(&old);
            }
        }
        let v = f(k);
        self.order.push_back(k.to_string());
        self.map.insert(k.to_string(), v.clone());
        v
    }
}
#[derive(Default)]
struct Sh {
    lru: Lru,
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
        let r = self.route();
        let v = self
            .sh
            .borrow_mut()
            .lru
            .get_or(&r, |k| Rc::from(k.to_uppercase()));
        self.set_http_request_header("x", Some(&v));
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route();
        let v = self
            .sh
            .borrow_mut()
            .lru
            .get_or(&r, |k| Rc::from(k.to_uppercase()));
        self.set_http_response_header("x", Some(&v));
        Action::Continue
    }
    fn on_log(&mut self) {}
}
