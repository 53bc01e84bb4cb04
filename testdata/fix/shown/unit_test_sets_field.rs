use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
}

impl Context for Plugin {}

impl Plugin {
    fn route_name(&self) -> String {
        String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default()
    }

    fn is_admin(&self) -> bool {
        self.route.starts_with("admin")
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.route_name();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.is_admin() {
            self.set_http_response_header("cache-control", Some("no-store"));
        }
        Action::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin() {
        let plugin = Plugin { route: "admin-1".to_string() };
        assert!(plugin.is_admin());
    }
}
