//! A helper chooses by the route: between two callouts, whether there is one, an element of a list that
//! the host gave.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, Status};
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    asked: Option<u32>,
    pending: bool,
    either: u32,
    limit: Option<u8>,
}

impl Plugin {
    fn call(&self, cluster: &str) -> Result<u32, Status> {
        self.dispatch_http_call(cluster, vec![(":path", "/")], None, vec![], Duration::from_secs(1))
    }

    fn ask(&self, route: &[u8]) -> Result<u32, Status> {
        if route.is_empty() {
            return Err(Status::NotFound);
        }
        self.call("audit")
    }

    fn ask_one_of_two(&self, route: &[u8]) -> Result<u32, Status> {
        if route.is_empty() {
            return Err(Status::NotFound);
        }
        if route.starts_with(b"beta") {
            return self.call("beta");
        }
        self.call("audit")
    }

    fn limit_of(&self, route: &[u8]) -> Option<u8> {
        let (table, _) = self.get_shared_data("limits");
        for line in table?.split(|byte| *byte == b'\n') {
            if line.starts_with(route) {
                return line.last().copied();
            }
        }
        None
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.asked = self.ask(&route).ok(); //~
        self.pending = self.ask(&route).is_ok(); //~
        self.either = self.ask_one_of_two(&route).unwrap_or_default(); //~
        if let Some(limit) = self.limit_of(&route) {
            self.limit = Some(limit); //~
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.pending && self.asked.is_some() || self.limit == Some(0) {
            self.set_http_response_header("x-asked", Some(&self.either.to_string()));
        }
        Action::Continue
    }
}
