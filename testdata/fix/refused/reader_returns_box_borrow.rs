use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new({ let _ = id; Plugin { route: vec![] } }));
}}

struct View<'a>(&'a [u8]);
mod v {
    pub type Ref<'a> = super::View<'a>;
}
struct Plugin {
    route: Vec<u8>,
}

impl Context for Plugin {}

impl Plugin {
    #[allow(elided_lifetimes_in_paths, mismatched_lifetime_syntaxes)]
    fn view(&self) -> View {
        View(&self.route)
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.view().0 == b"x" {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}
