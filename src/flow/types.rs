//! Resolved types, interned.

use rustc_hash::FxHashMap;

use crate::ir::{Symbol, TraitId, TypeId};

/// An interned type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TyId(pub(crate) u32);

impl TyId {
    /// Nothing is known.
    pub(crate) const UNKNOWN: Self = Self(0);
}

/// A trait, in tree or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TraitRef {
    /// Where it is declared in the tree, if it is.
    pub(crate) in_tree: Option<TraitId>,
    /// Its name.
    pub(crate) name: Symbol,
    /// The package that declares it, with underscores.
    pub(crate) krate: Symbol,
}

/// A type. Pointers, cells and locks stand for what they hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TyKind {
    /// Nothing is known.
    Unknown,
    /// An in-tree struct or enum.
    Adt(TypeId, Vec<TyId>),
    /// Out of tree, by its last name.
    External(Symbol, Vec<TyId>),
    /// A tuple.
    Tuple(Vec<TyId>),
    /// Something callable.
    Function,
    /// Known by its traits only: `dyn`, `impl`, a bounded parameter.
    Traits(Vec<TraitRef>),
}

/// The intern table of types.
pub(crate) struct TyTable {
    kinds: Vec<TyKind>,
    ids: FxHashMap<TyKind, TyId>,
}

impl TyTable {
    pub(crate) fn new() -> Self {
        let mut this = Self {
            kinds: Vec::new(),
            ids: FxHashMap::default(),
        };
        this.intern(TyKind::Unknown);
        this
    }

    pub(crate) fn intern(&mut self, kind: TyKind) -> TyId {
        if let Some(&id) = self.ids.get(&kind) {
            return id;
        }
        let id = TyId(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        self.kinds.push(kind.clone());
        self.ids.insert(kind, id);
        id
    }

    pub(crate) fn kind(&self, id: TyId) -> &TyKind {
        &self.kinds[id.0 as usize]
    }
}

/// What type parameters and `Self` stand for in a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct TyEnv(Vec<(Symbol, TyId)>);

impl TyEnv {
    pub(crate) fn get(&self, name: Symbol) -> Option<TyId> {
        self.0
            .iter()
            .rev()
            .find(|(n, _)| *n == name)
            .map(|&(_, t)| t)
    }

    pub(crate) fn set(&mut self, name: Symbol, ty: TyId) {
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) => slot.1 = ty,
            None => self.0.push((name, ty)),
        }
    }
}
