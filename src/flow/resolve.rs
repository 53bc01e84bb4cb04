//! What a path or a type of the source names, as far as the source tells.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::ir::{
    CrateId, FnId, GenericParam, GlobalId, ImplId, Item, ModuleId, Path, Program, Symbol, TraitId,
    Type, TypeDefKind, TypeId,
};
use crate::sdk::Sdk;

use super::types::{TraitRef, TyEnv, TyId, TyKind, TyTable};

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Def {
    /// A module.
    Module(ModuleId),
    /// A function, free or associated.
    Fn(FnId),
    /// A struct or enum (aliases are followed for members).
    Type(TypeId),
    /// A trait.
    Trait(TraitId),
    /// A static or constant.
    Global(GlobalId),
    /// A variant of an in-tree enum.
    Variant(TypeId, Symbol),
    /// Something outside of the tree, by its full path: `proxy_wasm::hostcalls::get_property`.
    External(Symbol),
    /// A member that could not be found on something in the tree: owner and name.
    Member(TypeId, Symbol),
}

/// A method or associated function found on a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Method {
    /// The function.
    pub(crate) func: FnId,
    /// The impl whose generics and `Self` it sees; for a trait's default method the impl that makes
    /// the type implement the trait.
    pub(crate) impl_id: Option<ImplId>,
}

/// Name tables over a [`Program`].
pub(crate) struct Resolver<'p> {
    pub(crate) program: &'p Program,
    sdk: &'p Sdk,
    scopes: Vec<FxHashMap<Symbol, Vec<Item>>>,
    imports: Vec<FxHashMap<Symbol, Vec<usize>>>,
    globs: Vec<Vec<usize>>,
    /// Inherent and trait impls of each in-tree type.
    impls_of: FxHashMap<TypeId, Vec<ImplId>>,
    /// `impl<T: ..> Trait for T`.
    blanket: Vec<ImplId>,
    /// The resolved trait of each impl.
    impl_trait: Vec<Option<TraitRef>>,
    /// Impls of each trait, blanket ones left out.
    impls_of_trait: FxHashMap<TraitRef, Vec<ImplId>>,
    inherent_or_trait: FxHashMap<(TypeId, Symbol), Vec<Method>>,
    /// How many searches are under way, one inside the other.
    searches: std::cell::Cell<u32>,
    /// What the running search did not find.
    missed: RefCell<Vec<(ModuleId, Symbol)>>,
    cache: RefCell<FxHashMap<(ModuleId, Symbol), Option<Def>>>,
}

impl<'p> Resolver<'p> {
    pub(crate) fn new(program: &'p Program, sdk: &'p Sdk) -> Self {
        let mut scopes = Vec::with_capacity(program.modules.len());
        let mut imports = Vec::with_capacity(program.modules.len());
        let mut globs = Vec::with_capacity(program.modules.len());
        for module in &program.modules {
            let mut scope: FxHashMap<Symbol, Vec<Item>> = FxHashMap::default();
            for &(name, item) in &module.items {
                scope.entry(name).or_default().push(item);
            }
            let mut named: FxHashMap<Symbol, Vec<usize>> = FxHashMap::default();
            let mut stars = Vec::new();
            for (i, import) in module.imports.iter().enumerate() {
                if import.glob {
                    stars.push(i);
                } else if let Some(name) = import.name {
                    named.entry(name).or_default().push(i);
                }
            }
            scopes.push(scope);
            imports.push(named);
            globs.push(stars);
        }
        let mut this = Self {
            program,
            sdk,
            scopes,
            imports,
            globs,
            impls_of: FxHashMap::default(),
            blanket: Vec::new(),
            impl_trait: Vec::new(),
            impls_of_trait: FxHashMap::default(),
            inherent_or_trait: FxHashMap::default(),
            searches: std::cell::Cell::new(0),
            missed: RefCell::default(),
            cache: RefCell::default(),
        };
        this.index_impls();
        this
    }

