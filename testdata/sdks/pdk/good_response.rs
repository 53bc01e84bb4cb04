//! The route read in the response filter is the one that served the request, also after the body.

use pdk::hl::*;

async fn request_filter(state: RequestHeadersState) -> Flow<String> {
    Flow::Continue(state.method())
}

async fn response_filter(
    state: ResponseState,
    stream: StreamProperties,
    data: RequestData<String>,
) {
    let route = stream.read_property(&["xds", "route_name"]);
    let state = state.into_body_state().await;
    if let RequestData::Continue(method) = data
        && method == "GET"
        && route.as_deref() == Some(b"masked")
    {
        let _ = state.handler().set_body(b"***");
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state| request_filter(state))
        .on_response(|state, stream, data| response_filter(state, stream, data));
    launcher.launch(filter).await
}
