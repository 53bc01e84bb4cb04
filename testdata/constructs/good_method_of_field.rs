use std::cell::RefCell;
use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root::default()) });
}}

#[derive(Default)]
struct Limiter {
    left: u32,
    full: bool,
}

impl Limiter {
    fn allows(&mut self) -> bool {
        if self.left == 0 {
            self.full = true;
        } else {
            self.left -= 1;
            self.full = false;
        }
        !self.full
    }
}

#[derive(Default)]
struct Table {
    parsed: Option<u32>,
}

impl Table {
    fn limit(&mut self) -> u32 {
        if self.parsed.is_none() {
            self.parsed = Some(7);
        }
        self.parsed.unwrap_or_default()
    }
}

#[derive(Default)]
struct Notes {
    lines: Vec<&'static str>,
    last: Option<&'static str>,
}

impl Notes {
    fn add(&mut self, line: &'static str) {
        self.last = Some(line);
        self.lines.push(line);
    }
}

#[derive(Default)]
struct Headers {
    name: Option<&'static str>,
}

impl Headers {
    fn set(&mut self, name: &'static str) {
        self.name = Some(name);
    }
}

#[derive(Default)]
struct Options {
    audit: bool,
}

impl Options {
    fn enable(&mut self, on: bool) {
        self.audit = on;
    }
}

#[derive(Default)]
struct Root {
    limiter: Rc<RefCell<Limiter>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Plugin {
            limiter: self.limiter.clone(),
            notes: Notes::default(),
            options: Options::default(),
            table: Table::default(),
        }))
    }
}

struct Plugin {
    limiter: Rc<RefCell<Limiter>>,
    notes: Notes,
    options: Options,
    table: Table,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let mut headers = Headers::default();
        self.options.enable(route == b"admin");
        if route == b"admin" {
            // It ends with this callback.
            headers.set("x-admin");
            // What is noted is only told.
            self.notes.add("admin");
            // It fills what is empty, whoever asks first.
            let limit = self.table.limit();
            self.set_http_request_header("x-limit", Some(&limit.to_string()));
            // It counts for all streams.
            if !self.limiter.borrow_mut().allows() {
                self.send_http_response(429, Vec::new(), None);
                return Action::Pause;
            }
        }
        if let Some(name) = headers.name {
            self.set_http_request_header(name, Some("1"));
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        // Set again before it is asked.
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        self.options.enable(route == b"admin");
        if self.options.audit {
            self.set_http_response_header("x-audit", Some("1"));
        }
        let limit = self.table.limit();
        self.set_http_response_header("x-limit", Some(&limit.to_string()));
        Action::Continue
    }

    fn on_log(&mut self) {
        log::info!("{:?}, {:?}", self.notes.lines, self.notes.last);
    }
}
