//! The same items in another order or another place.

use syn::{Fields, File, Item};

use crate::tree::changed;

/// Items, members of impls and traits, and fields in reverse order. Macros stay in front: they hold
/// from where they are written.
pub(crate) fn reorder(file: File) -> Option<File> {
    changed(file, |file| {
        let (mut items, rest): (Vec<Item>, Vec<Item>) =
            file.items.drain(..).partition(|item| match item {
                Item::Macro(m) => m.ident.is_some(),
                Item::Use(_) => true,
                _ => false,
            });
        items.extend(rest.into_iter().rev());
        for item in &mut items {
            match item {
                Item::Impl(i) => i.items.reverse(),
                Item::Trait(t) => t.items.reverse(),
                Item::Struct(s) => {
                    if let Fields::Named(f) = &mut s.fields {
                        f.named = std::mem::take(&mut f.named).into_iter().rev().collect();
                    }
                }
                _ => {}
            }
        }
        file.items = items;
        true
    })
}

/// Each inherent impl with several members as two.
pub(crate) fn split_impl(file: File) -> Option<File> {
    changed(file, |file| {
        let mut halves = Vec::new();
        for item in &mut file.items {
            let Item::Impl(i) = item else { continue };
            if i.trait_.is_some() || i.items.len() < 2 {
                continue;
            }
            let mut second = i.clone();
            second.items = i.items.split_off(i.items.len() / 2);
            halves.push(Item::Impl(second));
        }
        let any = !halves.is_empty();
        file.items.extend(halves);
        any
    })
}