    fn index_impls(&mut self) {
        for (i, imp) in self.program.impls.iter().enumerate() {
            let id = ImplId(u32::try_from(i).unwrap_or(u32::MAX));
            let of_trait = imp
                .of_trait
                .as_ref()
                .and_then(|p| self.trait_ref(imp.module, p));
            self.impl_trait.push(of_trait);
            let head = self.impl_head(imp.module, &imp.self_ty, &imp.generics);
            match head {
                Some(Def::Type(ty)) => {
                    self.impls_of.entry(ty).or_default().push(id);
                    for &f in &imp.methods {
                        let name = self.program.functions[f.index()].name;
                        self.inherent_or_trait
                            .entry((ty, name))
                            .or_default()
                            .push(Method {
                                func: f,
                                impl_id: Some(id),
                            });
                    }
                    if let Some(t) = of_trait {
                        self.impls_of_trait.entry(t).or_default().push(id);
                    }
                }
                Some(_) => {}
                None => {
                    if of_trait.is_some() {
                        self.blanket.push(id);
                    }
                }
            }
        }
    }

    /// The nominal head of an impl's self type; `None` for a type parameter (a blanket impl).
    fn impl_head(&self, module: ModuleId, ty: &Type, generics: &[GenericParam]) -> Option<Def> {
        match ty {
            Type::Path(p) => {
                if p.segments.len() == 1 && generics.iter().any(|g| g.name == p.segments[0].name) {
                    return None;
                }
                if p.segments.len() == 1
                    && matches!(p.last().as_str(), "Box" | "Rc" | "Arc" | "RefCell")
                    && let Some(inner) = p.segments[0].args.first()
                {
                    return self.impl_head(module, inner, generics);
                }
                let def = self.path(module, p)?;
                Some(match def {
                    Def::Type(t) => match &self.program.types[t.index()].kind {
                        TypeDefKind::Alias(inner) => {
                            let m = self.program.types[t.index()].module;
                            return self.impl_head(m, inner, &[]);
                        }
                        _ => def,
                    },
                    other => other,
                })
            }
            Type::Ref { inner, .. } => self.impl_head(module, inner, generics),
            _ => Some(Def::External(Symbol::new("?"))),
        }
    }

    /// The trait that a path names.
    pub(crate) fn trait_ref(&self, module: ModuleId, path: &Path) -> Option<TraitRef> {
        match self.path(module, path)? {
            Def::Trait(t) => {
                let tr = &self.program.traits[t.index()];
                let krate = self.program.modules[tr.module.index()].krate;
                Some(TraitRef {
                    in_tree: Some(t),
                    name: tr.name,
                    krate: self.crate_package(krate),
                })
            }
            Def::External(full) => {
                let text = full.as_str();
                let krate = Symbol::new(text.split("::").next().unwrap_or(""));
                Some(TraitRef {
                    in_tree: None,
                    name: Symbol::new(text.rsplit("::").next().unwrap_or("")),
                    krate,
                })
            }
            _ => None,
        }
    }

    /// The package name of a crate with underscores: what external paths to it start with.
    pub(crate) fn crate_package(&self, krate: CrateId) -> Symbol {
        Symbol::new(&self.program.crates[krate.index()].package.replace('-', "_"))
    }

    /// The trait that an impl implements.
    pub(crate) fn trait_of_impl(&self, id: ImplId) -> Option<TraitRef> {
        self.impl_trait[id.index()]
    }

    /// Impls of a trait for nominal types.
    pub(crate) fn impls_of_trait(&self, t: TraitRef) -> &[ImplId] {
        self.impls_of_trait.get(&t).map_or(&[], Vec::as_slice)
    }

    /// All impls of an in-tree type.
    pub(crate) fn impls_of(&self, ty: TypeId) -> &[ImplId] {
        self.impls_of.get(&ty).map_or(&[], Vec::as_slice)
    }

    /// The type that an impl is for.
    pub(crate) fn impl_type(&self, id: ImplId) -> Option<TypeId> {
        let imp = &self.program.impls[id.index()];
        match self.impl_head(imp.module, &imp.self_ty, &imp.generics) {
            Some(Def::Type(t)) => Some(t),
            _ => None,
        }
    }

    /// Resolves a path as seen from `module`. `Self` is the caller's business.
    pub(crate) fn path(&self, module: ModuleId, path: &Path) -> Option<Def> {
        let names: Vec<Symbol> = path.segments.iter().map(|s| s.name).collect();
        self.names(module, &names, path.global, 0)
    }

