use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root { config: None }) });
}}

struct Config {
    names: Vec<String>,
}

impl Config {
    fn new(bytes: Vec<u8>) -> Result<Config, String> {
        let text = String::from_utf8(bytes).map_err(|e| e.to_string())?;
        text.parse()
    }

    fn name(&self, at: usize) -> &str {
        &self.names[at]
    }
}

impl std::str::FromStr for Config {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = text.lines().map(str::to_owned).collect();
        Ok(Config { names })
    }
}

struct Root {
    config: Option<Rc<Config>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let bytes = self.get_plugin_configuration().unwrap_or_default();
        match Config::new(bytes) {
            Ok(config) => {
                self.config = Some(Rc::new(config));
                true
            }
            Err(_) => false,
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let config = self.config.clone()?;
        Some(Box::new(Plugin { config }))
    }
}

struct Plugin {
    config: Rc<Config>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    // What looks into the configuration leaves nothing there.
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]);
        let at = route.map_or(0, |name| name.len());
        self.set_http_request_header("x-name", Some(self.config.name(at)));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-name", Some(self.config.name(0)));
        Action::Continue
    }
}
