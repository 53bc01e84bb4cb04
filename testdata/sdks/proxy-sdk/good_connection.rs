//! Attributes of the connection stay.

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
    server: Option<String>,
}

impl BaseContext for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, headers: &RequestHeaders) -> FilterHeadersStatus {
        self.server = headers.attributes().connection.requested_server_name();
        FilterHeadersStatus::Continue
    }

    fn on_http_response_headers(&mut self, headers: &ResponseHeaders) -> FilterHeadersStatus {
        if let Some(server) = &self.server {
            headers.set("x-server", server);
        }
        FilterHeadersStatus::Continue
    }
}

#[unsafe(no_mangle)]
pub fn _start() {
    proxy_sdk::set_root_context_factory(Root::default);
}
