use std::str::FromStr;

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

struct Path {
    tokens: Vec<String>,
}

impl From<&[&str]> for Path {
    fn from(parts: &[&str]) -> Self {
        Path { tokens: parts.iter().map(|part| part.to_string()).collect() }
    }
}

impl From<&str> for Path {
    fn from(text: &str) -> Self {
        Path { tokens: text.split('.').map(|part| part.to_string()).collect() }
    }
}

impl FromStr for Path {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.is_empty() { Err(()) } else { Ok(Path::from(text)) }
    }
}

impl Path {
    fn tokens(&self) -> Vec<&str> {
        self.tokens.iter().map(String::as_str).collect()
    }
}

struct Attribute {
    path: Path,
}

impl Attribute {
    fn read(&self) -> Option<Vec<u8>> {
        hostcalls::get_property(self.path.tokens()).ok().flatten()
    }
}

fn borrowed(path: &Path) -> Option<Vec<u8>> {
    hostcalls::get_property(path.tokens()).ok().flatten()
}

fn turned(path: impl Into<Path>) -> Option<Vec<u8>> {
    let path = path.into();
    borrowed(&path)
}

fn generic<P: Into<Path>>(path: P) -> Option<Vec<u8>> {
    borrowed(&path.into())
}

fn default_path() -> Path {
    "xds.cluster_name".into()
}

#[derive(Default)]
struct Plugin {
    borrowed: Option<Vec<u8>>,
    turned: Option<Vec<u8>>,
    generic: Option<Vec<u8>>,
    named: Option<Vec<u8>>,
    parsed: Option<Vec<u8>>,
    declared: Option<Vec<u8>>,
    field: Option<Vec<u8>>,
    returned: Option<Vec<u8>>,
    fixed: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.borrowed = borrowed(&"xds.route_name".into()); //~
        self.turned = turned("xds.route_name"); //~
        self.generic = generic("xds.route_name"); //~
        self.named = borrowed(&Path::from("xds.route_name")); //~
        self.parsed = "xds.route_name".parse::<Path>().ok().as_ref().and_then(borrowed); //~
        let Ok(path) = "xds.route_name".parse() else {
            return Action::Continue;
        };
        self.declared = borrowed(&path); //~
        self.field = Attribute { path: "xds.route_name".into() }.read(); //~
        self.returned = borrowed(&default_path()); //~
        self.fixed = turned("source.address");
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for value in [
            &self.borrowed,
            &self.turned,
            &self.generic,
            &self.named,
            &self.parsed,
            &self.declared,
            &self.field,
            &self.returned,
            &self.fixed,
        ] {
            self.set_http_response_header_bytes("x-value", value.as_deref());
        }
        Action::Continue
    }
}
