use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Clone, PartialEq)]
enum Zone {
    Internal,
    Partner,
}

#[derive(Default)]
struct Plugin {
    zone: Option<Zone>,
    lent: Option<Zone>,
    built: Option<Zone>,
}

fn fill(zone: &mut Option<Zone>, internal: bool) {
    zone.replace(if internal { Zone::Internal } else { Zone::Partner }); //~
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let internal = route.starts_with(b"internal");
        self.zone.replace(if internal { Zone::Internal } else { Zone::Partner }); //~
        fill(&mut self.lent, internal);
        let mut built: Option<Zone> = None;
        if route.ends_with(b"partner") {
            built.replace(Zone::Partner);
        }
        self.built = built; //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(zone) = self.zone.clone() {
            if zone == Zone::Internal {
                self.set_http_response_header("x-internal", Some("1"));
            }
        }
        if let Some(Zone::Partner) = self.built {
            self.set_http_response_header("x-built", Some("1"));
        }
        if let Some(lent) = self.lent.clone() {
            if lent == Zone::Partner {
                self.set_http_response_header("x-partner", Some("1"));
            }
        }
        Action::Continue
    }
}
