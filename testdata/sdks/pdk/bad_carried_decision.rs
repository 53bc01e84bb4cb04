//! The rule that the route picked is carried, out of a helper that may fail.

use pdk::hl::*;

struct Rule {
    route: String,
    header: String,
}

fn pick(stream: &StreamProperties, rules: &[Rule]) -> Option<String> {
    let route = stream.read_property(&["route_name"])?;
    let rule = rules.iter().find(|r| r.route.as_bytes() == route)?;
    Some(rule.header.clone())
}

async fn choose(
    state: RequestState,
    stream: &StreamProperties,
    rules: &[Rule],
) -> Result<Option<String>, Response> {
    let state = state.into_headers_state().await;
    if state.path().starts_with("/internal") {
        return Err(Response::new(403));
    }
    Ok(pick(stream, rules))
}

async fn request_filter(
    state: RequestState,
    stream: StreamProperties,
    rules: &[Rule],
) -> Flow<Option<String>> {
    match choose(state, &stream, rules).await {
        Ok(header) => Flow::Continue(header), //~
        Err(response) => Flow::Break(response),
    }
}

async fn response_filter(state: ResponseState, data: RequestData<Option<String>>) {
    let state = state.into_headers_state().await;
    if let RequestData::Continue(Some(header)) = data {
        state.handler().set_header("x-team", &header);
    }
}

#[entrypoint]
async fn configure(
    launcher: Launcher,
    Configuration(bytes): Configuration,
) -> Result<(), LaunchError> {
    let rules: Vec<Rule> = String::from_utf8_lossy(&bytes)
        .lines()
        .map(|line| Rule {
            route: line.to_string(),
            header: line.to_uppercase(),
        })
        .collect();
    let filter = on_request(|state, stream| request_filter(state, stream, &rules))
        .on_response(|state, data| response_filter(state, data));
    launcher.launch(filter).await
}
