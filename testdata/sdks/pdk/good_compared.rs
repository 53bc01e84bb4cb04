//! The carried route is only compared with a fresh one: that tells whether it moved.

use pdk::hl::*;

async fn request_filter(
    _state: RequestHeadersState,
    stream: StreamProperties,
) -> Flow<Option<Vec<u8>>> {
    Flow::Continue(stream.read_property(&["xds", "route_name"]))
}

async fn response_filter(
    state: ResponseHeadersState,
    stream: StreamProperties,
    data: RequestData<Option<Vec<u8>>>,
) {
    let now = stream.read_property(&["xds", "route_name"]);
    if let RequestData::Continue(before) = data
        && before != now
    {
        state.handler().set_header("x-rerouted", "1");
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(request_filter).on_response(response_filter);
    launcher.launch(filter).await
}
