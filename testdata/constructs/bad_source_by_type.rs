use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) }); }}
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
struct Plugin {
    reader: Reader<Route>,
    route: String,
}
trait Source {
    fn get() -> String;
}
struct Route;
impl Source for Route {
    fn get() -> String {
        let bytes = proxy_wasm::hostcalls::get_property(vec!["xds", "route_name"]);
        String::from_utf8(bytes.ok().flatten().unwrap_or_default()).unwrap_or_default()
    }
}
struct Fixed;
impl Source for Fixed {
    fn get() -> String {
        "fixed".to_owned()
    }
}
struct Reader<S>(std::marker::PhantomData<S>);
impl<S: Source> Reader<S> {
    fn read(&self) -> String {
        S::get()
    }
}
impl<S> Default for Reader<S> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.reader.read(); //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-route", Some(&self.route));
        Action::Continue
    }
}
