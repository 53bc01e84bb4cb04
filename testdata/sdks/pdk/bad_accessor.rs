//! Properties read through the trait, by a type of the policy.

use pdk::hl::*;

struct Attributes<'a> {
    properties: &'a dyn PropertyAccessor,
}

impl Attributes<'_> {
    fn text(&self, path: &[&str]) -> Option<String> {
        String::from_utf8(self.properties.read_property(path)?).ok()
    }

    fn cluster(&self) -> Option<String> {
        self.text(&["xds", "cluster_name"])
    }
}

async fn request_filter(
    _state: RequestHeadersState,
    stream: StreamProperties,
) -> Flow<Option<String>> {
    let attributes = Attributes {
        properties: &stream,
    };
    Flow::Continue(attributes.cluster()) //~
}

async fn response_filter(state: ResponseHeadersState, data: RequestData<Option<String>>) {
    match data {
        RequestData::Continue(Some(cluster)) => state.handler().set_header("x-cluster", &cluster),
        RequestData::Continue(None) | RequestData::Break | RequestData::Cancel => {}
    }
}

#[entrypoint]
async fn configure(launcher: Launcher) -> Result<(), LaunchError> {
    let filter = on_request(request_filter).on_response(response_filter);
    launcher.launch(filter).await
}
