use proxy_wasm::traits::*;
use proxy_wasm::types::*;
proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) }); }}
// However deep one field is, the others stay apart.
#[derive(Default)]
struct L0 {
    part: Option<L1>,
    size: usize,
}
#[derive(Default)]
struct L1 {
    part: Option<L2>,
    size: usize,
}
#[derive(Default)]
struct L2 {
    part: Option<L3>,
    size: usize,
}
#[derive(Default)]
struct L3 {
    part: Option<L4>,
    size: usize,
}
#[derive(Default)]
struct L4 {
    part: Option<L5>,
    size: usize,
}
#[derive(Default)]
struct L5 {
    part: Option<L6>,
    size: usize,
}
#[derive(Default)]
struct L6 {
    part: Option<L7>,
    size: usize,
}
#[derive(Default)]
struct L7 {
    part: Option<L8>,
    size: usize,
}
#[derive(Default)]
struct L8 {
    part: Option<L9>,
    size: usize,
}
#[derive(Default)]
struct L9 {
    part: Option<L10>,
    size: usize,
}
#[derive(Default)]
struct L10 {
    part: Option<L11>,
    size: usize,
}
#[derive(Default)]
struct L11 {
    part: Option<L12>,
    size: usize,
}
#[derive(Default)]
struct L12 {
    size: usize,
}
#[derive(Default)]
struct Plugin {
    route: Option<Vec<u8>>,
    parts: Option<L0>,
    limit: usize,
}
impl Context for Plugin {}
impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, size: usize, _: bool) -> Action {
        self.route = self.get_property(vec!["xds", "route_name"]);
        self.limit = size;
        self.parts = Some(L0 {
            part: Some(L1 {
                part: Some(L2 {
                    part: Some(L3 {
                        part: Some(L4 {
                            part: Some(L5 {
                                part: Some(L6 {
                                    part: Some(L7 {
                                        part: Some(L8 {
                                            part: Some(L9 {
                                                part: Some(L10 {
                                                    part: Some(L11 {
                                                        part: Some(L12 { size }),
                                                        size,
                                                    }),
                                                    size,
                                                }),
                                                size,
                                            }),
                                            size,
                                        }),
                                        size,
                                    }),
                                    size,
                                }),
                                size,
                            }),
                            size,
                        }),
                        size,
                    }),
                    size,
                }),
                size,
            }),
            size,
        });
        Action::Continue
    }
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.limit > 3 {
            self.set_http_response_header("x-limit", Some("1"));
        }
        if self.parts.as_ref().is_some_and(|p| p.size > 2) {
            self.set_http_response_header("x-parts", Some("1"));
        }
        Action::Continue
    }
}
