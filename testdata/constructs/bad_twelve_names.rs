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
    value: Option<Bytes>,
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, n: usize, _: bool) -> Action {
        let name = match n {
            0 => "request.id",
            1 => "request.size",
            2 => "request.time",
            3 => "request.protocol",
            4 => "request.duration",
            5 => "source.address",
            6 => "source.port",
            7 => "destination.address",
            8 => "destination.port",
            9 => "connection.id",
            10 => "connection.mtls",
            _ => "route_name",
        };
        self.value = self.get_property(vec![name]); //~
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(value) = &self.value {
            self.set_http_response_header_bytes("x-value", Some(value));
        }
        Action::Continue
    }
}
