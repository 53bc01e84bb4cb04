//! A kept route is only the key under which a collection is changed later.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

thread_local! {
    static LATENCIES: RefCell<HashMap<(String, u32), Vec<u64>>> = RefCell::default();
    static ERRORS: RefCell<BTreeMap<String, u64>> = RefCell::default();
    static OPEN: RefCell<HashMap<Vec<u8>, u32>> = RefCell::default();
    static ANSWERED: RefCell<BTreeSet<String>> = RefCell::default();
}

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    route: String,
    cluster: String,
    vhost: Vec<u8>,
    name: String,
}

impl Plugin {
    fn ask(&self, name: &str) -> String {
        let value = self.get_property(vec!["xds", name]).unwrap_or_default();
        String::from_utf8_lossy(&value).into_owned()
    }
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.route = self.ask("route_name"); //~
        self.cluster = self.ask("cluster_name"); //~
        self.vhost = self.ask("virtual_host_name").into_bytes(); //~
        self.name = self.ask("route_name"); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, size: usize, _: bool) -> Action {
        LATENCIES.with_borrow_mut(|all| {
            all.entry((self.route.clone(), 200)).or_default().push(size as u64);
        });
        ERRORS.with_borrow_mut(|all| {
            all.entry(std::mem::take(&mut self.cluster)).and_modify(|n| *n += 1).or_insert(1);
        });
        OPEN.with_borrow_mut(|all| all.remove(&self.vhost));
        ANSWERED.with_borrow_mut(|all| all.insert(format!("{}:{size}", self.name)));
        Action::Continue
    }
}
