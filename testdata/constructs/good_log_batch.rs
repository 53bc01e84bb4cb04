use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::{cell::RefCell, rc::Rc, time::Duration};
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root { buf: Rc::default() }) }); }}
struct Entry {
    route: String,
    status: u32,
}
struct Root {
    buf: Rc<RefCell<Vec<Entry>>>,
}
impl Context for Root {}
impl RootContext for Root {
    fn on_vm_start(&mut self, _: usize) -> bool {
        self.set_tick_period(Duration::from_secs(1));
        true
    }
    fn on_tick(&mut self) {
        let batch: Vec<Entry> = self.buf.borrow_mut().drain(..).collect();
        if batch.is_empty() {
            return;
        }
        let body = batch
            .iter()
            .map(|e| format!("{} {}", e.route, e.status))
            .collect::<Vec<_>>()
            .join("\n");
        let _ = self.dispatch_http_call(
            "collector",
            vec![(":method", "POST"), (":path", "/l"), (":authority", "c")],
            Some(body.as_bytes()),
            vec![],
            Duration::from_secs(1),
        );
    }
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream {
            buf: Rc::clone(&self.buf),
            status: 0,
        }))
    }
}
struct Stream {
    buf: Rc<RefCell<Vec<Entry>>>,
    status: u32,
}
impl Context for Stream {}
impl HttpContext for Stream {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.status = self
            .get_http_response_header(":status")
            .and_then(|s| s.parse().ok())
            .unwrap_or(0);
        Action::Continue
    }
    fn on_log(&mut self) {
        let route = self
            .get_property(vec!["xds", "route_name"])
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default();
        self.buf.borrow_mut().push(Entry {
            route,
            status: self.status,
        });
    }
}
