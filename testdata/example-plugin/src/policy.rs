//! What a rule means for a request and its answer.

use proxy_wasm::hostcalls;
use proxy_wasm::types::{Action, BufferType, MapType};

use crate::rules::{property, Rule};

/// The filter of one stream.
#[derive(Default)]
pub struct PolicyFilter {
    cluster: Option<String>,
    seen: usize,
}

impl PolicyFilter {
    /// Lets a request pass if its team may call the route.
    pub fn on_request(&mut self, rule: &Rule) -> Action {
        self.cluster = property("cluster_name");
        let team = hostcalls::get_map_value(MapType::HttpRequestHeaders, "x-team");
        if matches!(team, Ok(Some(team)) if team == rule.team) {
            return Action::Continue;
        }
        let _ = hostcalls::send_http_response(403, vec![], Some(b"not your route"));
        Action::Pause
    }

    /// Says whose answer it is.
    pub fn on_response(&self, rule: &Rule) {
        let headers = MapType::HttpResponseHeaders;
        let _ = hostcalls::set_map_value(headers, "x-served-by", Some(&rule.team));
    }

    /// Cuts off what is too long.
    pub fn on_response_body(&mut self, rule: &Rule, size: usize) {
        self.seen += size;
        if self.seen > rule.max_body {
            let _ = hostcalls::set_buffer(BufferType::HttpResponseBody, 0, size, b"");
        }
    }

    /// Counts for the bill.
    pub fn on_log(&self) {
        let cluster = self.cluster.as_deref().unwrap_or("-");
        log::info!("{} bytes from {cluster}", self.seen);
    }
}
