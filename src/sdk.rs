//! What SDKs and hosts mean by their names: sources, callbacks, reroutes, lifetimes of properties.
//!
//! All of it is data in `rules/sdk/*.toml`, embedded in the binary; this module reads it and answers
//! questions.

mod data;
mod host;
mod load;

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::Symbol;

use data::SdkData;
pub use data::{CallKind, How, Injected, Phase, PropertyClass, Role, Shape, SourceData};
pub use host::{
    AfterReroute, Answer, Host, HostError, HostFacts, NotServedFact, RereadFact, Told, Unserved,
};

/// A callback of an SDK trait.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Method name.
    pub name: Symbol,
    /// When it runs.
    pub phase: Phase,
    /// Place among the callbacks of one phase.
    pub order: i32,
    /// The traits of which one makes a type have it; empty: any type that has the method.
    pub on: Vec<Symbol>,
    /// A parameter that carries a host read made by the SDK.
    pub source: Option<(usize, SourceData)>,
}

/// A host call or other SDK function.
#[derive(Clone, Debug)]
pub struct HostCall {
    /// What it does.
    pub kind: CallKind,
    /// What its result is wrapped in, from outside in.
    pub shape: Vec<Shape>,
    /// What the SDK read from the host to make the result.
    pub source: Option<SourceData>,
    /// The property or header that it reads, when no argument says so.
    pub reads: Option<Symbol>,
    /// The type of the SDK of which the innermost result is.
    pub gives: Option<Symbol>,
    /// Types of the SDK that the function which it takes can ask for by its parameters.
    pub parameters: Vec<Symbol>,
}

/// What the SDK hands in as a value of one of its types.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// What it is.
    pub kind: Injected,
    /// The variant that holds it, for an enum.
    pub variant: Option<Symbol>,
}

/// The knowledge of all SDKs together.
#[derive(Clone, Debug)]
pub struct Sdk {
    packages: Vec<String>,
    crates: FxHashSet<Symbol>,
    traits: FxHashMap<Symbol, Role>,
    callbacks: FxHashMap<Symbol, Callback>,
    ordered: Vec<Callback>,
    factories: Vec<(Symbol, Symbol)>,
    calls: FxHashMap<Symbol, HostCall>,
    /// Methods that mean something on some types only, by type and name.
    methods: FxHashMap<(Symbol, Symbol), HostCall>,
    /// Types of fields, by type and name.
    fields: FxHashMap<(Symbol, Symbol), Symbol>,
    parameters: FxHashMap<Symbol, Parameter>,
    /// The functions that make filters, with the types that what they get can ask for.
    filters: FxHashMap<CallKind, (Symbol, Vec<Symbol>)>,
    /// Variants in which a request filter returns something for the response filter.
    carriers: FxHashSet<Symbol>,
    /// The crates whose dependants can mean these types by their names.
    owners: FxHashMap<Symbol, Vec<Symbol>>,
    /// Functions and methods that take the constructor of contexts.
    registering: FxHashSet<Symbol>,
    pausing: FxHashSet<Symbol>,
    properties: Vec<(String, PropertyClass)>,
    always_readable: FxHashSet<Symbol>,
    /// Crates whose own code says more than their entry here when it is in the tree.
    followed: FxHashSet<Symbol>,
    host: Host,
}

impl Sdk {
    /// The knowledge that is built into the binary, for a host of which nothing is known.
    ///
    /// # Errors
    /// A message when an embedded file is malformed; a test keeps that from being released.
    pub fn embedded() -> Result<Self, String> {
        Self::for_host(Host::default())
    }

    /// The same for one host.
    ///
    /// # Errors
    /// As [`Sdk::embedded`].
    pub fn for_host(host: Host) -> Result<Self, String> {
        // The same for every analysis of a run, which may make many.
        static EMBEDDED: OnceLock<Result<Sdk, String>> = OnceLock::new();
        let mut this = EMBEDDED.get_or_init(Self::read_embedded).clone()?;
        this.properties.extend(host.properties.iter().cloned());
        this.host = host;
        Ok(this)
    }

    fn read_embedded() -> Result<Self, String> {
        let files = [
            include_str!("../rules/sdk/proxy-wasm.toml"),
            include_str!("../rules/sdk/higress.toml"),
            include_str!("../rules/sdk/fastedge.toml"),
            include_str!("../rules/sdk/pdk.toml"),
            include_str!("../rules/sdk/envoy-sdk.toml"),
            include_str!("../rules/sdk/proxy-sdk.toml"),
        ];
        let mut this = Self {
            packages: Vec::new(),
            crates: FxHashSet::default(),
            traits: FxHashMap::default(),
            callbacks: FxHashMap::default(),
            ordered: Vec::new(),
            factories: Vec::new(),
            calls: FxHashMap::default(),
            methods: FxHashMap::default(),
            fields: FxHashMap::default(),
            parameters: FxHashMap::default(),
            filters: FxHashMap::default(),
            carriers: FxHashSet::default(),
            owners: FxHashMap::default(),
            registering: FxHashSet::default(),
            pausing: FxHashSet::default(),
            properties: data::properties(include_str!("../rules/sdk/properties.toml"))?,
            always_readable: FxHashSet::default(),
            followed: FxHashSet::default(),
            host: Host::default(),
        };
        for text in files {
            let sdk: SdkData = toml::from_str(text).map_err(|e| e.to_string())?;
            this.add(sdk);
        }
        this.sort();
        Ok(this)
    }

