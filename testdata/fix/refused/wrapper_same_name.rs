use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|id, _| Box::new(Wrap { on: id > 3, inner: Box::new(Inner { route: None }) }));
}}


struct Inner {
    route: Option<Vec<u8>>,
}

impl Context for Inner {}

impl HttpContext for Inner {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.route.as_deref() == Some(b"x") {
            self.set_http_response_header("x", Some("1"));
        }
        Action::Continue
    }
}


struct Wrap<S: HttpContext + ?Sized> {
    on: bool,
    inner: Box<S>,
}

impl<S: HttpContext + ?Sized> Context for Wrap<S> {}

impl<S: HttpContext + ?Sized> HttpContext for Wrap<S> {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if self.on {
            return self.inner.on_http_request_headers(0, true);
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, n: usize, e: bool) -> Action {
        self.inner.on_http_response_headers(n, e)
    }
}
