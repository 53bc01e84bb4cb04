//! Constructors of owning and shared pointers, cells and locks, called or named as a value. However
//! they are spelled (`Box::<T>::default()`, `<Arc<_>>::new(..)`, by an alias), what they hold is of
//! the type that the spelling names.

use crate::ir::Symbol;

use super::super::Interp;
use crate::flow::resolve::TRANSPARENT;
use crate::flow::tag::TagSet;
use crate::flow::types::TyId;
use crate::flow::value::{Known, Node, PtrKind, Val};

/// What a function of a pointer type does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// Holds its argument, or hands it on.
    Hold,
    /// Holds its argument, shared by all clones.
    Share,
    /// Holds the default of what it is declared to hold.
    Default,
    /// The same, shared by all clones.
    ShareDefault,
    /// Gives what a shared pointer holds, if nobody else has it.
    Unshare,
}

fn deed(owner: &str, name: &str) -> Option<Deed> {
    let counted = matches!(owner, "Rc" | "Arc");
    // These are empty to begin with, or run a closure.
    let filled_later = matches!(
        owner,
        "Weak" | "OnceCell" | "OnceLock" | "LazyLock" | "LazyCell" | "Lazy" | "LocalKey"
    );
    let transparent = TRANSPARENT.contains(&owner) && !filled_later;
    Some(match name {
        "new" | "from" if counted => Deed::Share,
        "pin" if counted => Deed::Share,
        "try_unwrap" | "into_inner" if counted => Deed::Unshare,
        "default" if counted => Deed::ShareDefault,
        "default" if transparent => Deed::Default,
        "new" | "from" | "pin" | "Borrowed" | "Owned" if transparent => Deed::Hold,
        "from" if filled_later => Deed::Hold,
        "leak" | "into_raw" | "from_raw" | "into_inner" | "into_pin" | "unwrap_or_clone"
        | "new_unchecked"
            if transparent =>
        {
            Deed::Hold
        }
        _ => return None,
    })
}

/// Owner and name of a function outside of the tree.
fn split(full: Symbol) -> (&'static str, &'static str) {
    let mut parts = full.as_str().rsplit("::");
    let name = parts.next().unwrap_or("");
    (parts.next().unwrap_or(""), name)
}

/// Whether a function outside of the tree makes a pointer or takes one apart.
pub(crate) fn is_pointer_function(full: Symbol) -> bool {
    let (owner, name) = split(full);
    deed(owner, name).is_some()
}

impl Interp<'_> {
    /// Runs such a function; `ty` is what the pointer is declared to hold.
    pub(crate) fn pointer_function(
        &mut self,
        full: Symbol,
        ty: TyId,
        args: &[Val],
        span: crate::source::Span,
    ) -> Option<Val> {
        let (owner, name) = split(full);
        let deed = deed(owner, name)?;
        let first = args.first().copied();
        let held = match (deed, first) {
            (Deed::Default | Deed::ShareDefault, _) if ty == TyId::UNKNOWN => self.v.make(Node {
                known: vec![Known::Default],
                opaque: true,
                ..Node::default()
            }),
            (Deed::Default | Deed::ShareDefault, _) => self.default_value(ty, 0),
            // Without arguments it is not the function that it looks like.
            (_, None) => return None,
            (_, Some(v)) => self.default_as(v, ty),
        };
        Some(match deed {
            Deed::Hold | Deed::Default => held,
            Deed::Share | Deed::ShareDefault => {
                let cell = self.alloc(span, held, false);
                self.v.ptr(cell, &[], PtrKind::Shared)
            }
            Deed::Unshare => {
                let held = self.content(held);
                self.v.wrap(held, TagSet::EMPTY)
            }
        })
    }
}
