//! The same assignment through a helper or a macro.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, File, Ident, ImplItemFn, Item, ItemImpl, Member, Stmt, Type, parse_quote};

use crate::tree::{Fresh, changed, each_block, field_type, is_self, type_name};

/// The left and the right side of a statement that assigns to a field or through a pointer.
fn assignment(stmt: &Stmt) -> Option<(&Expr, &Expr)> {
    let Stmt::Expr(Expr::Assign(a), Some(_)) = stmt else {
        return None;
    };
    let place = matches!(&*a.left, Expr::Field(_))
        || matches!(&*a.left, Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)));
    place.then_some((&a.left, &a.right))
}

/// Puts another statement for each assignment to a field or through a pointer.
pub(crate) fn each_assignment(file: &mut File, edit: impl Fn(&Expr, &Expr) -> Stmt) -> bool {
    each_block(file, |stmts| {
        let mut any = false;
        for stmt in stmts {
            if let Some((left, right)) = assignment(stmt) {
                *stmt = edit(left, right);
                any = true;
            }
        }
        any
    })
}

/// `place = e;` through a generic function that has the place by reference.
pub(crate) fn store_by_generic_function(file: File) -> Option<File> {
    changed(file, |file| {
        let name = Fresh::new(file).name("store");
        let any = each_assignment(
            file,
            |left, right| parse_quote!({ let value = #right; #name(&mut #left, value); }),
        );
        file.items.push(parse_quote! {
            fn #name<T>(slot: &mut T, value: T) { *slot = value; }
        });
        any
    })
}

/// `place = e;` by `mem::replace`.
pub(crate) fn store_by_replace(file: File) -> Option<File> {
    changed(file, |file| {
        each_assignment(
            file,
            |left, right| parse_quote!({ let value = #right; drop(std::mem::replace(&mut #left, value)); }),
        )
    })
}

/// `place = e;` by a macro of the file.
pub(crate) fn store_by_macro(file: File) -> Option<File> {
    changed(file, |file| {
        let name = Fresh::new(file).name("store");
        let any = each_assignment(file, |left, right| parse_quote!(#name!(#left, #right);));
        file.items.insert(
            0,
            parse_quote! {
                macro_rules! #name { ($place:expr, $value:expr) => { $place = $value; }; }
            },
        );
        any
    })
}

/// Values of locals and of assignments behind a macro of the file that gives its argument.
pub(crate) fn value_behind_macro(file: File) -> Option<File> {
    changed(file, |file| {
        let name = Fresh::new(file).name("same");
        let any = each_block(file, |stmts| {
            let mut any = false;
            for stmt in stmts {
                let value = match stmt {
                    Stmt::Local(l) if l.init.is_some() => {
                        &mut l.init.as_mut().expect("it is there").expr
                    }
                    Stmt::Expr(Expr::Assign(a), _) => &mut a.right,
                    _ => continue,
                };
                // What a reference points to would end with the macro.
                if matches!(**value, Expr::Reference(_)) {
                    continue;
                }
                **value = parse_quote!(#name!(#value));
                any = true;
            }
            any
        });
        file.items.insert(
            0,
            parse_quote! {
                macro_rules! #name { ($value:expr) => { $value }; }
            },
        );
        any
    })
}

/// `self.f = e;` by a method for each of them.
pub(crate) fn store_by_setter(file: File) -> Option<File> {
    struct Visitor<'a> {
        fields: &'a [Item],
        owner: Ident,
        fresh: &'a mut Fresh,
        setters: Vec<ImplItemFn>,
    }
    impl VisitMut for Visitor<'_> {
        fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
            visit_mut::visit_stmt_mut(self, stmt);
            let Some((Expr::Field(place), right)) = assignment(stmt) else {
                return;
            };
            let Member::Named(field) = &place.member else {
                return;
            };
            let Some(ty) = field_type(self.fields, &self.owner, field) else {
                return;
            };
            if !is_self(&place.base) {
                return;
            }
            let name = self.fresh.name(&format!("put_{field}"));
            self.setters.push(parse_quote! {
                fn #name(&mut self, value: #ty) { self.#field = value; }
            });
            *stmt = parse_quote!({ let value: #ty = #right; self.#name(value); });
        }
    }
    changed(file, |file| {
        let mut fresh = Fresh::new(file);
        let fields = file.items.clone();
        let mut impls: Vec<ItemImpl> = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            let Some(owner) = plain_owner(i) else {
                continue;
            };
            let mut visitor = Visitor {
                fields: &fields,
                owner,
                fresh: &mut fresh,
                setters: Vec::new(),
            };
            visitor.visit_item_impl_mut(i);
            let (setters, ty): (_, &Type) = (visitor.setters, &i.self_ty);
            if !setters.is_empty() {
                impls.push(parse_quote!(impl #ty { #(#setters)* }));
            }
        }
        let any = !impls.is_empty();
        file.items.extend(impls.into_iter().map(Item::Impl));
        any
    })
}

/// The type that an impl without parameters is for.
pub(crate) fn plain_owner(i: &ItemImpl) -> Option<Ident> {
    let plain = i.generics.params.is_empty() && i.generics.where_clause.is_none();
    type_name(&i.self_ty).filter(|_| plain).cloned()
}
