//! The path as one dotted text, and a decision made from it.

use proxy_sdk::{
    BaseContext, Context, FilterHeadersStatus, HttpContext, HttpHeaderControl,
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
    is_admin: bool,
}

impl BaseContext for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _headers: &RequestHeaders) -> FilterHeadersStatus {
        let route = proxy_sdk::property::get_property_string("xds.route_name");
        self.is_admin = route.as_deref() == Some("admin"); //~
        FilterHeadersStatus::Continue
    }

    fn on_http_response_headers(&mut self, headers: &ResponseHeaders) -> FilterHeadersStatus {
        if self.is_admin {
            headers.remove("server");
        }
        FilterHeadersStatus::Continue
    }
}

#[unsafe(no_mangle)]
pub fn _start() {
    proxy_sdk::set_root_context_factory(Root::default);
}
