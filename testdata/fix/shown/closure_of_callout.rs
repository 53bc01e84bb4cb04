use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::collections::HashMap;
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    waiting: HashMap<u32, Box<dyn FnOnce(&Plugin)>>,
}

impl Context for Plugin {
    fn on_http_call_response(&mut self, token: u32, _: usize, _: usize, _: usize) {
        if let Some(answer) = self.waiting.remove(&token) {
            answer(self);
        }
    }
}

impl Plugin {
    fn route_name(&self) -> Option<String> {
        let bytes = self.get_property(vec!["xds", "route_name"])?;
        String::from_utf8(bytes).ok()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.route_name();
        if let Ok(token) = self.dispatch_http_call(
            "auth",
            vec![(":method", "GET"), (":path", "/"), (":authority", "auth")],
            None,
            vec![],
            Duration::from_secs(1),
        ) {
            self.waiting.insert(
                token,
                Box::new(move |plugin: &Plugin| {
                    if route.as_deref() == Some("admin") {
                        plugin.send_http_response(403, vec![], None);
                    }
                }),
            );
        }
        Action::Continue
    }
}
