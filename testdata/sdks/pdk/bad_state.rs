//! State of a stream that `on_create` makes.

use std::cell::RefCell;

use pdk::hl::*;

#[derive(Clone, Default)]
struct Seen {
    route: RefCell<Vec<u8>>,
}

async fn request_filter(
    _state: RequestHeadersState,
    stream: StreamProperties,
    State(seen): State<Seen>,
) -> Flow<()> {
    let route = stream.read_property(&["xds", "route_name"]).unwrap_or_default();
    seen.route.replace(route); //~
    Flow::Continue(())
}

async fn response_filter(state: ResponseHeadersState, State(seen): State<Seen>) {
    let route = String::from_utf8_lossy(&seen.route.borrow()).into_owned();
    state.handler().set_header("x-route", &route);
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = FilterBuilder::new()
        .on_create(Seen::default)
        .on_request(request_filter)
        .on_response(response_filter)
        .build();
    launcher.launch(filter).await
}