    fn names(&self, module: ModuleId, names: &[Symbol], global: bool, depth: u32) -> Option<Def> {
        if depth > 32 {
            return None;
        }
        let (&first, rest) = names.split_first()?;
        let mut rest = rest;
        let mut def = match first.as_str() {
            "crate" | "$crate" => Def::Module(self.root_of(module)),
            "self" => Def::Module(self.real_module(module)),
            "super" => {
                let m = self.real_module(module);
                Def::Module(self.program.modules[m.index()].parent?)
            }
            _ if global => self.extern_name(module, first)?,
            _ => self.lookup(module, first, depth)?,
        };
        while let Some((&name, tail)) = rest.split_first() {
            def = match def {
                Def::Module(m) if name == "super" => {
                    Def::Module(self.program.modules[self.real_module(m).index()].parent?)
                }
                Def::Module(m) => self.member(m, name, depth + 1)?,
                Def::Type(t) => self.type_member(t, name),
                Def::External(full) => Def::External(Symbol::new(&format!("{full}::{name}"))),
                Def::Trait(t) => {
                    let tr = &self.program.traits[t.index()];
                    let f = tr
                        .methods
                        .iter()
                        .copied()
                        .find(|f| self.program.functions[f.index()].name == name);
                    match f {
                        Some(f) => Def::Fn(f),
                        None => return None,
                    }
                }
                Def::Variant(..) | Def::Fn(_) | Def::Global(_) | Def::Member(..) => return None,
            };
            rest = tail;
        }
        Some(def)
    }

    /// A variant, associated function or constant of a type.
    fn type_member(&self, ty: TypeId, name: Symbol) -> Def {
        let mut ty = ty;
        for _ in 0..8 {
            let def = &self.program.types[ty.index()];
            match &def.kind {
                TypeDefKind::Enum(variants) => {
                    if variants.iter().any(|v| v.name == name) {
                        return Def::Variant(ty, name);
                    }
                    break;
                }
                TypeDefKind::Alias(Type::Path(p)) => match self.path(def.module, p) {
                    Some(Def::Type(t)) if t != ty => ty = t,
                    Some(Def::External(full)) => {
                        return Def::External(Symbol::new(&format!("{full}::{name}")));
                    }
                    _ => break,
                },
                _ => break,
            }
        }
        if let Some(ms) = self.inherent_or_trait.get(&(ty, name)) {
            return Def::Fn(ms[0].func);
        }
        for &imp in self.impls_of(ty) {
            let imp = &self.program.impls[imp.index()];
            if let Some(&(_, g)) = imp.consts.iter().find(|(n, _)| *n == name) {
                return Def::Global(g);
            }
        }
        if let Some(m) = self.default_method(ty, name) {
            return Def::Fn(m.func);
        }
        Def::Member(ty, name)
    }

    /// The module that `self::` means: block modules are not modules.
    pub(crate) fn real_module(&self, mut module: ModuleId) -> ModuleId {
        while self.program.modules[module.index()].is_block {
            match self.program.modules[module.index()].parent {
                Some(p) => module = p,
                None => break,
            }
        }
        module
    }

    fn root_of(&self, module: ModuleId) -> ModuleId {
        let krate = self.program.modules[module.index()].krate;
        self.program.crates[krate.index()].root
    }

    /// A bare name: the module and, for a block, what encloses it; then crates; then the prelude.
    fn lookup(&self, module: ModuleId, name: Symbol, depth: u32) -> Option<Def> {
        let mut m = module;
        loop {
            if let Some(d) = self.member(m, name, depth + 1) {
                return Some(d);
            }
            let data = &self.program.modules[m.index()];
            if !data.is_block {
                break;
            }
            m = data.parent?;
        }
        self.extern_name(module, name)
    }

    fn extern_name(&self, module: ModuleId, name: Symbol) -> Option<Def> {
        let krate = &self.program.crates[self.program.modules[module.index()].krate.index()];
        if let Some((_, c)) = krate.deps.iter().find(|(n, _)| *n == name) {
            return Some(Def::Module(self.program.crates[c.index()].root));
        }
        if let Some((_, package)) = krate.external.iter().find(|(n, _)| *n == name) {
            return Some(Def::External(Symbol::new(&package.replace('-', "_"))));
        }
        Some(Def::External(name))
    }

