use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    tier: String,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        // The route decides the tier: names end in `-gold` or `-basic`.
        let route = self
            .get_property(vec!["xds", "route_name"])
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default();

        // Everything behind the last dash.
        let tier = route.rsplit('-').next().unwrap_or("basic");

        // Needed in the response.
        self.tier = tier.to_string();

        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-tier", Some(&self.tier));
        Action::Continue
    }
}
