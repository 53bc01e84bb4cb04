// expected: route-in-stream-context 1
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[macro_use]
mod filed_macros {
    macro_rules! property {
        ($context:expr, $name:literal) => {
            $context.get_property(vec![$name])
        };
    }
}

#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
}

impl Context for Plugin {}

mod filed_callbacks {
    use super::*;

    impl HttpContext for Plugin {
        fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
            self.route = property!(self, "route_name");
            Action::Continue
        }

        fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
            if self.route.is_some() {
                self.set_http_response_header("x", Some("1"));
            }
            Action::Continue
        }
    }
}