    /// A name inside a module: declared, imported, or through a glob.
    fn member(&self, module: ModuleId, name: Symbol, depth: u32) -> Option<Def> {
        if depth > 32 {
            return None;
        }
        if let Some(hit) = self.cache.borrow().get(&(module, name)) {
            return *hit;
        }
        // Cycles of imports end here: while a name is being looked up it is not there. What a search has
        // looked into it does not look into again, so globs in both directions cost no more than once.
        self.cache.borrow_mut().insert((module, name), None);
        self.searches.set(self.searches.get() + 1);
        let found = self.member_uncached(module, name, depth);
        self.searches.set(self.searches.get() - 1);
        if found.is_some() {
            self.cache.borrow_mut().insert((module, name), found);
        } else {
            self.missed.borrow_mut().push((module, name));
        }
        if self.searches.get() == 0 {
            // Only the outermost search has looked everywhere.
            let mut cache = self.cache.borrow_mut();
            for key in self.missed.borrow_mut().drain(..) {
                if key != (module, name) && cache.get(&key) == Some(&None) {
                    cache.remove(&key);
                }
            }
        }
        found
    }

    fn member_uncached(&self, module: ModuleId, name: Symbol, depth: u32) -> Option<Def> {
        if let Some(items) = self.scopes[module.index()].get(&name) {
            return items.first().map(|&i| match i {
                Item::Module(m) => Def::Module(m),
                Item::Fn(f) => Def::Fn(f),
                Item::Type(t) => Def::Type(t),
                Item::Trait(t) => Def::Trait(t),
                Item::Global(g) => Def::Global(g),
            });
        }
        let data = &self.program.modules[module.index()];
        let from = self.real_module(module);
        if let Some(list) = self.imports[module.index()].get(&name) {
            for &i in list {
                let import = &data.imports[i];
                let names: Vec<Symbol> = import.path.segments.iter().map(|s| s.name).collect();
                // `use log;` or `use foo::foo`: the first segment must not find this very import.
                let found = if names.first() == Some(&name) {
                    self.scopes[from.index()]
                        .get(&name)
                        .and_then(|_| self.names(from, &names, import.path.global, depth + 1))
                        .or_else(|| self.names(from, &names, true, depth + 1))
                } else {
                    self.names(from, &names, import.path.global, depth + 1)
                };
                if found.is_some() {
                    return found;
                }
            }
        }
        let mut sdk_trait = None;
        for &i in &self.globs[module.index()] {
            let import = &data.imports[i];
            let names: Vec<Symbol> = import.path.segments.iter().map(|s| s.name).collect();
            match self.names(from, &names, import.path.global, depth + 1) {
                Some(Def::Module(m)) if m != module => {
                    if let Some(d) = self.member(m, name, depth + 1) {
                        return Some(d);
                    }
                }
                Some(Def::Type(t)) => {
                    if let d @ Def::Variant(..) = self.type_member(t, name) {
                        return Some(d);
                    }
                }
                // The code behind this glob is not in the tree, but of an SDK its traits are known.
                // Without the crate the same trait under another spelling would be another one.
                Some(Def::External(full)) if self.is_sdk_trait(full, name) => {
                    sdk_trait.get_or_insert_with(|| {
                        Def::External(Symbol::new(&format!("{full}::{name}")))
                    });
                }
                _ => {}
            }
        }
        sdk_trait
    }

    /// Whether a path outside of the tree leads into an SDK, and SDKs have a trait of this name.
    fn is_sdk_trait(&self, path: Symbol, name: Symbol) -> bool {
        let krate = path.as_str().split("::").next().unwrap_or("");
        self.sdk.role(name).is_some() && self.sdk.is_sdk_crate(Symbol::new(krate))
    }

