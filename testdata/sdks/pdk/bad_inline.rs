//! Both filters written in place.

use pdk::hl::*;

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(|_: RequestHeadersState, stream: StreamProperties| async move {
        let route = stream.read_property(&["route_name"]);
        Flow::Continue(route) //~
    })
    .on_response(
        |state: ResponseHeadersState, data: RequestData<Option<Vec<u8>>>| async move {
            if let RequestData::Continue(Some(route)) = data {
                let route = String::from_utf8_lossy(&route).into_owned();
                state.handler().set_header("x-route", &route);
            }
        },
    );
    launcher.launch(filter).await
}
