//! The headers are there when the filter starts: their state is no wait.

use pdk::hl::*;

async fn request_filter(state: RequestState, stream: StreamProperties) -> Flow<()> {
    let route = stream.read_property(&["xds", "route_name"]);
    let state = state.into_headers_state().await;
    if route.as_deref() == Some(b"admin") && state.handler().header("authorization").is_none() {
        return Flow::Break(Response::new(401));
    }
    Flow::Continue(())
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream));
    launcher.launch(filter).await
}