    /// When a bare name is not in the tree, a glob import of an SDK may have brought it in:
    /// `use proxy_wasm::traits::*`. The external globs of a module, as full paths.
    pub(crate) fn external_globs(&self, module: ModuleId) -> Vec<Symbol> {
        let mut out = Vec::new();
        let mut m = Some(module);
        while let Some(id) = m {
            let data = &self.program.modules[id.index()];
            for &i in &self.globs[id.index()] {
                let names: Vec<Symbol> = data.imports[i]
                    .path
                    .segments
                    .iter()
                    .map(|s| s.name)
                    .collect();
                if let Some(Def::External(full)) =
                    self.names(self.real_module(id), &names, data.imports[i].path.global, 0)
                {
                    out.push(full);
                }
            }
            m = if data.is_block { data.parent } else { None };
        }
        out
    }

    /// Methods of a nominal type, own impls first, then trait defaults.
    pub(crate) fn methods(&self, ty: TypeId, name: Symbol) -> Vec<Method> {
        if let Some(found) = self.inherent_or_trait.get(&(ty, name)) {
            // An inherent method hides those of traits.
            let inherent: Vec<Method> = found
                .iter()
                .copied()
                .filter(|m| {
                    m.impl_id
                        .is_none_or(|i| self.impl_trait[i.index()].is_none())
                })
                .collect();
            return if inherent.is_empty() {
                found.clone()
            } else {
                inherent
            };
        }
        self.default_method(ty, name).into_iter().collect()
    }

    /// A default method of a trait that the type implements, directly or by a blanket impl.
    fn default_method(&self, ty: TypeId, name: Symbol) -> Option<Method> {
        for &imp in self.impls_of(ty) {
            if let Some(t) = self.impl_trait[imp.index()].and_then(|t| t.in_tree)
                && let Some(f) = self.trait_method(t, name)
            {
                return Some(Method {
                    func: f,
                    impl_id: Some(imp),
                });
            }
        }
        for &imp in &self.blanket {
            let data = &self.program.impls[imp.index()];
            if !self.satisfies(ty, imp, 0) {
                continue;
            }
            if let Some(&f) = data
                .methods
                .iter()
                .find(|f| self.program.functions[f.index()].name == name)
            {
                return Some(Method {
                    func: f,
                    impl_id: Some(imp),
                });
            }
            if let Some(t) = self.impl_trait[imp.index()].and_then(|t| t.in_tree)
                && let Some(f) = self.trait_method(t, name)
            {
                return Some(Method {
                    func: f,
                    impl_id: Some(imp),
                });
            }
        }
        None
    }

    /// A method that the trait itself gives a body.
    pub(crate) fn trait_method(&self, t: TraitId, name: Symbol) -> Option<FnId> {
        self.program.traits[t.index()]
            .methods
            .iter()
            .copied()
            .find(|f| {
                let f = &self.program.functions[f.index()];
                f.name == name && f.body.is_some()
            })
    }

    /// Whether a trait declares the method at all, itself or in an in-tree supertrait.
    pub(crate) fn trait_declares(&self, t: TraitId, name: Symbol) -> bool {
        let mut stack = vec![t];
        let mut seen = Vec::new();
        while let Some(t) = stack.pop() {
            if seen.contains(&t) {
                continue;
            }
            seen.push(t);
            let tr = &self.program.traits[t.index()];
            if tr
                .methods
                .iter()
                .any(|f| self.program.functions[f.index()].name == name)
            {
                return true;
            }
            for s in &tr.supers {
                if let Some(TraitRef {
                    in_tree: Some(s), ..
                }) = self.trait_ref(tr.module, s)
                {
                    stack.push(s);
                }
            }
        }
        false
    }

    /// Whether a type fulfils the bounds of a blanket impl's parameter, as far as known.
    fn satisfies(&self, ty: TypeId, imp: ImplId, depth: u32) -> bool {
        let data = &self.program.impls[imp.index()];
        data.generics
            .iter()
            .flat_map(|g| &g.bounds)
            .all(|b| match b {
                Type::Path(p) => match self.trait_ref(data.module, p) {
                    Some(t) => self.implements(ty, t, depth),
                    None => true,
                },
                _ => true,
            })
    }