    /// Adds what a user's own file says, in the form of `rules/sdk/*.toml`. What it says of a name
    /// replaces what was known of it.
    ///
    /// # Errors
    /// What is wrong with the text, and the range of bytes that is.
    pub fn extend(&mut self, text: &str) -> Result<(), (String, std::ops::Range<usize>)> {
        let sdk: SdkData =
            toml::from_str(text).map_err(|e| (e.message().to_owned(), e.span().unwrap_or(0..0)))?;
        self.add(sdk);
        self.sort();
        Ok(())
    }

    fn sort(&mut self) {
        self.ordered.sort_by(|a, b| {
            (a.phase, a.order, a.name.as_str()).cmp(&(b.phase, b.order, b.name.as_str()))
        });
    }

    /// The host that the plugins are for.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Registry names of packages whose dependents can hold a plugin.
    pub fn packages(&self) -> &[String] {
        &self.packages
    }

    /// Whether a crate (its package name with underscores) is an SDK.
    pub fn is_sdk_crate(&self, krate: Symbol) -> bool {
        self.crates.contains(&krate)
    }

    /// Whether an in-tree copy of this SDK crate is followed instead of modelled.
    pub fn is_followed(&self, krate: Symbol) -> bool {
        self.followed.contains(&krate)
    }

    /// The names of the traits whose implementors hosts drive.
    pub fn trait_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.traits.keys().map(ToString::to_string).collect();
        names.sort();
        names
    }

    /// The role of an SDK trait, by its last name.
    pub fn role(&self, name: Symbol) -> Option<Role> {
        self.traits.get(&name).copied()
    }

    /// The callback of this name.
    pub fn callback(&self, name: Symbol) -> Option<&Callback> {
        self.callbacks.get(&name)
    }

    /// All callbacks in host order.
    pub fn callbacks(&self) -> &[Callback] {
        &self.ordered
    }

    /// Methods of a root context that build a stream context, with the crate that declares them.
    pub fn factories(&self) -> &[(Symbol, Symbol)] {
        &self.factories
    }

    /// The host call of this name.
    pub fn call(&self, name: Symbol) -> Option<&HostCall> {
        self.calls.get(&name)
    }

    /// Whether some function or method of this name takes the constructor of contexts.
    pub fn registers(&self, name: Symbol) -> bool {
        self.registering.contains(&name)
    }

    /// The meaning of a method on values of a type, which is named by its last name.
    pub fn method(&self, ty: Symbol, name: Symbol) -> Option<&HostCall> {
        self.methods.get(&(ty, name))
    }

    /// The type of a field of an SDK's type.
    pub fn field(&self, ty: Symbol, name: Symbol) -> Option<Symbol> {
        self.fields.get(&(ty, name)).copied()
    }

    /// What the SDK hands to a parameter of this type, if that matters.
    pub fn parameter(&self, ty: Symbol) -> Option<Parameter> {
        self.parameters.get(&ty).copied()
    }

    /// The function that takes one of a filter's functions, and the types for which that can ask.
    pub fn filter(&self, kind: CallKind) -> Option<&(Symbol, Vec<Symbol>)> {
        self.filters.get(&kind)
    }

    /// Whether a variant is one in which a request filter returns something for the response filter.
    pub fn carries(&self, variant: Symbol) -> bool {
        self.carriers.contains(&variant)
    }

    /// The variants in which request filters do so.
    pub fn carriers(&self) -> Vec<Symbol> {
        let mut all: Vec<Symbol> = self.carriers.iter().copied().collect();
        all.sort_by_key(|s| s.as_str());
        all
    }

    /// The crates of the SDKs that have a type of this name.
    pub fn owners(&self, ty: Symbol) -> &[Symbol] {
        self.owners.get(&ty).map_or(&[], Vec::as_slice)
    }

    /// Whether a variant returned by a callback makes the host hold what it just gave.
    pub fn is_pausing(&self, variant: Symbol) -> bool {
        self.pausing.contains(&variant)
    }

    /// Whether a dependency of the plugin says that request properties stay readable.
    pub fn request_always_readable(&self, krate: Symbol) -> bool {
        self.always_readable.contains(&krate)
    }

    /// Whether a dotted property path is one that hosts are known to serve.
    pub fn is_listed(&self, path: &str) -> bool {
        self.listed(path).is_some()
    }

    /// The lifetime class of a dotted property path.
    pub fn class(&self, path: &str) -> PropertyClass {
        self.listed(path).unwrap_or(PropertyClass::Dynamic)
    }

    fn listed(&self, path: &str) -> Option<PropertyClass> {
        self.properties
            .iter()
            .filter(|(name, _)| {
                path.strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
            .max_by_key(|(name, _)| name.len())
            .map(|&(_, class)| class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_data_is_well_formed() {
        let sdk = Sdk::embedded().expect("embedded data parses");
        assert!(sdk.packages().contains(&"proxy-wasm".to_owned()));
        assert_eq!(sdk.class("route_name"), PropertyClass::Route);
        assert_eq!(
            sdk.class("xds.cluster_metadata.filter_metadata.istio"),
            PropertyClass::Route
        );
        assert_eq!(sdk.class("route_names"), PropertyClass::Dynamic);
        assert_eq!(sdk.class("request.protocol"), PropertyClass::Stream);
        assert_eq!(sdk.class("request.path"), PropertyClass::Request);
        assert_eq!(sdk.class("upstream.address"), PropertyClass::Upstream);
        assert_eq!(sdk.class("upstream.num_endpoints"), PropertyClass::Route);
    }
}
