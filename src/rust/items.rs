//! Items.

use syn::{Fields, ForeignItem, ImplItem, Item, ItemEnum, ItemImpl, ItemMod, ItemTrait, TraitItem};

use super::attrs::Attrs;
use super::functions::Home;
use super::spans::Ends;
use super::{FileCx, id32, name_of};
use crate::ir::{
    Field, FnId, Global, GlobalId, GlobalKind, Impl, ImplId, Item as IrItem, ModDecl, ModuleId,
    Symbol, Trait, TraitId, Type, TypeDef, TypeDefKind, TypeId, Variant,
};
use crate::source::Span;

impl FileCx<'_> {
    /// Adds items to a module.
    pub(super) fn items(&mut self, items: &[Item], module: ModuleId) {
        for item in items {
            self.item(item, module);
        }
    }

    /// Adds an item to a module.
    pub(super) fn item(&mut self, item: &Item, module: ModuleId) {
        let attrs = self.attrs(item_attrs(item));
        if attrs.off {
            return;
        }
        match item {
            Item::Fn(f) => {
                let span = self.between(f.sig.fn_token.span, f.block.hi());
                let home = Home::free(module);
                let id = self.function(&f.sig, Some(&f.block), &attrs, home, span);
                self.declare_item(module, name_of(&f.sig.ident), IrItem::Fn(id));
            }
            Item::Struct(s) => {
                let kind = TypeDefKind::Struct(self.fields(&s.fields));
                self.type_def(&s.ident, &s.generics, kind, attrs, module);
            }
            Item::Union(u) => {
                let fields = Fields::Named(u.fields.clone());
                let kind = TypeDefKind::Struct(self.fields(&fields));
                self.type_def(&u.ident, &u.generics, kind, attrs, module);
            }
            Item::Enum(e) => {
                let kind = TypeDefKind::Enum(self.variants(e));
                self.type_def(&e.ident, &e.generics, kind, attrs, module);
            }
            Item::Type(t) => {
                let kind = TypeDefKind::Alias(self.ty(&t.ty));
                self.type_def(&t.ident, &t.generics, kind, attrs, module);
            }
            Item::Const(c) => {
                let value = Some(&*c.expr);
                let id = self.global(
                    &c.ident,
                    GlobalKind::Const,
                    &c.ty,
                    value,
                    Home::free(module),
                );
                self.declare_item(module, name_of(&c.ident), IrItem::Global(id));
            }
            Item::Static(s) => {
                let value = Some(&*s.expr);
                let id = self.global(
                    &s.ident,
                    GlobalKind::Static,
                    &s.ty,
                    value,
                    Home::free(module),
                );
                self.declare_item(module, name_of(&s.ident), IrItem::Global(id));
            }
            Item::Mod(m) => self.mod_item(m, attrs, module),
            Item::Use(u) => self.use_item(u, module),
            Item::ExternCrate(e) => self.extern_crate(e, module),
            Item::ForeignMod(f) => {
                for item in &f.items {
                    self.foreign_item(item, module);
                }
            }
            Item::Trait(t) => self.trait_item(t, module),
            Item::Impl(i) => self.impl_item(i, module),
            Item::Macro(m) => self.macro_item(m, module),
            // A trait alias brings no code; the rest is not Rust that compiles.
            _ => {}
        }
    }

    /// Adds a name to a module.
    pub(super) fn declare_item(&mut self, module: ModuleId, name: Symbol, item: IrItem) {
        self.fragment.modules[module.index()]
            .items
            .push((name, item));
    }

    fn type_def(
        &mut self,
        ident: &proc_macro2::Ident,
        generics: &syn::Generics,
        kind: TypeDefKind,
        attrs: Attrs,
        module: ModuleId,
    ) {
        let name = name_of(ident);
        let generics = self.generics(generics);
        let id = TypeId(id32(self.fragment.types.len()));
        let span = self.mark(ident.span());
        self.fragment.types.push(TypeDef {
            name,
            module,
            generics,
            kind,
            derives: attrs.derives,
            span,
        });
        self.declare_item(module, name, IrItem::Type(id));
    }

    fn fields(&mut self, fields: &Fields) -> Vec<Field> {
        let mut out = Vec::new();
        for field in fields {
            if !self.active(&field.attrs) {
                continue;
            }
            let ty = self.ty(&field.ty);
            let whole = self.span_of(&field.ty);
            let (name, span) = match &field.ident {
                Some(ident) => {
                    let name = self.mark(ident.span());
                    let ordered = name.lo <= whole.hi;
                    let hi = if ordered { whole.hi } else { name.hi };
                    (name_of(ident), Span { hi, ..name })
                }
                // Numbers count the fields that are there.
                None => (Symbol::new(&out.len().to_string()), whole),
            };
            out.push(Field { name, ty, span });
        }
        out
    }

    fn variants(&mut self, e: &ItemEnum) -> Vec<Variant> {
        let mut out = Vec::new();
        for variant in &e.variants {
            if self.active(&variant.attrs) {
                out.push(Variant {
                    name: name_of(&variant.ident),
                    fields: self.fields(&variant.fields),
                });
            }
        }
        out
    }

    /// Adds a static or constant with its initialiser; the caller gives it a name in a scope.
    pub(super) fn global(
        &mut self,
        ident: &proc_macro2::Ident,
        kind: GlobalKind,
        ty: &syn::Type,
        value: Option<&syn::Expr>,
        home: Home,
    ) -> GlobalId {
        let name = name_of(ident);
        let span = self.mark(ident.span());
        let ty = self.ty(ty);
        let init = value.map(|value| {
            let at = self.span(value);
            self.initialiser(name, home, ty.clone(), value, at)
        });
        let id = GlobalId(id32(self.fragment.globals.len()));
        self.fragment.globals.push(Global {
            name,
            module: home.module,
            kind,
            ty,
            init,
            span,
        });
        id
    }

    fn mod_item(&mut self, m: &ItemMod, attrs: Attrs, module: ModuleId) {
        let name = name_of(&m.ident);
        match &m.content {
            Some((_, items)) => {
                let id = self.module(module, name, false);
                self.declare_item(module, name, IrItem::Module(id));
                self.items(items, id);
            }
            None => {
                let span = self.between(m.mod_token.span, m.ident.span());
                self.fragment.mods.push(ModDecl {
                    name,
                    path: attrs.path,
                    parent: module,
                    span,
                });
            }
        }
    }

    fn foreign_item(&mut self, item: &ForeignItem, module: ModuleId) {
        match item {
            ForeignItem::Fn(f) if self.active(&f.attrs) => {
                let span = self.between(f.sig.fn_token.span, f.semi_token.spans[0]);
                let attrs = Attrs::default();
                let id = self.function(&f.sig, None, &attrs, Home::free(module), span);
                // Declared elsewhere: nothing starts here.
                self.fragment.functions[id.index()].is_entry = false;
                self.declare_item(module, name_of(&f.sig.ident), IrItem::Fn(id));
            }
            ForeignItem::Static(s) if self.active(&s.attrs) => {
                let home = Home::free(module);
                let id = self.global(&s.ident, GlobalKind::Static, &s.ty, None, home);
                self.declare_item(module, name_of(&s.ident), IrItem::Global(id));
            }
            _ => {}
        }
    }

    fn trait_item(&mut self, t: &ItemTrait, module: ModuleId) {
        let name = name_of(&t.ident);
        let id = TraitId(id32(self.fragment.traits.len()));
        let generics = self.generics(&t.generics);
        let supers = self.traits(&t.supertraits);
        let span = self.mark(t.ident.span());
        self.fragment.traits.push(Trait {
            name,
            module,
            generics,
            supers,
            methods: Vec::new(),
            consts: Vec::new(),
            span,
        });
        self.declare_item(module, name, IrItem::Trait(id));
        let home = Home {
            module,
            impl_id: None,
            trait_id: Some(id),
        };
        for item in &t.items {
            self.trait_member(item, id, home);
        }
    }

    fn trait_member(&mut self, item: &TraitItem, id: TraitId, home: Home) {
        match item {
            TraitItem::Fn(f) => {
                let attrs = self.attrs(&f.attrs);
                if attrs.off {
                    return;
                }
                let hi = match (&f.default, &f.semi_token) {
                    (Some(block), _) => block.hi(),
                    (None, Some(semi)) => semi.spans[0],
                    (None, None) => f.sig.ident.span(),
                };
                let span = self.between(f.sig.fn_token.span, hi);
                let function = self.function(&f.sig, f.default.as_ref(), &attrs, home, span);
                self.fragment.traits[id.index()].methods.push(function);
            }
            TraitItem::Const(c) if self.active(&c.attrs) => {
                if let Some((_, value)) = &c.default {
                    let global = self.global(&c.ident, GlobalKind::Const, &c.ty, Some(value), home);
                    let entry = (name_of(&c.ident), global);
                    self.fragment.traits[id.index()].consts.push(entry);
                }
            }
            TraitItem::Macro(m) if self.active(&m.attrs) => {
                self.expand_as::<Members<TraitItem>, _>(&m.mac, |cx, members| {
                    for item in &members.0 {
                        cx.trait_member(item, id, home);
                    }
                });
            }
            _ => {}
        }
    }

    fn impl_item(&mut self, i: &ItemImpl, module: ModuleId) {
        let id = ImplId(id32(self.fragment.impls.len()));
        let generics = self.generics(&i.generics);
        let of_trait = match &i.trait_ {
            Some((path, _)) if i.modifiers.polarity.is_none() => Some(self.path(None, path)),
            Some(_) => return,
            None => None,
        };
        let self_ty = self.ty(&i.self_ty);
        let end = self.span_of(&*i.self_ty);
        let start = self.mark(i.impl_token.span);
        let span = Span {
            hi: end.hi.max(start.hi),
            ..start
        };
        self.fragment.impls.push(Impl {
            module,
            generics,
            of_trait,
            self_ty,
            methods: Vec::new(),
            consts: Vec::new(),
            types: Vec::new(),
            span,
        });
        let home = Home {
            module,
            impl_id: Some(id),
            trait_id: None,
        };
        for item in &i.items {
            self.impl_member(item, id, home);
        }
    }

    fn impl_member(&mut self, item: &ImplItem, id: ImplId, home: Home) {
        match item {
            ImplItem::Fn(f) => {
                let attrs = self.attrs(&f.attrs);
                if attrs.off {
                    return;
                }
                let span = self.between(f.sig.fn_token.span, f.block.hi());
                let function: FnId = self.function(&f.sig, Some(&f.block), &attrs, home, span);
                self.fragment.impls[id.index()].methods.push(function);
            }
            ImplItem::Const(c) if self.active(&c.attrs) => {
                let global = self.global(&c.ident, GlobalKind::Const, &c.ty, Some(&c.expr), home);
                let entry = (name_of(&c.ident), global);
                self.fragment.impls[id.index()].consts.push(entry);
            }
            ImplItem::Type(t) if self.active(&t.attrs) => {
                let ty: Type = self.ty(&t.ty);
                let entry = (name_of(&t.ident), ty);
                self.fragment.impls[id.index()].types.push(entry);
            }
            ImplItem::Macro(m) if self.active(&m.attrs) => {
                self.expand_as::<Members<ImplItem>, _>(&m.mac, |cx, members| {
                    for item in &members.0 {
                        cx.impl_member(item, id, home);
                    }
                });
            }
            _ => {}
        }
    }
}

/// All members that a macro in an impl or trait expands to.
struct Members<T>(Vec<T>);

impl<T: syn::parse::Parse> syn::parse::Parse for Members<T> {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let mut out = Vec::new();
        while !input.is_empty() {
            out.push(input.parse()?);
        }
        Ok(Self(out))
    }
}

/// The attributes of an item.
pub(super) fn item_attrs(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::ExternCrate(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::ForeignMod(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::TraitAlias(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Union(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}
