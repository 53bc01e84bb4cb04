//! The other filter of a scenario: reroutes a request behind the back of the plugin under test.
//!
//! Configuration: `header=value` writes that request header, nothing drops the route cache.

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Root {
    text: String,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let bytes = self.get_plugin_configuration().unwrap_or_default();
        self.text = String::from_utf8_lossy(&bytes).into_owned();
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Second {
            text: self.text.clone(),
        }))
    }
}

struct Second {
    text: String,
}

impl Context for Second {}

impl HttpContext for Second {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        match self.text.split_once('=') {
            Some((name, value)) => self.set_http_request_header(name, Some(value)),
            None => {
                let _ = hostcalls::call_foreign_function("clear_route_cache", None);
            }
        }
        Action::Continue
    }
}
