//! Which plugin is meant: the choices that proptest draws and shrinks.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::{Index, select};

use crate::comments::{Comment, Kind};
use crate::grammar::{BINDINGS, CALLBACKS, NAMES, PATHS, PLACES, SOURCES, STYLES, TYPES};
use crate::layout::Layout;
use crate::narrowed;

/// A plugin.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) contexts: Vec<Owner>,
    /// The contexts stand in a module.
    pub(crate) nested: bool,
    pub(crate) comments: Vec<Comment>,
    pub(crate) layout: Layout,
}

/// A stream context.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) fields: Vec<Field>,
    pub(crate) creation: Creation,
    pub(crate) flags: Flags,
}

/// Small things about a context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags {
    /// The struct and its literals stand on one line.
    pub(crate) one_line: bool,
    /// `hits` is the last of the fields.
    pub(crate) hits_last: bool,
    /// The methods stand behind the callbacks.
    pub(crate) methods_last: bool,
    /// The methods have an impl each.
    pub(crate) split: bool,
    /// Functions without a line break in them stand on one line.
    pub(crate) one_line_functions: bool,
    /// No comma behind the last field.
    pub(crate) bare_end: bool,
    /// An attribute on functions.
    pub(crate) inline: bool,
    /// The struct derives more.
    pub(crate) cloned: bool,
}

/// How a context is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    Derived,
    Literal,
    New,
    Default,
    Rest,
    Shorthand,
}

/// A field that keeps a route value.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) source: usize,
    pub(crate) ty: usize,
    pub(crate) value: usize,
    pub(crate) init: usize,
    pub(crate) binding: usize,
    pub(crate) place: usize,
    pub(crate) readers: Vec<Reader>,
}

/// A later read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    pub(crate) callback: usize,
    pub(crate) style: usize,
    pub(crate) text: usize,
    pub(crate) cond: usize,
}

/// One more often than several.
fn few<S: Strategy>(one: fn() -> S, most: usize) -> impl Strategy<Value = Vec<S::Value>>
where
    S::Value: Clone,
{
    (vec(one(), 1..=most), 0..2u8).prop_map(|(mut list, some)| {
        if some == 0 {
            list.truncate(1);
        }
        list
    })
}

fn reader() -> impl Strategy<Value = Reader> {
    let callback = (0..CALLBACKS.len() * 2).prop_map(|n| n.saturating_sub(CALLBACKS.len()));
    (callback, 0..STYLES.len(), 0..4usize, 0..8usize).prop_map(|(callback, style, text, cond)| {
        Reader {
            callback,
            style,
            text,
            cond,
        }
    })
}

fn field() -> impl Strategy<Value = Field> {
    (
        // The last name is a rare one.
        (0..NAMES.len() * 4).prop_map(|n| NAMES[if n == 27 { 6 } else { n % (NAMES.len() - 1) }]),
        select(PATHS),
        // The first ones are the usual ones.
        (0..SOURCES.len() * 2).prop_map(|n| if n < SOURCES.len() { n } else { n % 9 }),
        (0..TYPES.len(), 0..16usize, 0..4usize),
        0..BINDINGS.len(),
        0..PLACES.len(),
        few(reader, 3),
    )
        .prop_map(
            |(name, path, source, (ty, value, init), binding, place, readers)| Field {
                name,
                path,
                source,
                ty,
                value,
                init,
                binding,
                place,
                readers,
            },
        )
        .prop_map(narrowed::field)
}

fn flags() -> impl Strategy<Value = Flags> {
    any::<[bool; 16]>().prop_map(|b| Flags {
        one_line: b[0] && b[1],
        hits_last: b[2],
        methods_last: b[3],
        split: b[4] && b[5],
        one_line_functions: b[6] && b[7],
        bare_end: b[8] && b[9],
        inline: b[10] && b[11],
        cloned: b[12] && b[13],
    })
}

fn owner() -> impl Strategy<Value = Owner> {
    use Creation::{Default, Derived, Literal, New, Rest, Shorthand};
    let creation = select(&[Derived, Literal, New, Default, Rest, Shorthand]);
    (few(field, 3), creation, flags()).prop_map(|(mut fields, creation, flags)| {
        let mut names = Vec::new();
        fields.retain(|f| {
            let new = !names.contains(&f.name);
            names.push(f.name);
            new
        });
        Owner {
            fields,
            creation,
            flags,
        }
    })
}

fn comment() -> impl Strategy<Value = Comment> {
    let kind = select(&[
        Kind::Line,
        Kind::Trailing,
        Kind::Block,
        Kind::Inline,
        Kind::Doc,
    ]);
    (any::<Index>(), kind, any::<Index>()).prop_map(|(at, kind, words)| Comment { at, kind, words })
}

fn layout() -> impl Strategy<Value = Layout> {
    let unit = select(&["    ", "  ", "\t"]);
    (unit, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(unit, crlf, bom, open_end)| {
        Layout {
            unit,
            crlf,
            bom,
            open_end,
        }
    })
}

/// Every plugin.
pub(crate) fn plugins() -> impl Strategy<Value = Spec> {
    let contexts = (owner(), owner(), 0..4u8).prop_map(|(a, b, both)| match both {
        3 => vec![a, b],
        _ => vec![a],
    });
    (contexts, 0..4u8, vec(comment(), 0..=8), layout()).prop_map(
        |(contexts, nested, comments, layout)| Spec {
            contexts,
            nested: nested == 3,
            comments,
            layout,
        },
    )
}
