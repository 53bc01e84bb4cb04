use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Info {
    route: Option<Vec<u8>>,
    size: usize,
}

#[derive(Default)]
struct Plugin {
    info: Option<Info>,
    pair: Option<(Option<Vec<u8>>, usize)>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, size: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        self.pair.replace((route.clone(), size));
        self.info.replace(Info { route, size });
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(info) = &self.info {
            self.set_http_response_header("x-size", Some(&info.size.to_string()));
        }
        if let Some((_, size)) = &self.pair {
            self.set_http_response_header("x-size", Some(&size.to_string()));
        }
        Action::Continue
    }
}
