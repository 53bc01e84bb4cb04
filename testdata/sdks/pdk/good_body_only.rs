//! A route read once the body is there, kept over nothing.

use pdk::hl::*;

async fn refused(state: &RequestBodyState, stream: &StreamProperties) -> bool {
    let route = stream.read_property(&["route_name"]);
    route.as_deref() == Some(b"upload") && state.handler().body().is_empty()
}

async fn request_filter(state: RequestState, stream: StreamProperties) -> Flow<()> {
    let state = state.into_body_state().await;
    if refused(&state, &stream).await {
        return Flow::Break(Response::new(400));
    }
    Flow::Continue(())
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream));
    launcher.launch(filter).await
}
