//! The part of `pdk` that the cases use: names and types as in the crate, nothing behind them.

pub mod hl {
    use std::fmt;
    use std::future::{Future, Ready, ready};
    use std::marker::PhantomData;
    use std::pin::Pin;
    use std::rc::Rc;

    pub use pdk_macros::entrypoint;

    type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

    pub struct Configuration(pub Vec<u8>);

    #[derive(Debug)]
    pub struct LaunchError {}

    impl fmt::Display for LaunchError {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Ok(())
        }
    }

    pub struct Launcher {}

    impl Launcher {
        pub async fn launch<F: Filter>(self, _filter: F) -> Result<(), LaunchError> {
            Ok(())
        }
    }

    pub trait Filter {}

    #[derive(Clone)]
    pub enum Flow<D> {
        Continue(D),
        Break(Response),
    }

    #[derive(Clone)]
    pub enum RequestData<D> {
        Continue(D),
        Break,
        Cancel,
    }

    #[derive(Clone)]
    pub struct State<S>(pub Rc<S>);

    #[derive(Clone)]
    pub struct Response {}

    impl Response {
        pub fn new(_status_code: u32) -> Self {
            Self {}
        }
        pub fn with_headers(self, _headers: impl Into<Vec<(String, String)>>) -> Self {
            self
        }
        pub fn with_body(self, _body: impl Into<Vec<u8>>) -> Self {
            self
        }
    }

    /// What a filter of this context may ask for by a parameter.
    pub trait FromContext<C> {}
    pub struct RequestContext<S>(PhantomData<S>);
    pub struct ResponseContext<D, S>(PhantomData<(D, S)>);
    pub struct UpgradeUpstreamContext<S>(PhantomData<S>);
    pub struct UpgradeDownstreamContext<S>(PhantomData<S>);

    impl<S> FromContext<RequestContext<S>> for RequestState {}
    impl<S> FromContext<RequestContext<S>> for RequestHeadersState {}
    impl<S> FromContext<RequestContext<S>> for StreamProperties {}
    impl<S> FromContext<RequestContext<S>> for State<S> {}
    impl<D, S> FromContext<ResponseContext<D, S>> for ResponseState {}
    impl<D, S> FromContext<ResponseContext<D, S>> for ResponseHeadersState {}
    impl<D, S> FromContext<ResponseContext<D, S>> for StreamProperties {}
    impl<D, S> FromContext<ResponseContext<D, S>> for RequestData<D> {}
    impl<D, S> FromContext<ResponseContext<D, S>> for State<S> {}
    impl<S> FromContext<UpgradeUpstreamContext<S>> for UpstreamState {}
    impl<S> FromContext<UpgradeUpstreamContext<S>> for State<S> {}
    impl<S> FromContext<UpgradeDownstreamContext<S>> for DownstreamState {}
    impl<S> FromContext<UpgradeDownstreamContext<S>> for State<S> {}

    /// An asynchronous function with such parameters.
    pub trait Handler<C, P> {
        type Output;
    }

    macro_rules! handler {
        ($($p:ident)*) => {
            impl<C, Fun, Fut, $($p: FromContext<C>,)*> Handler<C, ($($p,)*)> for Fun
            where
                Fun: Fn($($p,)*) -> Fut,
                Fut: Future,
            {
                type Output = Fut::Output;
            }
        };
    }
    handler!();
    handler!(A);
    handler!(A B);
    handler!(A B D);
    handler!(A B D E);

    pub trait IntoFlow {
        type RequestData;
    }
    impl<D> IntoFlow for Flow<D> {
        type RequestData = D;
    }
    impl IntoFlow for () {
        type RequestData = ();
    }

    pub struct RequestFilter<D, S = ()>(PhantomData<(D, S)>);
    pub struct DualFilter;
    impl<D, S> Filter for RequestFilter<D, S> {}
    impl Filter for DualFilter {}

    pub fn on_request<H, P>(_: H) -> RequestFilter<<H::Output as IntoFlow>::RequestData>
    where
        H: Handler<RequestContext<()>, P>,
        H::Output: IntoFlow,
    {
        RequestFilter(PhantomData)
    }

    impl<D, S> RequestFilter<D, S> {
        pub fn on_response<H, P>(self, _: H) -> DualFilter
        where
            H: Handler<ResponseContext<D, S>, P, Output = ()>,
        {
            DualFilter
        }
    }

    pub struct FilterBuilder<S = ()>(PhantomData<S>);
    pub struct RequestBuilder<D, S>(PhantomData<(D, S)>);
    pub struct DualBuilder;

    impl FilterBuilder {
        #[allow(clippy::new_without_default)]
        pub fn new() -> Self {
            Self(PhantomData)
        }
        pub fn on_create<S>(self, _: impl Fn() -> S) -> FilterBuilder<S> {
            FilterBuilder(PhantomData)
        }
    }
    impl<S> FilterBuilder<S> {
        pub fn on_request<H, P>(
            self,
            _: H,
        ) -> RequestBuilder<<H::Output as IntoFlow>::RequestData, S>
        where
            H: Handler<RequestContext<S>, P>,
            H::Output: IntoFlow,
        {
            RequestBuilder(PhantomData)
        }
    }
    impl<D, S> RequestBuilder<D, S> {
        pub fn on_response<H, P>(self, _: H) -> DualBuilder
        where
            H: Handler<ResponseContext<D, S>, P, Output = ()>,
        {
            DualBuilder
        }
        pub fn on_upgrade_upstream<H, P>(self, _: H) -> Self
        where
            H: Handler<UpgradeUpstreamContext<S>, P, Output = ()>,
        {
            self
        }
        pub fn on_upgrade_downstream<H, P>(self, _: H) -> Self
        where
            H: Handler<UpgradeDownstreamContext<S>, P, Output = ()>,
        {
            self
        }
        pub fn build(self) -> RequestFilter<D, S> {
            RequestFilter(PhantomData)
        }
    }
    impl DualBuilder {
        pub fn build(self) -> DualFilter {
            DualFilter
        }
    }

    pub trait PropertyAccessor {
        fn read_property(&self, path: &[&str]) -> Option<Vec<u8>>;
        fn set_property(&self, path: &[&str], value: Option<&[u8]>);
    }
    pub struct StreamProperties {}
    impl PropertyAccessor for StreamProperties {
        fn read_property(&self, _path: &[&str]) -> Option<Vec<u8>> {
            None
        }
        fn set_property(&self, _path: &[&str], _value: Option<&[u8]>) {}
    }

    pub trait HeadersHandler {
        fn headers(&self) -> Vec<(String, String)>;
        fn header(&self, name: &str) -> Option<String>;
        fn add_header(&self, name: &str, value: &str);
        fn set_header(&self, name: &str, value: &str);
        fn set_headers(&self, headers: Vec<(&str, &str)>);
        fn remove_header(&self, name: &str);
    }
    #[derive(Debug)]
    pub struct BodyError;
    pub trait BodyHandler {
        fn body(&self) -> Vec<u8>;
        fn set_body(&self, body: &[u8]) -> Result<(), BodyError>;
    }

    pub trait IntoBodyState {
        type BodyState: BodyState;
        type BodyStateFuture: Future<Output = Self::BodyState>;
        fn into_body_state(self) -> Self::BodyStateFuture;
    }
    pub trait EntityState: IntoBodyState {
        type HeadersState: HeadersState;
        type HeadersStateFuture: Future<Output = Self::HeadersState>;
        fn into_headers_state(self) -> Self::HeadersStateFuture;
    }
    pub trait HeadersState: IntoBodyState {
        fn handler(&self) -> &dyn HeadersHandler;
        fn contains_body(&self) -> bool;
    }
    pub trait BodyState {
        fn handler(&self) -> &dyn BodyHandler;
        fn contains_body(&self) -> bool;
    }

    macro_rules! states {
        ($state:ident $headers:ident $body:ident) => {
            pub struct $state {}
            pub struct $headers {}
            pub struct $body {}
            impl IntoBodyState for $state {
                type BodyState = $body;
                type BodyStateFuture = BoxFuture<$body>;
                fn into_body_state(self) -> Self::BodyStateFuture {
                    Box::pin(ready($body {}))
                }
            }
            impl EntityState for $state {
                type HeadersState = $headers;
                type HeadersStateFuture = Ready<$headers>;
                fn into_headers_state(self) -> Self::HeadersStateFuture {
                    ready($headers {})
                }
            }
            impl IntoBodyState for $headers {
                type BodyState = $body;
                type BodyStateFuture = BoxFuture<$body>;
                fn into_body_state(self) -> Self::BodyStateFuture {
                    Box::pin(ready($body {}))
                }
            }
            impl HeadersState for $headers {
                fn handler(&self) -> &dyn HeadersHandler {
                    self
                }
                fn contains_body(&self) -> bool {
                    true
                }
            }
            impl HeadersHandler for $headers {
                fn headers(&self) -> Vec<(String, String)> {
                    Vec::new()
                }
                fn header(&self, _name: &str) -> Option<String> {
                    None
                }
                fn add_header(&self, _name: &str, _value: &str) {}
                fn set_header(&self, _name: &str, _value: &str) {}
                fn set_headers(&self, _headers: Vec<(&str, &str)>) {}
                fn remove_header(&self, _name: &str) {}
            }
            impl BodyState for $body {
                fn handler(&self) -> &dyn BodyHandler {
                    self
                }
                fn contains_body(&self) -> bool {
                    true
                }
            }
            impl BodyHandler for $body {
                fn body(&self) -> Vec<u8> {
                    Vec::new()
                }
                fn set_body(&self, _body: &[u8]) -> Result<(), BodyError> {
                    Ok(())
                }
            }
        };
    }
    states!(RequestState RequestHeadersState RequestBodyState);
    states!(ResponseState ResponseHeadersState ResponseBodyState);

    macro_rules! frames {
        ($($state:ident)*) => {
            $(
                pub struct $state {}
                impl $state {
                    pub async fn next(self) -> Self {
                        self
                    }
                    pub async fn accumulate(self) -> Self {
                        self
                    }
                    pub fn bytes(&self) -> Vec<u8> {
                        Vec::new()
                    }
                    pub fn set_body(&self, _data: &[u8]) {}
                }
            )*
        };
    }
    frames!(UpstreamState DownstreamState);

    impl RequestHeadersState {
        pub fn method(&self) -> String {
            String::new()
        }
        pub fn scheme(&self) -> String {
            String::new()
        }
        pub fn authority(&self) -> String {
            String::new()
        }
        pub fn path(&self) -> String {
            String::new()
        }
    }
    impl ResponseHeadersState {
        pub fn status_code(&self) -> u32 {
            200
        }
    }

    pub struct Uri {}
    impl std::str::FromStr for Uri {
        type Err = BodyError;
        fn from_str(_: &str) -> Result<Self, BodyError> {
            Ok(Self {})
        }
    }
    pub struct Service {}
    impl Service {
        pub fn from(_name: &str, _namespace: &str, _uri: Uri) -> Self {
            Self {}
        }
        pub fn new(_cluster_name: &str, _uri: Uri) -> Self {
            Self {}
        }
    }
    pub struct HttpClient {}
    impl HttpClient {
        pub fn request<'a>(&'a self, _service: &'a Service) -> Call<'a> {
            Call(PhantomData)
        }
    }
    pub struct Call<'a>(PhantomData<&'a ()>);
    pub struct HttpClientResponse {}
    impl<'a> Call<'a> {
        pub fn path(self, _path: &'a str) -> Self {
            self
        }
        pub fn get(self) -> BoxFuture<Result<HttpClientResponse, BodyError>> {
            Box::pin(ready(Ok(HttpClientResponse {})))
        }
    }
}
