use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

use std::collections::HashMap;

#[derive(Default)]
struct Plugin {
    labels: HashMap<&'static str, Option<Vec<u8>>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let paths: [&[&str]; 2] = [&["cluster_name"], &["source", "address"]];
        for path in paths {
            let value = self.get_property(path.to_vec());
            self.labels.insert("all", value); //~
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let value = self.labels.get("all").cloned().flatten();
        self.set_http_response_header_bytes("x-1", value.as_deref());
        Action::Continue
    }
}
