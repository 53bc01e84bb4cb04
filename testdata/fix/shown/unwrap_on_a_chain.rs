use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}
use log::warn;

#[derive(Default)]
struct Plugin;

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap();
        let cluster = String::from_utf8(self.get_property(vec!["xds", "cluster_name"]).expect("cluster")).unwrap();
        warn!("{cluster}");
        if route == b"admin" {
            self.set_http_response_header("cache-control", Some("no-store"));
        }
        Action::Continue
    }

    fn on_log(&mut self) {
        let Some(route) = self.get_property(vec!["xds", "route_name"]) else { return };
        let cluster = self
            .get_property(vec!["xds", "cluster_name"])
            .unwrap();
        warn!("{route:?} {cluster:?}");
    }
}
