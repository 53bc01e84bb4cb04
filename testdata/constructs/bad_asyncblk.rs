use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use std::cell::RefCell;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) }); }}
#[derive(Default)]
struct Root;
impl Context for Root {}
impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin::default()))
    }
}
#[derive(Default)]
struct Plugin {}
impl Context for Plugin {}
impl Plugin {
    fn route_name(&self) -> Option<String> {
        self.get_property(vec!["route_name"])
            .and_then(|b| String::from_utf8(b).ok())
    }
}
struct Answer;
impl std::future::Future for Answer {
    type Output = usize;
    fn poll(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<usize> {
        std::task::Poll::Pending
    }
}
thread_local! { static TASKS: RefCell<Vec<std::pin::Pin<Box<dyn std::future::Future<Output = ()>>>>> = RefCell::new(Vec::new()); }
fn spawn(task: impl std::future::Future<Output = ()> + 'static) {
    let mut task = Box::pin(task); //~
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    if std::future::Future::poll(task.as_mut(), &mut cx).is_pending() {
        TASKS.with(|t| t.borrow_mut().push(task));
    }
}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let r = self.route_name().unwrap_or_default();
        spawn(async move {
            let n = Answer.await;
            proxy_wasm::hostcalls::set_property(vec!["x"], Some(r.as_bytes())).ok(); //~
            log::info!("{n}");
        });
        Action::Continue
    }
}
