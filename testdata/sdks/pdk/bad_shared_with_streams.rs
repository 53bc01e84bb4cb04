//! What the launching function owns is shared by all streams.

use std::cell::RefCell;

use pdk::hl::*;

async fn request_filter(
    _state: RequestHeadersState,
    stream: StreamProperties,
    last: &RefCell<Vec<u8>>,
) -> Flow<()> {
    let route = stream.read_property(&["xds", "route_name"]).unwrap_or_default();
    *last.borrow_mut() = route; //~
    Flow::Continue(())
}

async fn response_filter(state: ResponseHeadersState, last: &RefCell<Vec<u8>>) {
    let route = String::from_utf8_lossy(&last.borrow()).into_owned();
    state.handler().set_header("x-route", &route);
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let last = RefCell::new(Vec::new());
    let filter = on_request(|state, stream| request_filter(state, stream, &last))
        .on_response(|state| response_filter(state, &last));
    launcher.launch(filter).await
}
