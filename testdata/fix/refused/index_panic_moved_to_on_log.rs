use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    team: String,
}

impl Context for Plugin {}

impl Plugin {
    /// Routes are named `team/service`.
    fn team(&self) -> String {
        let name = String::from_utf8(self.get_property(vec!["xds", "route_name"]).unwrap_or_default()).unwrap_or_default();
        let parts: Vec<&str> = name.split('/').collect();
        format!("{}.{}", parts[1], parts[0])
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.team = self.team();
        Action::Continue
    }

    fn on_log(&mut self) {
        if !self.team.is_empty() {
            self.set_property(vec!["team"], Some(self.team.as_bytes()));
        }
    }
}
