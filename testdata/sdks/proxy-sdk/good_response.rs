//! The attribute read where it is used.

use proxy_sdk::{
    BaseContext, Context, FilterHeadersStatus, HttpContext, HttpControl, HttpHeaderControl,
    ResponseHeaders, RootContext,
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
struct Plugin {}

impl BaseContext for Plugin {}

impl HttpContext for Plugin {
    fn on_http_response_headers(&mut self, headers: &ResponseHeaders) -> FilterHeadersStatus {
        if let Some(route) = headers.attributes().wasm.route_name() {
            headers.set("x-route", route);
        }
        FilterHeadersStatus::Continue
    }
}

#[unsafe(no_mangle)]
pub fn _start() {
    proxy_sdk::set_root_context_factory(Root::default);
}
