//! One trait, named in another way by the bound of each blanket impl than by the plugin's own impls.
use proxy_wasm::{traits::*, types::*};

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Plugin::default()) });
}}

mod named {
    use proxy_wasm::traits::Context;

    pub trait Vhost {
        fn vhost(&self) -> Option<Vec<u8>>;
    }

    impl<T: Context> Vhost for T {
        fn vhost(&self) -> Option<Vec<u8>> {
            self.get_property(vec!["xds", "virtual_host_name"])
        }
    }
}

mod full_path {
    pub trait Internal {
        fn internal(&self) -> bool;
    }

    impl<T: ::proxy_wasm::traits::Context + ?Sized> Internal for T {
        fn internal(&self) -> bool {
            self.get_property(vec!["cluster_name"])
                .is_some_and(|cluster| cluster.ends_with(b".internal"))
        }
    }
}

mod renamed {
    use proxy_wasm as sdk;
    use sdk::traits::{Context as Host, HttpContext as Filter};

    pub trait Cluster {
        fn cluster(&self) -> Option<Vec<u8>>;
    }

    impl<T> Cluster for T
    where
        T: Host + Filter,
    {
        fn cluster(&self) -> Option<Vec<u8>> {
            self.get_property(vec!["xds", "cluster_name"])
        }
    }
}

mod prelude {
    pub use proxy_wasm::traits::*;
}

mod through_a_prelude {
    use super::prelude::*;

    pub trait Route {
        fn route(&self) -> Option<Vec<u8>>;
    }

    impl<T: Context> Route for T {
        fn route(&self) -> Option<Vec<u8>> {
            self.get_property(vec!["xds", "route_name"])
        }
    }
}

mod through_a_module {
    use super::prelude;

    pub trait Metadata {
        fn metadata(&self) -> Option<Vec<u8>>;
    }

    impl<T: prelude::HttpContext> Metadata for T {
        fn metadata(&self) -> Option<Vec<u8>> {
            self.get_property(vec!["xds", "route_metadata"])
        }
    }
}

use self::{
    full_path::Internal, named::Vhost, renamed::Cluster, through_a_module::Metadata,
    through_a_prelude::Route,
};

#[derive(Default)]
struct Plugin {
    vhost: Option<Vec<u8>>,
    internal: bool,
    cluster: Option<Vec<u8>>,
    route: Option<Vec<u8>>,
    metadata: Option<Vec<u8>>,
}

impl Context for Plugin {}

impl HttpContext for Plugin {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.vhost = self.vhost(); //~
        self.internal = self.internal(); //~
        self.cluster = self.cluster(); //~
        self.route = self.route(); //~
        self.metadata = self.metadata(); //~
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.internal {
            return Action::Continue;
        }
        let kept = [&self.vhost, &self.cluster, &self.route, &self.metadata];
        for value in kept.into_iter().flatten() {
            self.add_http_response_header("x-from", &String::from_utf8_lossy(value));
        }
        Action::Continue
    }
}
