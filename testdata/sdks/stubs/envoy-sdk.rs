//! The part of `envoy-sdk` that the cases use: names and types as in the crate, nothing behind them.

pub mod extension {
    use crate::host::ByteString;

    pub use crate::entrypoint;
    pub use factory::{ConfigStatus, ExtensionFactory};
    pub use filter::http::HttpFilter;

    #[derive(Debug)]
    pub struct Error;
    pub type Result<T> = std::result::Result<T, Error>;
    impl From<crate::host::Error> for Error {
        fn from(_: crate::host::Error) -> Self {
            Self
        }
    }

    #[derive(Clone, Copy)]
    pub struct InstanceId;

    #[derive(Default)]
    pub struct Module {}
    impl Module {
        pub fn new() -> Self {
            Self::default()
        }
        pub fn add_http_filter<T, F>(self, _new: F) -> Result<Self>
        where
            T: ExtensionFactory + 'static,
            T::Extension: HttpFilter,
            F: FnMut(InstanceId) -> Result<T> + 'static,
        {
            Ok(self)
        }
    }

    pub mod factory {
        use super::{ByteString, InstanceId, Result};

        pub enum ConfigStatus {
            Accepted,
            Rejected,
        }
        pub trait ConfigureOps {}
        pub trait ExtensionFactory {
            type Extension;
            fn name() -> &'static str;
            fn on_configure(
                &mut self,
                _config: ByteString,
                _ops: &dyn ConfigureOps,
            ) -> Result<ConfigStatus> {
                Ok(ConfigStatus::Accepted)
            }
            fn new_extension(&mut self, instance_id: InstanceId) -> Result<Self::Extension>;
        }
    }

    pub mod filter {
        pub mod http {
            use crate::extension::Result;
            use crate::host::{
                ByteString, HttpClientRequestHandle, HttpClientResponseOps, Result as HostResult,
            };

            pub enum FilterHeadersStatus {
                Continue,
                StopIteration,
            }
            pub trait RequestFlowOps {
                fn resume_request(&self) -> HostResult<()>;
                fn send_response(
                    &self,
                    status_code: u32,
                    headers: &[(&str, &str)],
                    body: Option<&[u8]>,
                ) -> HostResult<()>;
            }
            pub trait RequestHeadersOps: RequestFlowOps {
                fn request_header(&self, name: &str) -> HostResult<Option<ByteString>>;
                fn set_request_header(&self, name: &str, value: &str) -> HostResult<()>;
            }
            pub trait ResponseHeadersOps {
                fn set_response_header(&self, name: &str, value: &str) -> HostResult<()>;
                fn remove_response_header(&self, name: &str) -> HostResult<()>;
            }
            pub trait ExchangeCompleteOps {}
            pub trait Ops: RequestHeadersOps + ResponseHeadersOps + ExchangeCompleteOps {}

            pub trait HttpFilter {
                fn on_request_headers(
                    &mut self,
                    _num_headers: usize,
                    _end_of_stream: bool,
                    _ops: &dyn RequestHeadersOps,
                ) -> Result<FilterHeadersStatus> {
                    Ok(FilterHeadersStatus::Continue)
                }
                fn on_response_headers(
                    &mut self,
                    _num_headers: usize,
                    _end_of_stream: bool,
                    _ops: &dyn ResponseHeadersOps,
                ) -> Result<FilterHeadersStatus> {
                    Ok(FilterHeadersStatus::Continue)
                }
                fn on_exchange_complete(&mut self, _ops: &dyn ExchangeCompleteOps) -> Result<()> {
                    Ok(())
                }
                fn on_http_call_response(
                    &mut self,
                    _request: HttpClientRequestHandle,
                    _num_headers: usize,
                    _body_size: usize,
                    _num_trailers: usize,
                    _filter_ops: &dyn Ops,
                    _http_client_ops: &dyn HttpClientResponseOps,
                ) -> Result<()> {
                    Ok(())
                }
            }
        }
    }
}

#[macro_export]
macro_rules! entrypoint {
    { $init:expr } => {
        #[unsafe(no_mangle)]
        pub extern "C" fn _start() {
            let _ = $init();
        }
    };
}

pub mod host {
    use std::time::Duration;

    #[derive(Debug)]
    pub struct Error;
    pub type Result<T> = std::result::Result<T, Error>;

    pub struct ByteString(Vec<u8>);
    impl ByteString {
        pub fn as_bytes(&self) -> &[u8] {
            &self.0
        }
    }

    #[derive(Clone, Copy)]
    pub struct HttpClientRequestHandle;
    pub trait HttpClientResponseOps {}
    pub trait HttpClient {
        fn send_request(
            &self,
            upstream: &str,
            headers: &[(&str, &str)],
            body: Option<&[u8]>,
            trailers: Option<&[(&str, &str)]>,
            timeout: Duration,
        ) -> Result<HttpClientRequestHandle>;
    }
    impl dyn HttpClient {
        #[allow(clippy::should_implement_trait)]
        pub fn default() -> &'static dyn HttpClient {
            &Host
        }
    }

    pub trait StreamInfo {
        fn stream_property(&self, path: &[&str]) -> Result<Option<ByteString>>;
        fn set_stream_property(&self, path: &[&str], value: &[u8]) -> Result<()>;
    }

    struct Host;
    impl StreamInfo for Host {
        fn stream_property(&self, _path: &[&str]) -> Result<Option<ByteString>> {
            Ok(None)
        }
        fn set_stream_property(&self, _path: &[&str], _value: &[u8]) -> Result<()> {
            Ok(())
        }
    }
    impl HttpClient for Host {
        fn send_request(
            &self,
            _upstream: &str,
            _headers: &[(&str, &str)],
            _body: Option<&[u8]>,
            _trailers: Option<&[(&str, &str)]>,
            _timeout: Duration,
        ) -> Result<HttpClientRequestHandle> {
            Ok(HttpClientRequestHandle)
        }
    }

    impl dyn StreamInfo {
        #[allow(clippy::should_implement_trait)]
        pub fn default() -> &'static dyn StreamInfo {
            &Host
        }
    }
    impl<'a> dyn StreamInfo + 'a {
        pub fn route(&'a self) -> RouteInfo<'a> {
            RouteInfo(self)
        }
        pub fn source(&'a self) -> SourceInfo<'a> {
            SourceInfo(self)
        }
    }
    pub struct RouteInfo<'a>(#[allow(dead_code)] &'a (dyn StreamInfo + 'a));
    impl RouteInfo<'_> {
        pub fn name(&self) -> Result<Option<String>> {
            Ok(None)
        }
    }
    pub struct SourceInfo<'a>(#[allow(dead_code)] &'a (dyn StreamInfo + 'a));
    impl SourceInfo<'_> {
        pub fn address(&self) -> Result<Option<String>> {
            Ok(None)
        }
    }
}
