//! What the cluster decided, read by its path, used when the exchange is complete and in the body.

use std::rc::Rc;

use envoy::extension::filter::http;
use envoy::extension::{
    ConfigStatus, ExtensionFactory, HttpFilter, InstanceId, Module, Result, entrypoint, factory,
};
use envoy::host::{ByteString, StreamInfo};

entrypoint! { initialize }

fn initialize() -> Result<Module> {
    Module::new().add_http_filter(|_| Ok(TeamFactory::new(<dyn StreamInfo>::default())))
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
            internal: false,
        })
    }
}

struct Team<'a> {
    header: Rc<String>,
    stream_info: &'a dyn StreamInfo,
    internal: bool,
}

impl<'a> HttpFilter for Team<'a> {
    fn on_request_headers(
        &mut self,
        _num_headers: usize,
        _end_of_stream: bool,
        ops: &dyn http::RequestHeadersOps,
    ) -> Result<http::FilterHeadersStatus> {
        let cluster = self.stream_info.stream_property(&["cluster_name"])?;
        self.internal = cluster.is_some_and(|c| c.as_bytes().starts_with(b"internal")); //~
        if ops.request_header("x-blocked")?.is_some() {
            ops.send_response(403, &[], None)?;
            return Ok(http::FilterHeadersStatus::StopIteration);
        }
        Ok(http::FilterHeadersStatus::Continue)
    }

    fn on_response_headers(
        &mut self,
        _num_headers: usize,
        _end_of_stream: bool,
        ops: &dyn http::ResponseHeadersOps,
    ) -> Result<http::FilterHeadersStatus> {
        if self.internal {
            ops.remove_response_header(&self.header)?;
        }
        Ok(http::FilterHeadersStatus::Continue)
    }
}
