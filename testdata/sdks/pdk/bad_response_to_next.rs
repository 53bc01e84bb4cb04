//! The route that served one request decides about the next one, through what the policy owns.

use std::cell::RefCell;

use pdk::hl::*;

#[derive(Default)]
struct Breaker {
    broken: RefCell<String>,
}

async fn request_filter(state: RequestHeadersState, breaker: &Breaker) -> Flow<()> {
    if state.path().contains(breaker.broken.borrow().as_str()) {
        return Flow::Break(Response::new(503));
    }
    Flow::Continue(())
}

async fn response_filter(
    state: ResponseHeadersState,
    stream: StreamProperties,
    breaker: &Breaker,
) {
    if state.status_code() >= 500 {
        let route = stream.read_property(&["xds", "route_name"]).unwrap_or_default();
        breaker.broken.replace(String::from_utf8_lossy(&route).into_owned()); //~
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let breaker = Breaker::default();
    let filter = on_request(|state| request_filter(state, &breaker))
        .on_response(|state, stream| response_filter(state, stream, &breaker));
    launcher.launch(filter).await
}
