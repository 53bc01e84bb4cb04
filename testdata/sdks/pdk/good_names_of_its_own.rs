//! Types of the policy that are called like those of the SDK are its own.

use pdk::hl::{
    Configuration, HeadersState, LaunchError, Launcher, PropertyAccessor, RequestHeadersState,
    ResponseHeadersState, StreamProperties, entrypoint, on_request,
};

struct RouteInfo {
    name: String,
}

impl RouteInfo {
    fn name(&self) -> &str {
        &self.name
    }
}

enum Flow {
    Continue(String),
    Stop,
}

async fn request_filter(state: RequestHeadersState, stream: StreamProperties, info: &RouteInfo) {
    let peer = stream.read_property(&["source", "address"]);
    let next = match peer {
        Some(_) => Flow::Continue(info.name().to_string()),
        None => Flow::Stop,
    };
    if let Flow::Continue(name) = next {
        state.handler().set_header("x-name", &name);
    }
}

async fn response_filter(state: ResponseHeadersState, info: &RouteInfo) {
    state.handler().set_header("x-name", info.name());
}

#[entrypoint]
async fn configure(
    launcher: Launcher,
    Configuration(bytes): Configuration,
) -> Result<(), LaunchError> {
    let info = RouteInfo {
        name: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let filter = on_request(|state, stream| request_filter(state, stream, &info))
        .on_response(|state| response_filter(state, &info));
    launcher.launch(filter).await
}
