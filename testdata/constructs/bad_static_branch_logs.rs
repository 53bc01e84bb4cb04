use std::cell::Cell;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin) });
}}

thread_local! {
    static ADMIN: Cell<bool> = const { Cell::new(false) };
}

struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        ADMIN.set(route.as_deref() == Some(b"admin")); //~ deny
        Action::Continue
    }

    fn on_log(&mut self) {
        if ADMIN.get() {
            log::warn!("an admin request was served");
        }
    }
}
