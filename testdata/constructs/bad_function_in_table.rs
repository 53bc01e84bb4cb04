use std::collections::BTreeMap;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}

struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let mut table: BTreeMap<&'static str, Handler> = BTreeMap::new();
        table.insert("/admin", admin);
        table.insert("/", |plugin| plugin.public = true);
        Some(Box::new(Plugin { table, admin: false, public: false }))
    }
}

type Handler = fn(&mut Plugin);

struct Plugin {
    table: BTreeMap<&'static str, Handler>,
    admin: bool,
    public: bool,
}

fn admin(plugin: &mut Plugin) {
    let route = plugin.get_property(vec!["xds", "route_name"]);
    plugin.admin = route.as_deref() == Some(b"admin"); //~
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let path = self.get_http_request_header(":path").unwrap_or_default();
        if let Some((_, handler)) = self.table.range(..=path.as_str()).next_back() {
            let handler = *handler;
            handler(self);
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.admin {
            self.set_http_response_header("cache-control", Some("no-store"));
        }
        if self.public {
            self.set_http_response_header("x-public", Some("1"));
        }
        Action::Continue
    }
}
