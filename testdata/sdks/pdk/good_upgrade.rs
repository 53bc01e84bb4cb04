//! Between the frames of an upgraded connection only what does not move is kept.

use std::cell::RefCell;

use pdk::hl::*;

#[derive(Default)]
struct Kept {
    client: RefCell<Vec<u8>>,
}

async fn incoming(state: RequestState, State(kept): State<Kept>, stream: StreamProperties) -> Flow<()> {
    let _headers = state.into_headers_state().await;
    let client = stream.read_property(&["source", "address"]).unwrap_or_default();
    *kept.client.borrow_mut() = client;
    Flow::Continue(())
}

async fn up(mut state: UpstreamState, State(kept): State<Kept>) {
    let mut seen = 0;
    loop {
        let bytes = state.bytes();
        if bytes.is_empty() {
            state = state.accumulate().await;
            continue;
        }
        seen += bytes.len();
        if seen > 1024 && !kept.client.borrow().starts_with(b"10.") {
            state.set_body(b"");
        }
        state = state.next().await;
    }
}

async fn down(mut state: DownstreamState) {
    loop {
        state = state.next().await;
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = FilterBuilder::new()
        .on_create(Kept::default)
        .on_request(incoming)
        .on_upgrade_upstream(up)
        .on_upgrade_downstream(down)
        .build();
    launcher.launch(filter).await
}
