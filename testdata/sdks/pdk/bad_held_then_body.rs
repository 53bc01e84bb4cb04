//! Held for an answer first, then let go for the body.

use pdk::hl::*;

async fn request_filter(
    state: RequestHeadersState,
    stream: StreamProperties,
    client: &HttpClient,
    service: &Service,
) -> Flow<()> {
    let route = stream.read_property(&["xds", "route_name"]); //~
    let answer = client.request(service).get().await;
    let state = state.into_body_state().await;
    if route.as_deref() == Some(b"admin") && answer.is_err() && state.contains_body() {
        return Flow::Break(Response::new(403));
    }
    Flow::Continue(())
}

#[entrypoint]
async fn configure(launcher: Launcher, client: HttpClient) -> Result<(), LaunchError> {
    let service = Service::new("auth", "http://auth".parse().unwrap());
    let filter = on_request(|state, stream| request_filter(state, stream, &client, &service));
    launcher.launch(filter).await
}
