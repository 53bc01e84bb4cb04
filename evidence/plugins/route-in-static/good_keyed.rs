//! Numbers the requests of each route.

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::cell::RefCell;
use std::collections::HashMap;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

thread_local! { static REQUESTS: RefCell<HashMap<Vec<u8>, u64>> = RefCell::new(HashMap::new()); }

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self
            .get_property(vec!["xds", "route_name"])
            .unwrap_or_default();
        let number = REQUESTS.with_borrow_mut(|all| {
            let number = all.entry(route).or_insert(0);
            *number += 1;
            *number
        });
        self.set_http_request_header("x-note", Some(&number.to_string()));
        Action::Continue
    }
}
