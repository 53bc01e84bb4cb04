//! The filter holds the request until its callout is answered: no other filter has seen it.

use std::rc::Rc;

use envoy::extension::filter::http;
use envoy::extension::{
    ConfigStatus, ExtensionFactory, HttpFilter, InstanceId, Module, Result, entrypoint, factory,
};
use envoy::host::{
    ByteString, HttpClient, HttpClientRequestHandle, HttpClientResponseOps, StreamInfo,
};
use std::time::Duration;

entrypoint! { initialize }

fn initialize() -> Result<Module> {
    Module::new().add_http_filter(|_| Ok(TeamFactory::new(StreamInfo::default())))
}

struct TeamFactory<'a> {
    header: Rc<String>,
    stream_info: &'a dyn StreamInfo,
}

impl<'a> TeamFactory<'a> {
    fn new(stream_info: &'a dyn StreamInfo) -> Self {
        Self {
            header: Rc::new(String::from("x-route")),
            stream_info,
        }
    }
}

impl<'a> ExtensionFactory for TeamFactory<'a> {
    type Extension = Team<'a>;

    fn name() -> &'static str {
        "team"
    }

    fn on_configure(
        &mut self,
        config: ByteString,
        _ops: &dyn factory::ConfigureOps,
    ) -> Result<ConfigStatus> {
        self.header = Rc::new(String::from_utf8_lossy(config.as_bytes()).into_owned());
        Ok(ConfigStatus::Accepted)
    }

    fn new_extension(&mut self, _id: InstanceId) -> Result<Team<'a>> {
        Ok(Team {
            header: Rc::clone(&self.header),
            stream_info: self.stream_info,
            http_client: HttpClient::default(),
            route: None,
        })
    }
}

struct Team<'a> {
    header: Rc<String>,
    stream_info: &'a dyn StreamInfo,
    http_client: &'a dyn HttpClient,
    route: Option<String>,
}

impl<'a> HttpFilter for Team<'a> {
    fn on_request_headers(
        &mut self,
        _num_headers: usize,
        _end_of_stream: bool,
        _ops: &dyn http::RequestHeadersOps,
    ) -> Result<http::FilterHeadersStatus> {
        self.route = self.stream_info.route().name()?;
        self.http_client.send_request(
            "auth",
            &[(":method", "GET"), (":path", "/"), (":authority", &self.header)],
            None,
            None,
            Duration::from_secs(1),
        )?;
        Ok(http::FilterHeadersStatus::StopIteration)
    }

    fn on_http_call_response(
        &mut self,
        _request: HttpClientRequestHandle,
        _num_headers: usize,
        _body_size: usize,
        _num_trailers: usize,
        ops: &dyn http::Ops,
        _client_ops: &dyn HttpClientResponseOps,
    ) -> Result<()> {
        if self.route.as_deref() == Some("admin") {
            ops.send_response(403, &[], None)?;
        } else {
            ops.resume_request()?;
        }
        Ok(())
    }
}