    /// Whether a nominal type implements a trait. Standard library traits count as implemented.
    pub(crate) fn implements(&self, ty: TypeId, t: TraitRef, depth: u32) -> bool {
        if self
            .impls_of(ty)
            .iter()
            .any(|i| self.impl_trait[i.index()] == Some(t))
        {
            return true;
        }
        if t.in_tree.is_none() {
            return matches!(
                t.krate.as_str(),
                "std"
                    | "core"
                    | "alloc"
                    | "Clone"
                    | "Default"
                    | "Sized"
                    | "Send"
                    | "Sync"
                    | "serde"
            );
        }
        depth < 4
            && self
                .blanket
                .iter()
                .any(|&i| self.impl_trait[i.index()] == Some(t) && self.satisfies(ty, i, depth + 1))
    }

    /// Whether some impl of the type is for a trait that `pred` accepts.
    pub(crate) fn implements_any(&self, ty: TypeId, pred: impl Fn(TraitRef) -> bool) -> bool {
        self.impls_of(ty)
            .iter()
            .any(|i| self.impl_trait[i.index()].is_some_and(&pred))
    }

    /// Resolves a written type.
    pub(crate) fn ty(&self, tys: &mut TyTable, module: ModuleId, ty: &Type, env: &TyEnv) -> TyId {
        self.ty_at(tys, module, ty, env, 0)
    }

    fn ty_at(
        &self,
        tys: &mut TyTable,
        module: ModuleId,
        ty: &Type,
        env: &TyEnv,
        depth: u32,
    ) -> TyId {
        if depth > 16 {
            return TyId::UNKNOWN;
        }
        match ty {
            Type::Ref { inner, .. } => self.ty_at(tys, module, inner, env, depth + 1),
            Type::Slice(inner) => {
                let inner = self.ty_at(tys, module, inner, env, depth + 1);
                tys.intern(TyKind::External(Symbol::new("Vec"), vec![inner]))
            }
            Type::Tuple(items) => {
                let items = items
                    .iter()
                    .map(|t| self.ty_at(tys, module, t, env, depth + 1))
                    .collect();
                tys.intern(TyKind::Tuple(items))
            }
            Type::Dyn(paths) | Type::Impl(paths) => {
                let traits: Vec<TraitRef> = paths
                    .iter()
                    .filter_map(|p| self.trait_ref(module, p))
                    .collect();
                if traits.is_empty() {
                    TyId::UNKNOWN
                } else {
                    tys.intern(TyKind::Traits(traits))
                }
            }
            Type::Path(p) => self.path_ty(tys, module, p, env, depth),
            Type::Fn { .. } => tys.intern(TyKind::Function),
            Type::Never | Type::Infer => TyId::UNKNOWN,
        }
    }

    fn path_ty(
        &self,
        tys: &mut TyTable,
        module: ModuleId,
        p: &Path,
        env: &TyEnv,
        depth: u32,
    ) -> TyId {
        if p.segments.len() == 1
            && p.qself.is_none()
            && let Some(t) = env.get(p.segments[0].name)
        {
            return t;
        }
        if p.qself.is_some() || p.segments.first().is_some_and(|s| s.name == "Self") {
            return TyId::UNKNOWN;
        }
        let last = p.segments.last();
        let args: Vec<TyId> = last
            .map(|s| {
                s.args
                    .iter()
                    .map(|a| self.ty_at(tys, module, a, env, depth + 1))
                    .collect()
            })
            .unwrap_or_default();
        match self.path(module, p) {
            Some(Def::Type(t)) => {
                let def = &self.program.types[t.index()];
                if let TypeDefKind::Alias(inner) = &def.kind {
                    let mut inner_env = TyEnv::default();
                    for (g, a) in def.generics.iter().zip(&args) {
                        inner_env.set(g.name, *a);
                    }
                    return self.ty_at(tys, def.module, inner, &inner_env, depth + 1);
                }
                tys.intern(TyKind::Adt(t, args))
            }
            Some(Def::External(full)) => {
                let name = full.as_str().rsplit("::").next().unwrap_or("");
                if TRANSPARENT.contains(&name) {
                    return args.last().copied().unwrap_or(TyId::UNKNOWN);
                }
                tys.intern(TyKind::External(Symbol::new(name), args))
            }
            _ => TyId::UNKNOWN,
        }
    }

