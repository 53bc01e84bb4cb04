//! Takes over what one file says of an SDK.

use super::data::SdkData;
use super::{CallKind, Callback, HostCall, Parameter, Sdk};
use crate::ir::Symbol;

impl Sdk {
    pub(super) fn add(&mut self, sdk: SdkData) {
        let crates: Vec<Symbol> = sdk
            .packages
            .iter()
            .map(|p| Symbol::new(&p.replace('-', "_")))
            .collect();
        for &krate in &crates {
            self.crates.insert(krate);
            if sdk.request_always_readable {
                self.always_readable.insert(krate);
            }
            if !sdk.modelled {
                self.followed.insert(krate);
            }
        }
        self.packages.extend(sdk.packages);
        self.traits
            .extend(sdk.traits.iter().map(|t| (Symbol::new(&t.name), t.role)));
        for c in sdk.callbacks {
            let cb = Callback {
                name: Symbol::new(&c.name),
                phase: c.phase,
                order: c.order,
                on: symbols(&c.on),
                source: c.source.map(|s| (s.parameter.unwrap_or(0), s)),
            };
            self.callbacks.insert(cb.name, cb.clone());
            self.ordered.retain(|old| old.name != cb.name);
            self.ordered.push(cb);
        }
        for p in sdk.properties {
            self.properties.retain(|(name, _)| !p.names.contains(name));
            self.properties
                .extend(p.names.into_iter().map(|n| (n, p.class)));
        }
        let owner = Symbol::new(&sdk.name.replace('-', "_"));
        self.factories
            .extend(sdk.factories.iter().map(|f| (Symbol::new(&f.name), owner)));
        for c in sdk.calls {
            let call = HostCall {
                kind: c.kind,
                shape: c.shape,
                source: c.source,
                reads: None,
                gives: c.gives.as_deref().map(Symbol::new),
                parameters: symbols(&c.parameters),
            };
            let on = symbols(&c.on);
            for name in symbols(&c.names) {
                match call.kind {
                    CallKind::RequestFilter
                    | CallKind::ResponseFilter
                    | CallKind::UpstreamFilter
                    | CallKind::DownstreamFilter
                    | CallKind::CreateState
                    | CallKind::DoneFilter => {
                        let filter = (name, call.parameters.clone());
                        self.filters.insert(call.kind, filter);
                    }
                    CallKind::RegisterRoot | CallKind::RegisterStream => {
                        self.registering.insert(name);
                    }
                    CallKind::Carry => {
                        self.carriers.insert(name);
                    }
                    _ => {}
                }
                // `request.*`: the method has the name of the property.
                let reads = c.reads.as_deref().map(|r| r.replace('*', name.as_str()));
                let call = HostCall {
                    reads: reads.as_deref().map(Symbol::new),
                    ..call.clone()
                };
                for &ty in &on {
                    self.own(ty, &crates);
                    self.methods.insert((ty, name), call.clone());
                }
                if on.is_empty() {
                    self.calls.insert(name, call);
                }
            }
        }
        for f in sdk.fields {
            let on = Symbol::new(&f.on);
            self.own(on, &crates);
            for name in symbols(&f.names) {
                self.fields.insert((on, name), Symbol::new(&f.gives));
            }
        }
        for p in sdk.parameters {
            let ty = Symbol::new(&p.ty);
            self.own(ty, &crates);
            let parameter = Parameter {
                kind: p.kind,
                variant: p.variant.as_deref().map(Symbol::new),
            };
            self.parameters.insert(ty, parameter);
        }
        self.pausing
            .extend(sdk.pausing.iter().map(|p| Symbol::new(p)));
    }

    fn own(&mut self, ty: Symbol, crates: &[Symbol]) {
        let list = self.owners.entry(ty).or_default();
        list.extend(
            crates
                .iter()
                .filter(|c| !list.contains(c))
                .collect::<Vec<_>>(),
        );
    }
}

fn symbols(names: &[String]) -> Vec<Symbol> {
    names.iter().map(|n| Symbol::new(n)).collect()
}
