use proxy_wasm::hostcalls;
use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) }); }}
fn path() -> Option<Bytes> {
    hostcalls::get_property(vec!["request", "path"]).ok()? //~
}
struct Root;
impl Context for Root {}
impl RootContext for Root {
    fn on_tick(&mut self) {
        log::info!("{:?}", path());
    }
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin))
    }
}
struct Plugin;
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        log::info!("{:?}", path());
        Action::Continue
    }
}
