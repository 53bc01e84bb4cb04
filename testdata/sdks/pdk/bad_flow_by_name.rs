//! `Flow::Continue` is given as a function.

use pdk::hl::*;

fn route(stream: &StreamProperties) -> Option<String> {
    let bytes = stream.read_property(&["xds", "route_name"])?;
    String::from_utf8(bytes).ok()
}

async fn request_filter(_state: RequestHeadersState, stream: StreamProperties) -> Flow<String> {
    route(&stream).map_or(Flow::Break(Response::new(404)), Flow::Continue) //~
}

async fn response_filter(state: ResponseHeadersState, data: RequestData<String>) {
    if let RequestData::Continue(route) = data {
        state.handler().set_header("x-route", &route);
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream))
        .on_response(|state, data| response_filter(state, data));
    launcher.launch(filter).await
}
