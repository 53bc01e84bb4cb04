//! An attribute of the route in a field, from the request headers to the response headers.

use proxy_sdk::{
    BaseContext, Context, FilterHeadersStatus, HttpContext, HttpControl, HttpHeaderControl,
    RequestHeaders, ResponseHeaders, RootContext,
};

#[derive(Default)]
struct Root {}

impl BaseContext for Root {}

impl RootContext for Root {
    fn create_context(&mut self) -> Context {
        Context::Http(Box::<Plugin>::default())
    }
}

#[derive(Default)]
struct Plugin {
    route: Option<String>,
}

impl BaseContext for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, headers: &RequestHeaders) -> FilterHeadersStatus {
        self.route = headers.attributes().configuration.route_name(); //~
        FilterHeadersStatus::Continue
    }

    fn on_http_response_headers(&mut self, headers: &ResponseHeaders) -> FilterHeadersStatus {
        if let Some(route) = &self.route {
            headers.set("x-route", route);
        }
        FilterHeadersStatus::Continue
    }
}

#[unsafe(no_mangle)]
pub fn _start() {
    proxy_sdk::set_root_context_factory(Root::default);
}
