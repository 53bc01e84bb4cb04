use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

#[derive(Default)]
struct Plugin {
    weight: f64,
    sign: char,
    label: &'static [u8],
    big: u128,
    below: f64,
    version: &'static str,
    same: f64,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let route = self.get_property(vec!["xds", "route_name"]).unwrap_or_default();
        let internal = route.starts_with(b"internal");
        self.weight = if internal { 0.5 } else { 1.5 }; //~
        self.sign = if internal { 'i' } else { 'e' }; //~
        self.label = if internal { b"internal" } else { b"external" }; //~
        self.big = if internal { 0xffff_ffff_ffff_ffff_ffff } else { 0xffff_ffff_ffff_ffff_fffe }; //~
        self.below = if internal { -0.5 } else { -1.5 }; //~
        self.version = if internal { env!("CARGO_PKG_NAME") } else { env!("CARGO_PKG_VERSION") }; //~
        self.same = if internal { 1.5 } else { 1.50 };
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.set_http_response_header("x-weight", Some(&self.weight.to_string()));
        self.set_http_response_header("x-sign", Some(&self.sign.to_string()));
        self.set_http_response_header_bytes("x-label", Some(self.label));
        self.set_http_response_header("x-big", Some(&self.big.to_string()));
        self.set_http_response_header("x-below", Some(&self.below.to_string()));
        self.set_http_response_header("x-version", Some(self.version));
        self.set_http_response_header("x-same", Some(&self.same.to_string()));
        Action::Continue
    }
}
