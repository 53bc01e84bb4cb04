use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Plugin {
    compress: bool,
}

macro_rules! default_plugin {
    () => {
        impl Default for Plugin {
            fn default() -> Self {
                Self { compress: true }
            }
        }
    };
}

default_plugin!();

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.get_property(vec!["xds", "route_name"]).as_deref() == Some(b"raw") {
            self.compress = false;
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.compress {
            self.set_http_response_header("content-encoding", Some("gzip"));
        }
        Action::Continue
    }
}
