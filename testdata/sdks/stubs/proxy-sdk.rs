//! The part of `proxy-sdk` that the cases use: names and types as in the crate, nothing behind them.

pub enum Context {
    Http(Box<dyn HttpContext>),
}

pub trait BaseContext {
    fn on_log(&mut self) {}
    fn on_done(&mut self) -> bool {
        true
    }
}

pub trait RootContext: BaseContext {
    fn create_context(&mut self) -> Context;
}

impl<R: RootContext + 'static> From<Box<R>> for Box<dyn RootContext> {
    fn from(value: Box<R>) -> Self {
        value
    }
}

pub fn set_root_context_factory<R: RootContext + 'static>(_root: fn() -> R) {}

pub mod property {
    pub fn get_property_string(_name: impl AsRef<str>) -> Option<String> {
        None
    }

    pub mod envoy {
        pub struct Attributes {
            pub connection: ConnectionAttributes,
            pub configuration: ConfigurationAttributes,
            pub wasm: WasmAttributes,
        }
        pub struct ConnectionAttributes(());
        impl ConnectionAttributes {
            pub fn requested_server_name(&self) -> Option<String> {
                None
            }
        }
        pub struct ConfigurationAttributes(());
        impl ConfigurationAttributes {
            pub fn route_name(&self) -> Option<String> {
                None
            }
        }
        pub struct WasmAttributes(());
        impl WasmAttributes {
            pub fn route_name(&self) -> Option<String> {
                None
            }
        }
    }
}

pub trait HttpControl {
    fn attributes(&self) -> &property::envoy::Attributes;
}
pub trait HttpHeaderControl: HttpControl {
    fn set(&self, _name: impl AsRef<str>, _value: impl AsRef<[u8]>) {}
    fn remove(&self, _name: impl AsRef<str>) {}
}

macro_rules! headers {
    ($($name:ident)*) => {$(
        pub struct $name {
            attributes: property::envoy::Attributes,
        }
        impl HttpControl for $name {
            fn attributes(&self) -> &property::envoy::Attributes {
                &self.attributes
            }
        }
        impl HttpHeaderControl for $name {}
    )*};
}
headers!(RequestHeaders ResponseHeaders);

pub enum FilterHeadersStatus {
    Continue,
    StopIteration,
}

pub trait HttpContext: BaseContext {
    fn on_http_request_headers(&mut self, _headers: &RequestHeaders) -> FilterHeadersStatus {
        FilterHeadersStatus::Continue
    }
    fn on_http_response_headers(&mut self, _headers: &ResponseHeaders) -> FilterHeadersStatus {
        FilterHeadersStatus::Continue
    }
}
