//! Whether there is a callout depends on the route; its token is the same number in any case.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, Bytes, Status};
use std::time::Duration;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    audit: Option<u32>,
    quota: Option<u32>,
    login: Option<u32>,
    trace: Option<u32>,
    billing: u32,
}

impl Plugin {
    fn route(&self) -> String {
        let route: Option<Bytes> = self.get_property(vec!["xds", "route_name"]);
        String::from_utf8_lossy(&route.unwrap_or_default()).into_owned()
    }

    fn call(&self, cluster: &str) -> Result<u32, Status> {
        self.dispatch_http_call(cluster, vec![(":path", "/")], None, vec![], Duration::from_secs(1))
    }

    fn after_early_return(&self, route: &str) -> Result<u32, Status> {
        if route.is_empty() {
            return Err(Status::NotFound);
        }
        self.call("audit")
    }

    fn by_else(&self, route: &str) -> Option<u32> {
        if route.starts_with("free") {
            None
        } else {
            self.call("quota").ok()
        }
    }

    fn told_apart(&self, route: &str) -> Result<u32, String> {
        let known = route.split_once('/').ok_or("no tenant")?;
        log::debug!("tenant {}", known.0);
        if known.1 == "static" {
            return Err("nothing to log in to".to_owned());
        }
        match self.call("login") {
            Ok(token) => Ok(token),
            Err(status) => Err(format!("{status:?}")),
        }
    }

    fn start(&mut self, route: &str) -> Result<(), String> {
        self.login = Some(self.told_apart(route)?);
        Ok(())
    }
}

impl Context for Plugin {
    fn on_http_call_response(&mut self, token: u32, _: usize, _: usize, _: usize) {
        if self.audit == Some(token) || self.quota == Some(token) || self.login == Some(token) {
            self.set_http_response_header("x-answered", Some("1"));
        }
        if self.trace == Some(token) || self.billing == token {
            self.send_http_response(403, vec![], None);
        }
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.route();
        if let Ok(token) = self.after_early_return(&route) {
            self.audit = Some(token);
        }
        match self.by_else(&route) {
            Some(token) => self.quota = Some(token),
            None => log::debug!("free of charge"),
        }
        if let Err(why) = self.start(&route) {
            log::warn!("{why}");
        }
        let Ok(trace) = self.after_early_return(&route) else {
            return Action::Continue;
        };
        self.trace = Some(trace);
        self.billing = self.by_else(&route).unwrap();
        Action::Continue
    }
}