    /// The outermost owning or shared pointer, cell or lock that a written type names, also by an
    /// alias: `type Counts = Rc<RefCell<..>>`.
    pub(crate) fn pointer(&self, module: ModuleId, ty: &Type) -> Option<&'static str> {
        let (mut module, mut ty) = (module, ty);
        for _ in 0..8 {
            let Type::Path(path) = ty else { return None };
            match self.path(module, path)? {
                Def::External(full) => {
                    let name = full.as_str().rsplit("::").next().unwrap_or("");
                    return TRANSPARENT.contains(&name).then_some(name);
                }
                Def::Type(t) => {
                    let def = &self.program.types[t.index()];
                    let TypeDefKind::Alias(inner) = &def.kind else {
                        return None;
                    };
                    (module, ty) = (def.module, inner);
                }
                _ => return None,
            }
        }
        None
    }

    /// `Self` and the impl's parameters for a method found on a type.
    pub(crate) fn method_env(&self, tys: &mut TyTable, method: Method, self_ty: TyId) -> TyEnv {
        let mut env = TyEnv::default();
        if let Some(i) = method.impl_id {
            let imp = &self.program.impls[i.index()];
            let actual = match tys.kind(self_ty) {
                TyKind::Adt(_, args) => args.clone(),
                _ => Vec::new(),
            };
            if let Type::Path(p) = &imp.self_ty {
                if imp
                    .generics
                    .iter()
                    .any(|g| p.segments.len() == 1 && g.name == p.last())
                {
                    env.set(p.last(), self_ty);
                } else if let Some(seg) = p.segments.last() {
                    for (written, &given) in seg.args.iter().zip(&actual) {
                        if let Type::Path(q) = written
                            && q.segments.len() == 1
                            && imp.generics.iter().any(|g| g.name == q.last())
                        {
                            env.set(q.last(), given);
                        }
                    }
                }
            }
            for g in &imp.generics {
                if env.get(g.name).is_none() {
                    let t = self.bound_ty(tys, imp.module, g);
                    env.set(g.name, t);
                }
            }
            for (name, ty) in &imp.types {
                let t = self.ty(tys, imp.module, ty, &env);
                env.set(*name, t);
            }
        }
        env.set(Symbol::new("Self"), self_ty);
        env
    }

    /// What is known of a type parameter from its bounds.
    pub(crate) fn bound_ty(&self, tys: &mut TyTable, module: ModuleId, g: &GenericParam) -> TyId {
        let mut traits = Vec::new();
        for b in &g.bounds {
            match b {
                Type::Path(p) => traits.extend(self.trait_ref(module, p)),
                Type::Fn { .. } => return tys.intern(TyKind::Function),
                _ => {}
            }
        }
        if traits.is_empty() {
            TyId::UNKNOWN
        } else {
            tys.intern(TyKind::Traits(traits))
        }
    }

    /// The name of a function with its owner: `RuleMatcher::get_match_config`.
    pub(crate) fn fn_name(&self, f: FnId) -> String {
        let func = &self.program.functions[f.index()];
        if let Some(i) = func.impl_id {
            let imp = &self.program.impls[i.index()];
            let owner = match &imp.self_ty {
                Type::Path(p) => p.last().as_str().to_owned(),
                other => other.to_string(),
            };
            return format!("{owner}::{}", func.name);
        }
        if let Some(t) = func.trait_id {
            return format!("{}::{}", self.program.traits[t.index()].name, func.name);
        }
        func.name.as_str().to_owned()
    }
}

/// Types that stand for what they hold: owning and shared pointers, cells, locks, lazies, guards.
pub(crate) const TRANSPARENT: [&str; 24] = [
    "Box",
    "Rc",
    "Arc",
    "Weak",
    "RefCell",
    "Cell",
    "UnsafeCell",
    "Mutex",
    "RwLock",
    "Cow",
    "Pin",
    "ManuallyDrop",
    "Ref",
    "RefMut",
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "OnceCell",
    "OnceLock",
    "LazyLock",
    "LazyCell",
    "Lazy",
    "LocalKey",
    "NonNull",
];
