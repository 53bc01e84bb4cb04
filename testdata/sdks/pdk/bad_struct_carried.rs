//! One field of what is carried is the route; the filter is launched by a helper.

use std::rc::Rc;

use pdk::hl::*;

struct Config {
    header: String,
}

struct Carried {
    method: String,
    route: Option<String>,
}

fn describe(state: &RequestHeadersState, stream: &StreamProperties) -> Carried {
    let route = stream.read_property(&["xds", "route_name"]);
    Carried {
        method: state.method(),
        route: route.and_then(|r| String::from_utf8(r).ok()),
    }
}

async fn request_filter(state: RequestState, stream: StreamProperties) -> Flow<Carried> {
    let state = state.into_headers_state().await;
    Flow::Continue(describe(&state, &stream)) //~
}

async fn response_filter(
    state: ResponseState,
    data: RequestData<Carried>,
    config: Rc<Config>,
) {
    let state = state.into_headers_state().await;
    let carried = match data {
        RequestData::Continue(carried) => carried,
        _ => return,
    };
    if carried.method == "GET" {
        let route = carried.route.as_deref().unwrap_or("-");
        state.handler().set_header(&config.header, route);
    }
}

async fn start(launcher: Launcher, config: Rc<Config>) -> Result<(), LaunchError> {
    let filter = on_request(request_filter).on_response(move |state, data| {
        let config = Rc::clone(&config);
        response_filter(state, data, config)
    });
    launcher.launch(filter).await
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let config = Config {
        header: String::from("x-route"),
    };
    start(launcher, Rc::new(config)).await
}
