use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) }); }}
// However deep one field is, the others stay apart.
#[derive(Default)]
struct L0 {
    part: L1,
    size: usize,
}
#[derive(Default)]
struct L1 {
    part: L2,
    size: usize,
}
#[derive(Default)]
struct L2 {
    part: L3,
    size: usize,
}
#[derive(Default)]
struct L3 {
    part: L4,
    size: usize,
}
#[derive(Default)]
struct L4 {
    part: L5,
    size: usize,
}
#[derive(Default)]
struct L5 {
    part: L6,
    size: usize,
}
#[derive(Default)]
struct L6 {
    part: L7,
    size: usize,
}
#[derive(Default)]
struct L7 {
    part: L8,
    size: usize,
}
#[derive(Default)]
struct L8 {
    size: usize,
}
#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
    parts: L0,
    limit: usize,
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, size: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        self.limit = size;
        self.parts = L0 {
            part: L1 {
                part: L2 {
                    part: L3 {
                        part: L4 {
                            part: L5 {
                                part: L6 {
                                    part: L7 {
                                        part: L8 { size },
                                        size,
                                    },
                                    size,
                                },
                                size,
                            },
                            size,
                        },
                        size,
                    },
                    size,
                },
                size,
            },
            size,
        };
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.limit > 3 || self.parts.size > 2 {
            self.set_http_response_header("x-limit", Some("1"));
        }
        Action::Continue
    }
}
