//! The request filter's route reaches the response filter as request data.

use pdk::hl::*;

async fn request_filter(_state: RequestHeadersState, stream: StreamProperties) -> Flow<String> {
    let route = stream
        .read_property(&["xds", "route_name"])
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    Flow::Continue(route) //~
}

async fn response_filter(state: ResponseHeadersState, data: RequestData<String>) {
    let RequestData::Continue(route) = data else {
        return;
    };
    if route == "admin" {
        state.handler().set_header("x-robots-tag", "none");
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream))
        .on_response(|state, data| response_filter(state, data));
    launcher.launch(filter).await
}
