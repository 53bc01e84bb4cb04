//! The same items in a module, in this file or in another one.

use syn::{Fields, File, ImplItem, Item, ItemMod, Visibility, parse_quote};

use crate::plugin::FILED;
use crate::tree::{Fresh, changed};

/// Moves what `pick` says (and prepares) to a module at the end, which sees all that was around it.
fn moved(file: File, wanted: &str, glob: bool, pick: fn(&mut Item) -> bool) -> Option<File> {
    changed(file, |file| {
        let name = Fresh::new(file).name(wanted);
        let mut inside: Vec<Item> = Vec::new();
        let mut rest = Vec::new();
        for mut item in file.items.drain(..) {
            match pick(&mut item) {
                true => inside.push(item),
                false => rest.push(item),
            }
        }
        file.items = rest;
        if inside.is_empty() {
            return false;
        }
        if glob {
            file.items.insert(0, parse_quote!(use #name::*;));
        }
        let module: ItemMod = parse_quote!(mod #name { use super::*; #(#inside)* });
        file.items.push(Item::Mod(module));
        true
    })
}

fn open(vis: &mut Visibility) {
    if matches!(vis, Visibility::Inherited) {
        *vis = parse_quote!(pub(crate));
    }
}

fn function(item: &mut Item) -> bool {
    let Item::Fn(f) = item else { return false };
    let plain = f.attrs.is_empty() && f.sig.abi.is_none();
    if plain {
        open(&mut f.vis);
    }
    plain
}

fn implementation(item: &mut Item) -> bool {
    let Item::Impl(i) = item else { return false };
    if i.trait_.is_none() {
        for item in &mut i.items {
            match item {
                ImplItem::Fn(f) => open(&mut f.vis),
                ImplItem::Const(c) => open(&mut c.vis),
                _ => {}
            }
        }
    }
    true
}

fn data(item: &mut Item) -> bool {
    match item {
        Item::Struct(s) => {
            open(&mut s.vis);
            match &mut s.fields {
                Fields::Named(f) => f.named.iter_mut().for_each(|f| open(&mut f.vis)),
                Fields::Unnamed(f) => f.unnamed.iter_mut().for_each(|f| open(&mut f.vis)),
                Fields::Unit => {}
            }
            true
        }
        Item::Enum(e) => {
            open(&mut e.vis);
            true
        }
        Item::Const(c) => {
            open(&mut c.vis);
            true
        }
        Item::Static(s) => {
            open(&mut s.vis);
            true
        }
        _ => false,
    }
}

/// Free functions in a module.
pub(crate) fn functions_to_module(file: File) -> Option<File> {
    moved(file, "moved_functions", true, function)
}

/// Free functions in another file.
pub(crate) fn functions_to_file(file: File) -> Option<File> {
    moved(file, &format!("{FILED}functions"), true, function)
}

/// Impls in a module.
pub(crate) fn impls_to_module(file: File) -> Option<File> {
    moved(file, "moved_impls", false, implementation)
}

/// Impls in another file.
pub(crate) fn impls_to_file(file: File) -> Option<File> {
    moved(file, &format!("{FILED}impls"), false, implementation)
}

/// Types, constants and statics in a module.
pub(crate) fn types_to_module(file: File) -> Option<File> {
    moved(file, "moved_types", true, data)
}

/// Types, constants and statics in another file.
pub(crate) fn types_to_file(file: File) -> Option<File> {
    moved(file, &format!("{FILED}types"), true, data)
}
