//! While the filter waits for an answer the SDK holds the request: no other filter has seen it.

use pdk::hl::*;

async fn request_filter(
    state: RequestHeadersState,
    stream: StreamProperties,
    client: &HttpClient,
    service: &Service,
) -> Flow<()> {
    let route = stream.read_property(&["xds", "route_name"]);
    let path = state.path();
    let answer = client.request(service).path(&path).get().await;
    if route.as_deref() == Some(b"admin") && answer.is_err() {
        return Flow::Break(Response::new(403));
    }
    Flow::Continue(())
}

#[entrypoint]
async fn configure(
    launcher: Launcher,
    client: HttpClient,
    Configuration(bytes): Configuration,
) -> Result<(), LaunchError> {
    let service = Service::from(
        &String::from_utf8_lossy(&bytes),
        "default",
        "http://auth".parse().unwrap(),
    );
    let filter = on_request(|state, stream| request_filter(state, stream, &client, &service));
    launcher.launch(filter).await
}
