//! The fields of contexts in one more layer.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Expr, Fields, File, Ident, Item, ItemStruct, Member, Type, parse_quote};

use crate::rewrites::fields::{Literals, accesses, contexts, derived, derives, own_changing};
use crate::tree::Fresh;

/// What a field is wrapped in.
struct Layer {
    /// The type.
    ty: fn(&Type) -> Type,
    /// What a literal gives the field.
    build: fn(&Expr) -> Expr,
    /// What a whole assignment gives the field, if that is not a write to what is wrapped.
    assign: Option<fn(&Expr) -> Expr>,
    /// The field to read from.
    read: fn(TokenStream) -> TokenStream,
    /// The field to write to or to change.
    write: fn(TokenStream) -> TokenStream,
    /// Whether `Default` gives something else than the default of what is wrapped.
    own_default: bool,
    /// Whether two reads at a time can't be.
    exclusive: bool,
    /// Whether a call on the field holds it while its arguments are made.
    lends: bool,
}

/// Removes `Default` from the derives, and writes it out.
fn write_default(s: &mut ItemStruct, wrapped: &[Ident], build: fn(&Expr) -> Expr) -> Item {
    let kept: Vec<TokenStream> = ["Clone", "Debug", "PartialEq"]
        .into_iter()
        .filter(|d| derived(s, d))
        .map(|d| Ident::new(d, s.ident.span()).to_token_stream())
        .collect();
    s.attrs.retain(|a| !a.path().is_ident("derive"));
    if !kept.is_empty() {
        s.attrs.push(parse_quote!(#[derive(#(#kept),*)]));
    }
    let owner = &s.ident;
    let fields = s.fields.iter().filter_map(|f| f.ident.as_ref()).map(|f| {
        let value: Expr = parse_quote!(Default::default());
        let value = if wrapped.contains(f) {
            build(&value)
        } else {
            value
        };
        quote!(#f: #value)
    });
    parse_quote!(impl Default for #owner { fn default() -> Self { Self { #(#fields),* } } })
}

fn wrapped(file: File, layer: &Layer) -> Option<File> {
    let mut file = file;
    let mut any = false;
    // Whether a macro reads or writes a place, its call does not tell.
    if file.to_token_stream().to_string().contains("$ place") {
        return None;
    }
    for (owner, fields) in contexts(&file) {
        for field in fields {
            if let Some(new) = wrap_field(&file, &owner, &field, layer) {
                file = new;
                any = true;
            }
        }
    }
    any.then_some(file)
}

fn wrap_field(file: &File, owner: &Ident, field: &Ident, layer: &Layer) -> Option<File> {
    let mut file = file.clone();
    if layer.exclusive && !is_short(&file, field) {
        return None;
    }
    if layer.lends && asks_self_meanwhile(&file, field) {
        return None;
    }
    let mut added = None;
    for item in &mut file.items {
        let Item::Struct(s) = item else { continue };
        if s.ident != *owner {
            continue;
        }
        if layer.exclusive && derived(s, "Clone") {
            return None;
        }
        let wanted = |f: &&mut syn::Field| f.ident.as_ref() == Some(field);
        let f = s.fields.iter_mut().find(wanted)?;
        // What points elsewhere, and what is changed without being borrowed for it.
        let ty = f.ty.to_token_stream().to_string();
        if ["&", "Cell <", "Mutex <", "RwLock <"]
            .iter()
            .any(|t| ty.contains(t))
        {
            return None;
        }
        f.ty = (layer.ty)(&f.ty);
        if layer.own_default && derived(s, "Default") {
            added = Some(write_default(s, std::slice::from_ref(field), layer.build));
        }
    }
    let whole = Ident::new(&format!("whole_{field}"), field.span());
    if let Some(assign) = layer.assign {
        crate::tree::each_expr(&mut file, |e| {
            if let Expr::Assign(a) = e
                && let Expr::Field(f) = &mut *a.left
                && matches!(&f.member, Member::Named(m) if m == field)
            {
                f.member = Member::Named(whole.clone());
                *a.right = assign(&a.right);
            }
            false
        });
    }
    let one = std::slice::from_ref(field);
    let tokens = accesses(
        file.to_token_stream(),
        one,
        &own_changing(&file),
        &|place, _, write| match write {
            true => (layer.write)(place),
            false => (layer.read)(place),
        },
    )?;
    let mut file: File = syn::parse2(tokens).expect("a place for a place");
    crate::tree::each_expr(&mut file, |e| {
        if let Expr::Field(f) = e
            && matches!(&f.member, Member::Named(m) if *m == whole)
        {
            f.member = Member::Named(field.clone());
        }
        false
    });
    let mut literals = Literals {
        owner,
        inside: false,
        edit: |s: &mut syn::ExprStruct| {
            for f in &mut s.fields {
                if matches!(&f.member, Member::Named(m) if m == field) {
                    f.expr = (layer.build)(&f.expr);
                    f.colon_token = Some(Default::default());
                }
            }
        },
    };
    literals.visit_file_mut(&mut file);
    file.items.extend(added);
    Some(file)
}

/// Whether a method is called on the field with what a method of `self` gives: `self.f.push(self.g())`.
fn asks_self_meanwhile(file: &File, field: &Ident) -> bool {
    let place = format!("self . {field}");
    let mut found = false;
    crate::tree::each_expr(&mut file.clone(), |e| {
        if let Expr::MethodCall(m) = e {
            let on_field = m.receiver.to_token_stream().to_string().contains(&place);
            let mut arguments = m.args.clone();
            for argument in arguments.iter_mut().filter(|_| on_field) {
                let mut inside: File = parse_quote!(fn f() { #argument; });
                crate::tree::each_expr(&mut inside, |e| {
                    let Expr::MethodCall(m) = e else { return false };
                    found |= m.receiver.to_token_stream().to_string() == "self";
                    false
                });
            }
        }
        false
    });
    found
}

/// Whether no access to the field outlasts its statement, as far as names tell.
fn is_short(file: &File, field: &Ident) -> bool {
    // Through `self` or another name of it.
    let place = format!(".{field}");
    let uses = |t: TokenStream| {
        let text = t.to_string().replace(' ', "");
        let behind = text.split(&place).skip(1);
        let is_field =
            |rest: &&str| !rest.starts_with(|c: char| c.is_alphanumeric() || "_(".contains(c));
        behind.filter(is_field).count()
    };
    // So do methods that need the whole of `self`.
    let own: Vec<String> = own_changing(file)
        .iter()
        .map(|m| format!("self . {m} ("))
        .collect();
    let sets = |t: TokenStream| {
        let text = t.to_string();
        own.iter().any(|call| text.contains(call))
    };
    let mut file = file.clone();
    let mut long = false;
    crate::tree::each_block(&mut file, |stmts| {
        for stmt in stmts {
            match stmt {
                // What a local is made of may point into it.
                syn::Stmt::Local(l) => long |= uses(l.to_token_stream()) > 0,
                syn::Stmt::Expr(e, None) => {
                    long |= has_reference(e) && uses(e.to_token_stream()) > 0
                }
                _ => {}
            }
        }
        false
    });
    crate::tree::each_expr(&mut file, |e| {
        match e {
            Expr::If(i) if matches!(&*i.cond, Expr::Let(_)) => {
                let all = i.to_token_stream();
                long |= uses(i.cond.to_token_stream()) > 0 && (uses(all.clone()) > 1 || sets(all));
            }
            Expr::Match(m) => {
                let all = m.to_token_stream();
                long |= uses(m.expr.to_token_stream()) > 0 && (uses(all.clone()) > 1 || sets(all));
            }
            Expr::MethodCall(m) => long |= uses(m.to_token_stream()) > 1,
            Expr::Assign(a) => long |= uses(a.to_token_stream()) > 1,
            _ => {}
        }
        false
    });
    // A function that gives a reference away.
    crate::tree::each_body(&mut file, |sig, body| {
        long |= sig.output.to_token_stream().to_string().contains('&')
            && uses(body.to_token_stream()) > 0;
    });
    !long
}

fn has_reference(e: &Expr) -> bool {
    matches!(e, Expr::Reference(_))
}

/// Fields in a tuple struct.
pub(crate) fn wrap_in_newtype(file: File) -> Option<File> {
    let name = Fresh::new(&file).name("Kept");
    if name != "Kept" {
        return None;
    }
    let layer = Layer {
        ty: |ty| parse_quote!(Kept<#ty>),
        build: |e| parse_quote!(Kept(#e)),
        assign: None,
        read: |place| quote!(#place.0),
        write: |place| quote!(#place.0),
        own_default: false,
        exclusive: false,
        lends: false,
    };
    let mut file = wrapped(file, &layer)?;
    file.items.push(parse_quote! {
        #[derive(Clone, Debug, Default, PartialEq)]
        struct Kept<T>(T);
    });
    Some(file)
}

const OPTION: Layer = Layer {
    ty: |ty| parse_quote!(Option<#ty>),
    build: |e| parse_quote!(Some(#e)),
    assign: Some(|e| parse_quote!(Some(#e))),
    read: |place| quote!((*#place.as_ref().unwrap())),
    write: |place| quote!((*#place.as_mut().unwrap())),
    own_default: true,
    exclusive: false,
    lends: true,
};

/// Fields in an `Option` that always is `Some`.
pub(crate) fn wrap_in_option(file: File) -> Option<File> {
    wrapped(file, &OPTION)
}

/// The same, and assignments go to what is in it.
pub(crate) fn wrap_in_option_in_place(file: File) -> Option<File> {
    wrapped(
        file,
        &Layer {
            assign: None,
            ..OPTION
        },
    )
}

/// Fields in an `Rc<RefCell>`.
pub(crate) fn wrap_in_cell(file: File) -> Option<File> {
    let layer = Layer {
        ty: |ty| parse_quote!(std::rc::Rc<std::cell::RefCell<#ty>>),
        build: |e| parse_quote!(std::rc::Rc::new(std::cell::RefCell::new(#e))),
        assign: None,
        read: |place| quote!((*#place.borrow())),
        write: |place| quote!((*#place.borrow_mut())),
        own_default: false,
        exclusive: true,
        lends: false,
    };
    wrapped(file, &layer)
}

/// All fields of a context in a struct of their own.
pub(crate) fn group_fields(file: File) -> Option<File> {
    let mut file = file;
    let mut any = false;
    for (owner, fields) in contexts(&file) {
        let mut fresh = Fresh::new(&file);
        let (name, state) = (fresh.name(&format!("{owner}State")), fresh.name("state"));
        let tokens = accesses(file.to_token_stream(), &fields, &[], &|place, field, _| {
            let base = place.into_iter().next();
            quote!(#base.#state.#field)
        });
        let Some(tokens) = tokens.filter(|_| !fields.is_empty()) else {
            continue;
        };
        let mut new: File = syn::parse2(tokens).expect("a place for a place");
        let mut inner: Option<ItemStruct> = None;
        let mut whole = true;
        for item in &mut new.items {
            let Item::Struct(s) = item else { continue };
            if s.ident != owner {
                continue;
            }
            // Only if all its fields can go.
            whole = s.fields.len() == fields.len();
            let (attrs, members) = (derives(s), s.fields.clone());
            inner = Some(parse_quote!(#(#attrs)* struct #name #members));
            s.fields = Fields::Named(parse_quote!({ #state: #name }));
        }
        let mut literals = Literals {
            owner: &owner,
            inside: false,
            edit: |s: &mut syn::ExprStruct| {
                whole &= s.rest.is_none();
                let members = std::mem::take(&mut s.fields);
                s.fields = parse_quote!(#state: #name { #members });
            },
        };
        literals.visit_file_mut(&mut new);
        if whole {
            new.items.extend(inner.map(Item::Struct));
            file = new;
            any = true;
        }
    }
    any.then_some(file)
}
