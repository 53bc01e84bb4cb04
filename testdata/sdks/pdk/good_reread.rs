//! Read again once the body is there.

use pdk::hl::*;

fn is_upload(stream: &StreamProperties) -> bool {
    stream.read_property(&["xds", "route_name"]).as_deref() == Some(b"upload")
}

async fn request_filter(state: RequestHeadersState, stream: StreamProperties) -> Flow<()> {
    if is_upload(&stream) && state.method() == "GET" {
        return Flow::Break(Response::new(405));
    }
    let state = state.into_body_state().await;
    if is_upload(&stream) && state.handler().body().is_empty() {
        return Flow::Break(Response::new(400));
    }
    Flow::Continue(())
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream));
    launcher.launch(filter).await
}
