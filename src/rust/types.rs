//! Types, paths and generic parameters.

use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, ReturnType, Token, TypeParamBound};

use super::{FileCx, name_of};
use crate::ir::{GenericParam, Path, PathSegment, Symbol, Type};

impl FileCx<'_> {
    /// A type.
    pub(super) fn ty(&mut self, ty: &syn::Type) -> Type {
        match ty {
            syn::Type::Array(t) => Type::Slice(Box::new(self.ty(&t.elem))),
            syn::Type::Slice(t) => Type::Slice(Box::new(self.ty(&t.elem))),
            syn::Type::FnPtr(t) => Type::Fn {
                params: t.inputs.iter().map(|arg| self.ty(&arg.ty)).collect(),
                ret: Box::new(self.ret(&t.output)),
            },
            syn::Type::Group(t) => self.ty(&t.elem),
            syn::Type::Paren(t) => self.ty(&t.elem),
            syn::Type::ImplTrait(t) => self.bounds_type(&t.bounds, Type::Impl),
            syn::Type::TraitObject(t) => self.bounds_type(&t.bounds, Type::Dyn),
            syn::Type::Never(_) => Type::Never,
            syn::Type::Path(t) => match (&t.qself, fn_bound(&t.path)) {
                (None, Some(_)) => self.bound(&t.path),
                (qself, _) => Type::Path(self.path(qself.as_ref(), &t.path)),
            },
            syn::Type::Ptr(t) => Type::Ref {
                mutable: matches!(t.mutability, syn::PointerMutability::Mut(_)),
                inner: Box::new(self.ty(&t.elem)),
            },
            syn::Type::Reference(t) => Type::Ref {
                mutable: t.mutability.is_some(),
                inner: Box::new(self.ty(&t.elem)),
            },
            syn::Type::Tuple(t) => Type::Tuple(t.elems.iter().map(|e| self.ty(e)).collect()),
            syn::Type::Macro(t) => self
                .expand_as::<syn::Type, _>(&t.mac, |cx, ty| cx.ty(&ty))
                .unwrap_or(Type::Infer),
            _ => Type::Infer,
        }
    }

    /// A result type.
    pub(super) fn ret(&mut self, ret: &ReturnType) -> Type {
        match ret {
            ReturnType::Default => Type::unit(),
            ReturnType::Type(_, ty) => self.ty(ty),
        }
    }

    fn bounds_type(
        &mut self,
        bounds: &Punctuated<TypeParamBound, Token![+]>,
        make: fn(Vec<Path>) -> Type,
    ) -> Type {
        let traits: Vec<_> = bounds.iter().filter_map(trait_path).collect();
        if let Some(function) = traits.iter().find(|p| fn_bound(p).is_some()) {
            return self.bound(function);
        }
        make(traits.into_iter().map(|p| self.path(None, p)).collect())
    }

    /// A trait bound: `Fn(..) -> ..` is a [`Type::Fn`], others are paths.
    fn bound(&mut self, path: &syn::Path) -> Type {
        match fn_bound(path) {
            Some(arguments) => Type::Fn {
                params: arguments.inputs.iter().map(|a| self.ty(&a.ty)).collect(),
                ret: Box::new(self.ret(&arguments.output)),
            },
            None => Type::Path(self.path(None, path)),
        }
    }

    /// The traits among bounds, as paths.
    pub(super) fn traits(&mut self, bounds: &Punctuated<TypeParamBound, Token![+]>) -> Vec<Path> {
        let paths: Vec<_> = bounds.iter().filter_map(trait_path).collect();
        paths.into_iter().map(|p| self.path(None, p)).collect()
    }

    /// A path with its generic arguments.
    pub(super) fn path(&mut self, qself: Option<&syn::QSelf>, path: &syn::Path) -> Path {
        Path {
            global: path.leading_colon.is_some(),
            qself: qself.map(|q| Box::new(self.ty(&q.ty))),
            segments: path
                .segments
                .iter()
                .map(|segment| PathSegment {
                    name: name_of(&segment.ident),
                    args: self.path_args(&segment.arguments),
                })
                .collect(),
        }
    }

    fn path_args(&mut self, arguments: &PathArguments) -> Vec<Type> {
        match arguments {
            PathArguments::None => Vec::new(),
            PathArguments::AngleBracketed(args) => self.type_args(args),
            PathArguments::Parenthesized(args) => {
                vec![
                    Type::Tuple(args.inputs.iter().map(|a| self.ty(&a.ty)).collect()),
                    self.ret(&args.output),
                ]
            }
        }
    }

    /// The type arguments between angle brackets.
    pub(super) fn type_args(&mut self, args: &syn::AngleBracketedGenericArguments) -> Vec<Type> {
        args.args
            .iter()
            .filter_map(|arg| match arg {
                GenericArgument::Type(ty) => Some(self.ty(ty)),
                _ => None,
            })
            .collect()
    }

    /// Type parameters with the bounds of the list and of the `where` clause.
    pub(super) fn generics(&mut self, generics: &syn::Generics) -> Vec<GenericParam> {
        let mut out: Vec<GenericParam> = Vec::new();
        for param in generics.type_params() {
            let bounds = self.bounds(&param.bounds);
            out.push(GenericParam {
                name: name_of(&param.ident),
                bounds,
            });
        }
        let predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
        for predicate in predicates {
            if let syn::WherePredicate::Type(predicate) = predicate
                && let syn::Type::Path(ty) = &predicate.bounded_ty
                && ty.qself.is_none()
                && let Some(ident) = ty.path.get_ident()
            {
                let name = name_of(ident);
                let bounds = self.bounds(&predicate.bounds);
                if let Some(param) = out.iter_mut().find(|p| p.name == name) {
                    param.bounds.extend(bounds);
                }
            }
        }
        out
    }

    fn bounds(&mut self, bounds: &Punctuated<TypeParamBound, Token![+]>) -> Vec<Type> {
        let paths: Vec<_> = bounds.iter().filter_map(trait_path).collect();
        paths.into_iter().map(|p| self.bound(p)).collect()
    }
}

fn trait_path(bound: &TypeParamBound) -> Option<&syn::Path> {
    match bound {
        TypeParamBound::Trait(bound) => Some(&bound.path),
        _ => None,
    }
}

/// The arguments of an `Fn(A) -> R` bound.
fn fn_bound(path: &syn::Path) -> Option<&syn::ParenthesizedGenericArguments> {
    match &path.segments.last()?.arguments {
        PathArguments::Parenthesized(arguments) => Some(arguments),
        _ => None,
    }
}

/// `Self`.
pub(super) fn self_type() -> Type {
    Type::Path(Path::of(&["Self"]))
}

/// A member's name: an identifier or a decimal number.
pub(super) fn member(member: &syn::Member) -> Symbol {
    match member {
        syn::Member::Named(ident) => name_of(ident),
        syn::Member::Unnamed(index) => Symbol::new(&index.index.to_string()),
    }
}
