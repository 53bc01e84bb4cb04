//! The route name read where it is used.

use std::rc::Rc;

use envoy::extension::filter::http;
use envoy::extension::{
    ConfigStatus, ExtensionFactory, HttpFilter, InstanceId, Module, Result, entrypoint, factory,
};
use envoy::host::{ByteString, StreamInfo};

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
        })
    }
}

struct Team<'a> {
    header: Rc<String>,
    stream_info: &'a dyn StreamInfo,
}

impl<'a> HttpFilter for Team<'a> {
    fn on_response_headers(
        &mut self,
        _num_headers: usize,
        _end_of_stream: bool,
        ops: &dyn http::ResponseHeadersOps,
    ) -> Result<http::FilterHeadersStatus> {
        if let Some(route) = self.stream_info.route().name()? {
            ops.set_response_header(&self.header, &route)?;
        }
        Ok(http::FilterHeadersStatus::Continue)
    }
}
