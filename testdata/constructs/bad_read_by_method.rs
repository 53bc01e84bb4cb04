use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Clone, Default)]
struct Span {
    id: u64,
    direction: String,
}
impl Span {
    fn with_id(mut self, id: u64) -> Self {
        self.id = id;
        self
    }
    fn with_direction(mut self, direction: String) -> Self {
        self.direction = direction;
        self
    }
    fn has_id(&self) -> bool {
        self.id != 0
    }
    fn render(&self) -> String {
        format!("{}-{}", self.id, self.direction)
    }
}

#[derive(Default)]
struct Plugin {
    span: Span,
}

impl Context for Plugin {}

impl Plugin {
    fn direction(&self) -> String {
        if let Some(cluster) = self.get_property(vec!["xds", "cluster_name"]) {
            if cluster.starts_with(b"inbound|") {
                return "inbound".to_string();
            }
        }
        "outbound".to_string()
    }
}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let direction = self.direction();
        self.span = self.span.clone().with_id(7).with_direction(direction); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if !self.span.has_id() {
            return Action::Continue;
        }
        self.set_http_response_header("x-span", Some(&self.span.render())); //<
        Action::Continue
    }
}
