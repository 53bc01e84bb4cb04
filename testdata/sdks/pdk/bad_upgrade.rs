//! What handles the frames of an upgraded connection reads what the request filter kept.

use std::cell::RefCell;

use pdk::hl::*;

#[derive(Default)]
struct Kept {
    route: RefCell<Vec<u8>>,
}

async fn incoming(state: RequestState, State(kept): State<Kept>, stream: StreamProperties) -> Flow<()> {
    let _headers = state.into_headers_state().await;
    let route = stream.read_property(&["xds", "route_name"]).unwrap_or_default();
    *kept.route.borrow_mut() = route; //~
    Flow::Continue(())
}

async fn frames(mut state: DownstreamState, State(kept): State<Kept>) {
    loop {
        if kept.route.borrow().as_slice() == b"admin" {
            state.set_body(b"");
        }
        state = state.next().await;
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = FilterBuilder::new()
        .on_create(Kept::default)
        .on_request(incoming)
        .on_upgrade_downstream(frames)
        .build();
    launcher.launch(filter).await
}
