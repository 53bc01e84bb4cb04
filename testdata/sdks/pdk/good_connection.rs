//! Properties of the connection stay.

use pdk::hl::*;

async fn request_filter(
    state: RequestHeadersState,
    stream: StreamProperties,
) -> Flow<Option<Vec<u8>>> {
    let peer = stream.read_property(&["source", "address"]);
    let state = state.into_body_state().await;
    if peer.is_none() && state.contains_body() {
        return Flow::Break(Response::new(400));
    }
    Flow::Continue(peer)
}

async fn response_filter(state: ResponseHeadersState, data: RequestData<Option<Vec<u8>>>) {
    if let RequestData::Continue(Some(peer)) = data {
        let peer = String::from_utf8_lossy(&peer).into_owned();
        state.handler().set_header("x-peer", &peer);
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream))
        .on_response(|state, data| response_filter(state, data));
    launcher.launch(filter).await
}
