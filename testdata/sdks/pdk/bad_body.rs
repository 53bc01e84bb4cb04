//! A local kept while the filter waits for the body: the headers have gone on to other filters.

use pdk::hl::*;

async fn request_filter(state: RequestHeadersState, stream: StreamProperties) -> Flow<()> {
    let route = stream.read_property(&["xds", "route_name"]); //~
    let state = state.into_body_state().await;
    if route.as_deref() == Some(b"upload") && state.handler().body().is_empty() {
        return Flow::Break(Response::new(400));
    }
    Flow::Continue(())
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|state, stream| request_filter(state, stream));
    launcher.launch(filter).await
}
